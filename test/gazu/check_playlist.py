"""gazu.playlist: what is reviewed together, its movies, archives and share links."""
import os
import tempfile
import zipfile

import gazu
from harness import check, equal, holds, ids, picture, playlist, refused, someone, unique, until

film = gazu.project.new_project(unique("Playlists"), production_type="short")
sequence = gazu.shot.new_sequence(film, "SQ01")
animation, wfa = gazu.task.get_task_type_by_name("Animation"), gazu.task.get_task_status_by_short_name("wfa")
folder = tempfile.mkdtemp(prefix="gazu-checks-")
frame = picture(os.path.join(folder, "frame.png"), 320, 180)


def a_shot(name, *files):
    """A shot with a preview for each file. Answers the shot and its previews."""
    shot = gazu.shot.new_shot(film, sequence, unique(name))
    task = gazu.task.new_task(shot, animation)
    return shot, [gazu.task.publish_preview(task, wfa, preview_file_path=file)[1] for file in files]


def entries(listed):
    return {entry["entity_id"]: entry.get("preview_file_id") for entry in listed["shots"]}


@check
def a_playlist_is_made_once_found_changed_and_deleted():
    made = playlist.new_playlist(film, "Dailies", for_entity="shot")
    holds(made, name="Dailies", project_id=film["id"], for_entity="shot", for_client=False)
    equal(playlist.new_playlist(film, "Dailies")["id"], made["id"])
    holds(playlist.get_playlist(made), name="Dailies", id=made["id"])
    equal(playlist.get_playlist_by_name(film, "Dailies")["id"], made["id"])
    equal(playlist.get_playlist_by_name(film, "Weeklies"), None)
    equal(playlist.update_playlist({"id": made["id"], "name": "Dailies 1", "for_client": True})["name"], "Dailies 1")
    holds(playlist.get_playlist(made["id"]), name="Dailies 1", for_client=True)
    assert made["id"] in ids(playlist.all_playlists())
    equal(ids(playlist.all_playlists_for_project(film)), {made["id"]})
    equal(playlist.all_playlists_for_project(film, page=2), [])
    playlist.delete_playlist(made)
    refused(gazu.exception.RouteNotFoundException, playlist.get_playlist, made)
    equal(playlist.get_playlist_by_name(film, "Dailies 1"), None)


@check
def playlists_of_an_episode_are_listed():
    series = gazu.project.new_project(unique("Series"), production_type="tvshow")
    episode, other = gazu.shot.new_episode(series, "E01"), gazu.shot.new_episode(series, "E02")
    made = playlist.new_playlist(series, "Of E01", episode=episode)
    playlist.new_playlist(series, "Of E02", episode=other)
    equal(ids(playlist.all_playlists_for_episode(episode)), {made["id"]})
    equal(ids(playlist.all_playlists_for_episode(episode["id"])), {made["id"]})
    assets = playlist.new_playlist(series, "Of assets", for_entity="asset", is_for_all=True)
    holds(assets, for_entity="asset", is_for_all=True, episode_id=None)


@check
def shots_are_added_taken_out_and_shown_in_another_revision():
    (first, [old, new]), (second, [only]) = a_shot("SH010", frame, frame), a_shot("SH020", frame)
    made = gazu.playlist.new_playlist(film, "Review")
    listed = playlist.get_entity_preview_files(first)
    equal([p["id"] for p in listed[animation["id"]]], [new["id"], old["id"]])
    playlist.add_entity_to_playlist(made, first)
    told = playlist.add_entity_to_playlist(made, second)
    equal([(s["entity_id"], s.get("preview_file_id")) for s in told["shots"]], [(first["id"], new["id"]), (second["id"], only["id"])])
    equal(len(playlist.add_entity_to_playlist(told, second, persist=False)["shots"]), 3)
    equal(entries(playlist.get_playlist(made)), {first["id"]: new["id"], second["id"]: only["id"]})
    equal({e["entity_id"] for e in playlist.all_shots_for_playlist(made)}, {first["id"], second["id"]})
    playlist.update_entity_preview(playlist.get_playlist(made), first, old)
    equal(entries(playlist.get_playlist(made)), {first["id"]: old["id"], second["id"]: only["id"]})
    playlist.remove_entity_from_playlist(playlist.get_playlist(made), second)
    equal(entries(playlist.get_playlist(made)), {first["id"]: old["id"]})


@check
def a_movie_is_built_and_fetched_and_removed():
    shot, _ = a_shot("SH030", os.environ["SHOTLOG_CLIP"])
    for preview in gazu.files.get_all_preview_files_for_task(gazu.task.get_task_by_entity(shot, animation)):
        equal(gazu.files.wait_for_preview_file(preview, timeout=120, poll_interval=0.2)["status"], "ready")
    made = gazu.playlist.new_playlist(film, "To build")
    gazu.playlist.add_entity_to_playlist(made, shot)
    job = playlist.build_playlist_movie(made)
    until(lambda: playlist.get_build_job(made, job)["status"] == "succeeded", seconds=120)
    movie = os.path.join(folder, "build.mp4")
    equal(playlist.download_playlist_build(made, job, movie).status_code, 200)
    with open(movie, "rb") as file:
        equal(file.read(12)[4:8], b"ftyp")
    equal([j["id"] for j in playlist.all_build_jobs_for_project(film)], [job["id"]])
    archive = os.path.join(folder, "list.zip")
    playlist.download_playlist_zip(made, archive)
    equal(len(zipfile.ZipFile(archive).namelist()), 1)
    playlist.remove_build_job(made, job)
    refused(gazu.exception.RouteNotFoundException, playlist.get_build_job, made, job)


@check
def a_playlist_of_tasks_is_made_for_a_look():
    shot, [preview] = a_shot("SH040", frame)
    told = playlist.generate_temp_playlist(film, {"task_ids": [gazu.task.get_task_by_entity(shot, animation)["id"]]})
    equal([(e["id"], e["preview_file_id"]) for e in told], [(shot["id"], preview["id"])])


@check
def clients_are_told_that_it_is_ready():
    made = gazu.playlist.new_playlist(film, "For clients", for_client=True)
    carol, as_carol = someone("client")
    gazu.project.add_person_to_team(film, carol)
    equal(playlist.notify_clients_playlist_ready(made)["status"], "success")
    until(lambda: [n for n in gazu.user.all_notifications(client=as_carol) if n["notification_type"] == "playlist-ready"])


@check
def share_links_are_made_listed_and_revoked():
    made = gazu.playlist.new_playlist(film, "Shared")
    link = playlist.new_share_link(made, expiration_date="2099-01-01T00:00:00", can_comment=False, password="secret12")
    assert link["token"] and link["can_comment"] is False, link
    equal([one["token"] for one in playlist.all_share_links_for_playlist(made)], [link["token"]])
    ada, as_ada = someone("user")
    gazu.project.add_person_to_team(film, ada)
    refused(gazu.exception.NotAllowedException, playlist.new_share_link, made, client=as_ada)
    playlist.remove_share_link(made, link["token"])
    equal(playlist.all_share_links_for_playlist(made), [])
