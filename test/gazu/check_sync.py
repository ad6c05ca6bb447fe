"""gazu.sync: what happened, and a production that is brought from one studio to another with its ids and dates."""
import os
import tempfile
import uuid

import gazu
from harness import EMAIL, OTHER_HOST, PASSWORD, check, equal, holds, ids, names, picture, refused, someone, sync, unique

here = gazu.client.default_client
there = gazu.create_session(OTHER_HOST, EMAIL, PASSWORD)
NAME = unique("Moving")
source = gazu.project.new_project(NAME, production_type="tvshow")
target = gazu.project.new_project(NAME, production_type="tvshow", client=there)
props = gazu.asset.new_asset_type("Props")
props_there = gazu.asset.new_asset_type("Props", client=there)
cup = gazu.asset.new_asset(source, props, "Cup", extra_data={"size": 3})
episode = gazu.shot.new_episode(source, "E01")
sequence = gazu.shot.new_sequence(source, "SQ01", episode=episode)
shot = gazu.shot.new_shot(source, sequence, "SH010", nb_frames=48)
gazu.casting.update_shot_casting(source, shot, [{"asset_id": cup["id"], "nb_occurences": 2}])
animation, wip = gazu.task.get_task_type_by_name("Animation"), gazu.task.get_task_status_by_short_name("wip")
task = gazu.task.new_task(shot, animation)
folder = tempfile.mkdtemp(prefix="gazu-checks-")


@check
def what_happened_is_listed():
    film = gazu.project.new_project(unique("Record"))
    lamp = gazu.asset.new_asset(film, props, "Lamp")
    told = sync.get_last_events(limit=20, project=film)
    equal({event["project_id"] for event in told}, {film["id"]})
    assert lamp["id"] in [event["data"].get("asset_id") for event in told if event["name"] == "asset:new"], [event["name"] for event in told]
    equal({event["name"] for event in sync.get_last_events(limit=5, name="asset:new")}, {"asset:new"})
    equal(len(sync.get_last_events(limit=2)), 2)
    equal(sync.get_last_events(before="2001-01-01"), [])
    assert sync.get_last_events(limit=5, after="2001-01-01T00:00:00")
    gazu.files.upload_project_avatar(film, picture(os.path.join(folder, "face.png"), 200, 200))
    equal({event["name"] for event in sync.get_last_events(project=film, only_files=True)}, {"project:set-thumbnail"})
    _, as_ada = someone("user")
    refused(gazu.exception.NotAllowedException, sync.get_last_events, client=as_ada)


@check
def things_of_two_studios_are_matched():
    department = gazu.person.new_department(unique("Fur"))
    twin = gazu.person.new_department(department["name"].upper(), client=there)
    equal(sync.get_sync_department_id_map(here, there)[department["id"]], twin["id"])
    equal(sync.get_sync_project_id_map(here, there)[source["id"]], target["id"])
    for matched, listed, key in ((sync.get_sync_asset_type_id_map, gazu.asset.all_asset_types, "name"), (sync.get_sync_task_type_id_map, gazu.task.all_task_types, "name"),
                                 (sync.get_sync_task_status_id_map, gazu.task.all_task_statuses, "name"), (sync.get_sync_person_id_map, gazu.person.all_persons, "email")):
        told = matched(here, there)
        mine, theirs = {m["id"]: m[key].lower() for m in listed()}, {m["id"]: m[key].lower() for m in listed(client=there)}
        assert told and all(mine[one] == theirs[other] for one, other in told.items()), told


@check
def lists_of_two_studios_are_compared():
    mine, theirs = gazu.asset.all_asset_types(), gazu.asset.all_asset_types(client=there)
    extra = gazu.asset.new_asset_type(unique("Only here"))
    missing, unexpected = sync.get_model_list_diff(mine + [extra], mine)
    equal((ids(missing), unexpected), ({extra["id"]}, []))
    told = sync.get_id_map_by_name(mine, theirs)
    assert "Props" in told and told["Props"] in ids(theirs), told
    equal(sync.get_id_map_by_id(mine, mine), {m["id"]: m["id"] for m in mine})
    links = gazu.casting.all_entity_links_for_project(source)
    equal(sync.get_link_list_diff(links, []), (links, []))
    equal(sync.get_link_list_diff(links, links), ([], []))
    older, newer = gazu.shot.get_shot(shot["id"]), {"updated_at": "2999-01-01T00:00:00"}
    equal((sync.is_changed(newer, older), sync.is_changed(older, newer)), (True, False))
    equal(sync.convert_id_list([shot["id"]], {shot["id"]: "x"}), ["x"])


@check
def entities_come_over_one_kind_after_another():
    equal(ids(sync.push_assets(source, target, here, there)), {cup["id"]})
    equal(episode["id"] in ids(sync.push_episodes(source, target, here, there)), True)
    equal(ids(sync.push_sequences(source, target, here, there)), {sequence["id"]})
    equal(ids(sync.push_shots(source, target, here, there)), {shot["id"]})
    arrived = gazu.shot.get_shot(shot["id"], client=there)
    holds(arrived, name="SH010", project_id=target["id"], parent_id=sequence["id"], nb_frames=48, created_at=shot["created_at"])
    asset = gazu.asset.get_asset(cup["id"], client=there)
    equal((asset["data"], asset["asset_type_name"]), ({"size": 3}, "Props"))
    links = sync.push_entity_links(source, target, here, there)
    assert (shot["id"], cup["id"], 2) in [(link["entity_in_id"], link["entity_out_id"], link["nb_occurences"]) for link in links], links
    equal([(c["asset_name"], c["nb_occurences"]) for c in gazu.casting.get_shot_casting(arrived, client=there)], [("Cup", 2)])


