"""gazu.files: what is kept of previews, attachments and avatars, and how it is fetched."""
import os
import tempfile

import gazu
from harness import check, equal, files, holds, ids, picture, refused, someone, unique

film = gazu.project.new_project(unique("Files"), production_type="short")
sequence = gazu.shot.new_sequence(film, "SQ01")
shot = gazu.shot.new_shot(film, sequence, "SH010")
animation, wfa = gazu.task.get_task_type_by_name("Animation"), gazu.task.get_task_status_by_short_name("wfa")
on_shot = gazu.task.new_task(shot, animation)
folder = tempfile.mkdtemp(prefix="gazu-checks-")
frame = picture(os.path.join(folder, "frame.png"), 320, 180)
PNG, MP4 = b"\x89PNG\r\n\x1a\n", b"ftyp"


def path(name):
    return os.path.join(folder, name)


def start(name, count=12):
    with open(path(name), "rb") as file:
        return file.read(count)


@check
def a_picture_is_shown_in_all_its_sizes():
    _, preview = gazu.task.publish_preview(on_shot, wfa, preview_file_path=frame)
    ready = files.wait_for_preview_file(preview, timeout=60, poll_interval=0.1)
    holds(ready, status="ready", extension="png", width=320, height=180)
    holds(files.get_preview_file(preview["id"]), id=preview["id"], task_id=on_shot["id"], original_name="frame")
    assert preview["id"] in ids(files.get_all_preview_files_for_task(on_shot))
    equal(files.get_preview_file_url(preview), f"pictures/originals/preview-files/{preview['id']}.png")
    seen = []
    files.download_preview_file(preview, path("original.png"), progress_callback=lambda done, total: seen.append((done, total)))
    assert start("original.png", 8) == PNG and seen[-1][0] == os.path.getsize(path("original.png")), seen
    for name, download in (("thumbnail.png", files.download_preview_file_thumbnail), ("cover.png", files.download_preview_file_cover)):
        equal(download(preview, path(name)).status_code, 200)
        equal(start(name, 8), PNG)


@check
def a_movie_is_shown_small_and_large_and_gives_frames_and_tiles():
    _, preview = gazu.task.publish_preview(on_shot, wfa, preview_file_path=os.environ["SHOTLOG_CLIP"])
    ready = files.wait_for_preview_file(preview["id"], timeout=120, poll_interval=0.2)
    holds(ready, status="ready", extension="mp4")
    assert abs(ready["duration"] - 1) < 0.2, ready["duration"]
    equal(files.get_preview_movie_url(preview), f"movies/originals/preview-files/{preview['id']}.mp4")
    equal(files.get_preview_lowdef_movie_url(preview), f"movies/low/preview-files/{preview['id']}.mp4")
    for name, download in (("movie.mp4", files.download_preview_movie), ("low.mp4", files.download_preview_lowdef_movie)):
        equal(download(preview, path(name)).status_code, 200)
        equal(start(name)[4:8], MP4)
    files.extract_frame_from_preview(preview, 10, path("frame-10.png"))
    equal(start("frame-10.png", 8), PNG)
    files.extract_tile_from_preview(preview, path("tile.png"))
    assert os.path.getsize(path("tile.png")) > 100
    refused(gazu.exception.ParameterException, files.extract_frame_from_preview, preview, "x")
    gazu.task.set_main_preview(preview, frame_number=5)
    equal(gazu.shot.get_shot(shot["id"])["preview_file_id"], preview["id"])


@check
def drawings_are_added_changed_and_taken_away():
    _, preview = gazu.task.publish_preview(on_shot, wfa, preview_file_path=frame)
    first, second = [{"id": one, "type": "path", "left": 1} for one in ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")]
    files.update_preview_annotations(preview, additions=[{"time": 0, "drawing": {"objects": [first, second]}}])
    files.update_preview_annotations(preview, updates=[{"time": 0, "drawing": {"objects": [{**first, "left": 9}]}}])
    told = files.update_preview_annotations(preview, deletions=[{"time": 0, "objects": [second["id"]]}])
    objects = told["annotations"][0]["drawing"]["objects"]
    equal([(o["id"], o["left"]) for o in objects], [(first["id"], 9)])
    equal(files.get_preview_file(preview["id"])["annotations"], told["annotations"])


@check
def a_preview_is_changed_moved_and_removed():
    comment, preview = gazu.task.publish_preview(on_shot, wfa, preview_file_path=frame)
    second = gazu.task.add_extra_preview(on_shot, comment, preview, frame)
    equal(files.update_preview(preview, {"data": {"checked": True}})["data"], {"checked": True})
    equal(files.get_preview_file(preview["id"])["data"], {"checked": True})
    moved = files.update_preview_position(second, 1)
    equal([p["id"] for p in sorted(moved, key=lambda p: p["position"])], [second["id"], preview["id"]])
    _, as_ada = someone("user")
    refused(gazu.exception.NotAllowedException, files.remove_preview_file, preview, client=as_ada)
    files.remove_preview_file(preview, force=True)
    refused(gazu.exception.RouteNotFoundException, files.get_preview_file, preview["id"])
    equal([p for p in files.get_running_preview_files() if p["id"] == preview["id"]], [])


@check
def attachments_are_listed_and_fetched():
    home = gazu.project.new_project(unique("Papers"), production_type="short")
    one = gazu.task.new_task(gazu.shot.new_shot(home, gazu.shot.new_sequence(home, "SQ01"), "SH010"), animation)
    with open(path("notes.txt"), "w") as file:
        file.write("the notes")
    comment = gazu.task.add_comment(one, wfa, "see", attachments=[path("notes.txt"), frame])
    by_name = {f["name"]: f for f in comment["attachment_files"]}
    listed = files.get_all_attachment_files_for_task(one)
    equal({f["name"] for f in listed}, {"notes.txt", "frame.png"})
    equal(ids(files.get_all_attachment_files_for_project(home)), ids(listed))
    holds(files.get_attachment_file(by_name["notes.txt"]["id"]), name="notes.txt", extension="txt", size=9, comment_id=comment["id"])
    files.download_attachment_file(by_name["notes.txt"], path("fetched.txt"))
    equal(start("fetched.txt"), b"the notes")
    equal(files.get_attachment_thumbnail_url(by_name["frame.png"]), f"pictures/thumbnails/attachment-files/{by_name['frame.png']['id']}.png")
    # There are no thumbnails of attachments, as in the original.
    refused(gazu.exception.RouteNotFoundException, files.download_attachment_thumbnail, by_name["frame.png"], path("small.png"))


@check
def avatars_are_sent_and_fetched():
    ada, _ = someone("user")
    organisation = gazu.person.get_organisation()
    avatar = picture(path("avatar.png"), 400, 400)
    for model, upload, download in ((ada, files.upload_person_avatar, files.download_person_avatar), (film, files.upload_project_avatar, files.download_project_avatar)):
        refused(gazu.exception.RouteNotFoundException, download, model, path("none.png"))
        upload(model, avatar)
        download(model, path("shown.png"))
        equal(start("shown.png", 8), PNG)
    equal(gazu.project.get_project(film["id"])["has_avatar"], True)
    files.upload_organisation_avatar(organisation, avatar)
    equal(gazu.person.get_organisation()["has_avatar"], True)
    files.download_organisation_avatar(organisation, path("house.png"))
    equal(start("house.png", 8), PNG)
