"""gazu.edit: the edits of a production."""
import os
import tempfile

import gazu
from harness import check, edit, equal, holds, ids, names, picture, refused, unique

film = gazu.project.new_project(unique("Edits"), production_type="short")
series = gazu.project.new_project(unique("Series"), production_type="tvshow")
episode = gazu.shot.new_episode(series, "E01")
host = gazu.client.get_api_url_from_host()


@check
def an_edit_is_made_once_found_and_listed():
    made = edit.new_edit(film, "Rough cut", description="first", data={"length": 90})
    holds(made, name="Rough cut", description="first", data={"length": 90}, project_id=film["id"])
    equal(edit.new_edit(film, "Rough cut")["id"], made["id"])
    holds(edit.get_edit(made["id"]), name="Rough cut", type="Edit", episode_id=None)
    equal(edit.get_edit_by_name(film, "Rough cut")["id"], made["id"])
    equal(edit.get_edit_by_name(film, "No cut"), None)
    equal(names(edit.all_edits_for_project(film)), ["Rough cut"])
    equal(edit.get_edit_url(made), f"{host}/productions/{film['id']}/edits/{made['id']}/")


@check
def an_edit_of_an_episode_tells_its_episode():
    made = edit.new_edit(series, "Picture lock", episode=episode)
    equal(made["parent_id"], episode["id"])
    equal(edit.get_edit_url(made["id"]), f"{host}/productions/{series['id']}/episodes/{episode['id']}/edits/{made['id']}/")


@check
def fields_and_data_are_changed_and_kept():
    made = gazu.edit.new_edit(film, "Fine cut", data={"fps": 25})
    equal(edit.update_edit({"id": made["id"], "description": "shorter"})["description"], "shorter")
    edit.update_edit_data(made, {"sound": True})
    edit.update_edit_data(made["id"], {"fps": 24})
    holds(edit.get_edit(made["id"]), description="shorter", data={"fps": 24, "sound": True})


@check
def an_edit_with_tasks_is_cancelled_first_and_removed_by_force():
    made = gazu.edit.new_edit(film, "Old cut")
    gazu.task.new_task(made, gazu.task.get_task_type_by_name("Edit", "Edit"))
    edit.remove_edit(made)
    equal(edit.get_edit(made["id"])["canceled"], True)
    edit.remove_edit(made, force=True)
    refused(gazu.exception.RouteNotFoundException, edit.get_edit, made["id"])
    equal(edit.get_edit_by_name(film, "Old cut"), None)


@check
def previews_are_listed_by_task_type():
    made = gazu.edit.new_edit(film, "Shown cut")
    kind = gazu.task.get_task_type_by_name("Edit", "Edit")
    task = gazu.task.new_task(made, kind)
    equal(edit.all_previews_for_edit(made), {})
    with tempfile.TemporaryDirectory() as folder:
        _, preview = gazu.task.publish_preview(task, gazu.task.get_task_status_by_short_name("wfa"), preview_file_path=picture(os.path.join(folder, "cut.png")))
    equal(ids(edit.all_previews_for_edit(made)[kind["id"]]), {preview["id"]})