@check
def a_production_comes_over_again_without_doubles():
    gazu.shot.update_shot({"id": shot["id"], "nb_frames": 50})
    told = sync.push_project_entities({**source, "production_type": "tvshow"}, target, here, there)
    equal({kind: len(models) for kind, models in told.items() if kind in ("assets", "sequences", "shots")}, {"assets": 1, "sequences": 1, "shots": 1})
    equal([(s["id"], s["nb_frames"]) for s in gazu.shot.all_shots_for_project(target, client=there)], [(shot["id"], 50)])
    equal(names(gazu.asset.all_assets_for_project(target, client=there)), ["Cup"])


def new_id():
    return str(uuid.uuid4())


@check
def entities_links_and_tasks_are_imported_as_they_are():
    home = gazu.project.new_project(unique("Imported"), production_type="short", client=there)
    copied = {**gazu.client.fetch_one("entities", cup["id"]), "id": new_id(), "project_id": home["id"], "entity_type_id": props_there["id"]}
    equal([m["id"] for m in sync.import_entities([copied], client=there)], [copied["id"]])
    equal(gazu.asset.get_asset(copied["id"], client=there)["created_at"], cup["created_at"])
    caster = {**copied, "id": new_id(), "name": "Cupboard"}
    sync.import_entities([caster], client=there)
    link = {"id": new_id(), "entity_in_id": caster["id"], "entity_out_id": copied["id"], "nb_occurences": 4, "label": "", "data": {}}
    equal([m["id"] for m in sync.import_entity_links([link], client=there)], [link["id"]])
    equal([c["nb_occurences"] for c in gazu.casting.get_asset_casting({**caster, "project_id": home["id"]}, client=there)], [4])
    modeling, todo = gazu.task.get_task_type_by_name("Modeling", client=there), gazu.task.get_default_task_status(client=there)
    one = {**gazu.client.fetch_one("tasks", task["id"]), "id": new_id(), "project_id": home["id"], "entity_id": copied["id"],
           "task_type_id": modeling["id"], "task_status_id": todo["id"], "assigner_id": None, "assignees": [], "last_preview_file_id": None}
    equal([m["id"] for m in sync.import_tasks([one], client=there)], [one["id"]])
    holds(gazu.client.fetch_one("tasks", one["id"], client=there), entity_id=copied["id"], task_type_id=modeling["id"], created_at=task["created_at"])


@check
def tasks_come_over_with_their_comments_files_and_previews():
    with open(os.path.join(folder, "notes.txt"), "w") as file:
        file.write("the notes")
    frame = picture(os.path.join(folder, "frame.png"))
    first = gazu.task.add_comment(task, wip, "with a file", attachments=[os.path.join(folder, "notes.txt")], checklist=[{"text": "eyes", "checked": True}], created_at="2024-01-02 03:04:05")
    gazu.task.publish_preview(task, gazu.task.get_task_status_by_short_name("wfa"), "with a preview", preview_file_path=frame)
    todo = gazu.task.get_default_task_status(client=there)
    equal(ids(sync.push_tasks(source, target, todo, here, there)), {task["id"]})
    holds(gazu.client.fetch_one("tasks", task["id"], client=there), entity_id=shot["id"], project_id=target["id"], created_at=task["created_at"])
    equal(ids(sync.push_tasks_comments(source, here, there)), {task["id"]})
    arrived = gazu.task.all_comments_for_task(task, client=there)
    equal([c["text"] for c in arrived], ["with a preview", "with a file"])
    holds(arrived[1], created_at=first["created_at"], checklist=[{"text": "eyes", "checked": True}])
    fetched = os.path.join(folder, "fetched.txt")
    gazu.files.download_attachment_file(arrived[1]["attachment_files"][0], fetched, client=there)
    with open(fetched) as file:
        equal(file.read(), "the notes")
    equal(gazu.files.wait_for_preview_file(arrived[0]["previews"][0], poll_interval=0.1, client=there)["status"], "ready")


@check
def one_task_and_one_comment_come_over():
    statuses, persons = sync.get_sync_task_status_id_map(here, there), sync.get_sync_person_id_map(here, there)
    layout = gazu.task.get_task_type_by_name("Layout")
    one = gazu.task.new_task(shot, layout)
    gazu.sync.push_tasks(source, target, gazu.task.get_default_task_status(client=there), here, there)
    gazu.task.add_comment(one, wip, "first")
    equal([c["text"] for c in sync.push_task_comments(statuses, persons, one, here, there)], ["first"])
    second = gazu.task.add_comment(one, wip, "second")
    told = gazu.task.all_comments_for_task(one)[0]
    equal(sync.push_task_comment(statuses, persons, one, told, here, there, tmp_path=folder)["id"], second["id"])
    equal([c["text"] for c in gazu.task.all_comments_for_task(one, client=there)], ["second", "first"])
