"""gazu.task: previews that are published with comments."""
import os
import tempfile

import gazu
from harness import check, equal, holds, ids, picture, refused, task, unique

film = gazu.project.new_project(unique("Previews"), production_type="short")
sequence = gazu.shot.new_sequence(film, "SQ01")
animation = gazu.task.get_task_type_by_name("Animation")
wip, wfa = gazu.task.get_task_status_by_short_name("wip"), gazu.task.get_task_status_by_short_name("wfa")
frame = picture(os.path.join(tempfile.mkdtemp(prefix="gazu-checks-"), "frame.png"))


def a_task():
    return gazu.task.new_task(gazu.shot.new_shot(film, sequence, unique("SH")), animation)


@check
def a_preview_is_made_and_its_file_sent():
    one = a_task()
    comment = gazu.task.add_comment(one, wfa, "first take")
    made = task.create_preview(one, comment)
    holds(made, revision=1, task_id=one["id"])
    sent = task.upload_preview_file(made, frame)
    holds(sent, id=made["id"], extension="png", original_name="frame")
    holds(gazu.files.get_preview_file(made["id"]), status="ready", width=64, height=36)
    equal(ids(task.all_previews_for_task(one)), {made["id"]})
    equal([p["id"] for p in gazu.task.all_comments_for_task(one)[0]["previews"]], [made["id"]])


@check
def revisions_count_up_and_may_be_given():
    one = a_task()
    first = task.add_preview(one, gazu.task.add_comment(one, wfa), frame)
    second = task.add_preview(one, gazu.task.add_comment(one, wfa), frame, revision=7)
    third = task.add_preview(one, gazu.task.add_comment(one, wfa), frame, normalize_movie=False, no_job=True)
    equal([p["revision"] for p in (first, second, third)], [1, 7, 8])
    refused(gazu.exception.ParameterException, task.add_preview, one, gazu.task.add_comment(one, wfa), frame, revision=7)
    refused(ValueError, task.add_preview, one, first)


@check
def a_revision_has_more_than_one_preview():
    one = a_task()
    comment = gazu.task.add_comment(one, wfa)
    main = task.add_preview(one, comment, frame)
    extra = task.create_extra_preview(one, comment, main)
    holds(extra, revision=1, task_id=one["id"])
    task.upload_preview_file(extra, frame)
    another = task.add_extra_preview(one, comment, main, frame)
    equal(another["revision"], 1)
    equal(ids(task.all_previews_for_task(one)), {main["id"], extra["id"], another["id"]})
    task.remove_preview_from_comment(one, comment, extra)
    equal(ids(task.all_previews_for_task(one)), {main["id"], another["id"]})


@check
def a_preview_is_published_with_its_comment_and_becomes_the_thumbnail():
    one = a_task()
    comment, preview = task.publish_preview(one, wfa, "take two", preview_file_path=frame, links=["https://example.com"], set_thumbnail=True)
    holds(comment, text="take two", links=["https://example.com"])
    equal(preview["revision"], 1)
    equal(gazu.shot.get_shot(one["entity_id"])["preview_file_id"], preview["id"])
    told = gazu.task.get_task(one["id"])
    equal((told["task_status_id"], told["last_preview_file_id"]), (wfa["id"], preview["id"]))
    _, later = task.publish_preview(one, wip, preview_file_path=frame)
    task.set_main_preview(later)
    equal(gazu.shot.get_shot(one["entity_id"])["preview_file_id"], later["id"])
    assert {preview["id"], later["id"]} <= ids(task.all_preview_files_for_project(film))
