"""gazu.task: types, statuses and tasks."""
import gazu
from harness import check, equal, holds, ids, names, refused, someone, task, unique

film = gazu.project.new_project(unique("Tasks"), production_type="tvshow")
episode = gazu.shot.new_episode(film, "E01")
sequence = gazu.shot.new_sequence(film, "SQ01", episode=episode)
props = gazu.asset.new_asset_type("Props")
modeling, shading, animation, layout = (gazu.task.get_task_type_by_name(name) for name in ("Modeling", "Shading", "Animation", "Layout"))
todo, wip, done = (gazu.task.get_task_status_by_short_name(name) for name in ("todo", "wip", "done"))


def a_shot():
    return gazu.shot.new_shot(film, sequence, unique("SH"))


def an_asset():
    return gazu.asset.new_asset(film, props, unique("Cup"), episode=episode)


@check
def task_types_are_made_once_found_changed_and_removed():
    made = task.new_task_type(unique("Grooming"), color="#112233", for_entity="Asset")
    holds(made, color="#112233", for_entity="Asset")
    equal(task.new_task_type(made["name"])["id"], made["id"])
    equal(task.get_task_type(made["id"])["name"], made["name"])
    equal(task.get_task_type_by_name(made["name"], for_entity="Asset")["id"], made["id"])
    equal(task.get_task_type_by_name(made["name"], for_entity="Shot"), None)
    assert made["id"] in ids(task.all_task_types())
    equal(task.update_task_type({"id": made["id"], "short_name": "GRM", "color": "#445566"})["color"], "#445566")
    equal(task.get_task_type_by_short_name("GRM", for_entity="Asset")["id"], made["id"])
    task.remove_task_type(made)
    refused(gazu.exception.RouteNotFoundException, task.get_task_type, made["id"])
    equal(task.get_task_type_by_name(made["name"]), None)


@check
def a_task_type_is_found_by_its_department():
    fur = gazu.person.new_department(unique("Fur"))
    made = gazu.client.create("task-types", {"name": unique("Combing"), "department_id": fur["id"], "for_entity": "Asset", "color": "#000000"})
    equal(task.get_task_type_by_name(made["name"], department=fur)["id"], made["id"])
    other = gazu.person.new_department(unique("Feathers"))
    equal(task.get_task_type_by_name(made["name"], department=other), None)


@check
def statuses_are_made_found_changed_and_removed():
    made = task.new_task_status(unique("On hold"), unique("oh").replace(" ", ""), "#AABBCC")
    equal(task.get_task_status(made["id"])["color"], "#AABBCC")
    equal(task.get_task_status_by_name(made["name"])["id"], made["id"])
    equal(task.get_task_status_by_short_name(made["short_name"])["id"], made["id"])
    assert made["id"] in ids(task.all_task_statuses())
    equal(task.update_task_status({"id": made["id"], "color": "#000001"})["color"], "#000001")
    equal(task.get_task_status(made["id"])["color"], "#000001")
    task.remove_task_status(made)
    equal(task.get_task_status_by_name(made["name"]), None)
    equal(task.get_default_task_status()["is_default"], True)


@check
def a_task_is_made_once_and_found():
    ada, _ = someone("user")
    bunny = an_asset()
    made = task.new_task(bunny, modeling, task_status=wip, assignees=[ada], assigner=ada)
    holds(made, entity_id=bunny["id"], project_id=film["id"], task_type_id=modeling["id"], task_status_id=wip["id"], assignees=[ada["id"]], assigner_id=ada["id"], name="main")
    equal(task.new_task(bunny, modeling)["id"], made["id"])
    assert task.new_task(bunny, modeling, name="second")["id"] != made["id"]
    told = task.get_task(made["id"])
    equal((told["entity"]["name"], told["task_type"]["name"], told["task_status"]["short_name"], told["project"]["name"]), (bunny["name"], "Modeling", "wip", film["name"]))
    equal(task.get_task_by_entity(bunny, modeling)["id"], made["id"])
    equal(task.get_task_by_entity(bunny, modeling, name="third"), None)
    equal(ids(task.all_tasks_for_entity_and_task_type(bunny, modeling)), {made["id"], task.get_task_by_entity(bunny, modeling, "second")["id"]})
    equal(task.get_task_url(made), f"{gazu.client.get_api_url_from_host()}/productions/{film['id']}/shots/tasks/{made['id']}/")
    refused(gazu.exception.ParameterException, task.new_task, bunny, animation)


@check
def a_task_is_changed_and_its_data_kept():
    made = gazu.task.new_task(a_shot(), animation)
    holds(task.update_task({"id": made["id"], "estimation": 960, "priority": 2, "start_date": "2026-03-02", "due_date": "2026-03-06"}), estimation=960, priority=2)
    task.update_task_data(made, {"rig": "v1", "takes": 1})
    task.update_task_data(made["id"], {"takes": 2})
    told = task.get_task(made)
    holds(told, estimation=960, priority=2, data={"rig": "v1", "takes": 2})
    assert told["due_date"].startswith("2026-03-06"), told["due_date"]
    ada, _ = someone("user")
    task.update_task({"id": made["id"], "assignees": [ada]})
    equal(ids(task.get_task(made["id"])["persons"]), {ada["id"]})


@check
def tasks_are_removed_one_by_one_many_and_by_type():
    home = gazu.project.new_project(unique("Removing"), production_type="short")
    shots = [gazu.shot.new_shot(home, gazu.shot.new_sequence(home, "SQ01"), name) for name in ("SH010", "SH020", "SH030")]
    first, second, third = [gazu.task.new_task(shot, animation) for shot in shots]
    fourth = gazu.task.new_task(shots[0], layout)
    task.remove_task(first)
    refused(gazu.exception.RouteNotFoundException, task.get_task, first["id"])
    task.remove_tasks_batch(home, [second])
    equal(ids(task.all_tasks_for_project(home)), {third["id"], fourth["id"]})
    task.remove_tasks_for_type(home, animation)
    equal(ids(task.all_tasks_for_project(home)), {fourth["id"]})


@check
def tasks_of_a_production_are_listed_by_type_status_and_episode():
    home = gazu.project.new_project(unique("Listing"), production_type="tvshow")
    here, there = gazu.shot.new_episode(home, "E01"), gazu.shot.new_episode(home, "E02")
    shots = [gazu.shot.new_shot(home, gazu.shot.new_sequence(home, "SQ01", episode=e), "SH010") for e in (here, there)]
    one, two = [gazu.task.new_task(shot, animation) for shot in shots]
    three = gazu.task.new_task(shots[0], layout, task_status=wip)
    equal(ids(task.all_tasks_for_project(home)), {one["id"], two["id"], three["id"]})
    equal(ids(task.all_tasks_for_project(home, task_type=layout)), {three["id"]})
    equal(ids(task.all_tasks_for_project(home, episode=here)), {one["id"], three["id"]})
    equal(ids(task.all_tasks_for_task_type(home, animation)), {one["id"], two["id"]})
    equal(ids(task.all_tasks_for_task_type(home, animation, episode=there)), {two["id"]})
    equal(ids(task.all_tasks_for_task_status(home, layout, wip)), {three["id"]})
    equal(ids(task.all_shot_tasks_for_episode(here)), {one["id"], three["id"]})
    equal(ids(task.all_shot_tasks_for_sequence(gazu.shot.get_sequence_by_name(home, "SQ01", episode=there))), {two["id"]})


@check
def tasks_and_their_types_are_listed_for_every_kind_of_entity():
    of = {kind: gazu.task.new_task_type(unique(kind), for_entity=kind) for kind in ("Sequence", "Episode", "Scene", "Edit", "Concept")}
    made = [
        (a_shot(), animation, task.all_tasks_for_shot, task.all_task_types_for_shot),
        (an_asset(), modeling, task.all_tasks_for_asset, task.all_task_types_for_asset),
        (gazu.shot.new_sequence(film, unique("SQ"), episode=episode), of["Sequence"], task.all_tasks_for_sequence, None),
        (gazu.scene.new_scene(film, sequence, unique("SC")), of["Scene"], task.all_tasks_for_scene, task.all_task_types_for_scene),
        (gazu.concept.new_concept(film, unique("CO")), of["Concept"], task.all_tasks_for_concept, task.all_task_types_for_concept),
        (gazu.edit.new_edit(film, unique("ED")), of["Edit"], task.all_tasks_for_edit, None),
        (gazu.shot.new_episode(film, unique("EP")), of["Episode"], task.all_tasks_for_episode, None),
    ]
    ada, _ = someone("user")
    for entity, kind, tasks_of, types_of in made:
        one = gazu.task.new_task(entity, kind, assignees=[ada])
        equal(ids(tasks_of(entity)), {one["id"]})
        equal(ids(tasks_of(entity, relations=True)), {one["id"]})
        if types_of:
            equal(ids(types_of(entity)), {kind["id"]})
    equal([tasks_of(made[n][0], relations=True)[0]["assignees"] for n, tasks_of in enumerate((task.all_tasks_for_shot, task.all_tasks_for_asset))], [[ada["id"]]] * 2)


@check
def task_types_of_an_episode_and_a_sequence_are_those_of_their_shots():
    here = gazu.shot.new_episode(film, unique("EP"))
    inside = gazu.shot.new_sequence(film, "SQ01", episode=here)
    gazu.task.new_task(gazu.shot.new_shot(film, inside, "SH010"), animation)
    equal(names(task.all_task_types_for_sequence(inside)), ["Animation"])
    equal(names(task.all_task_types_for_episode(here)), ["Animation"])
    asset = gazu.asset.new_asset(film, props, unique("Cup"), episode=here)
    one = gazu.task.new_task(asset, modeling)
    equal(ids(task.all_assets_tasks_for_episode(here)), {one["id"]})


@check
def tasks_are_made_for_what_an_entity_lacks():
    home = gazu.project.new_project(unique("Making"), production_type="short", task_types=[animation, layout, modeling, shading])
    shot = gazu.shot.new_shot(home, gazu.shot.new_sequence(home, "SQ01"), "SH010")
    asset = gazu.asset.new_asset(home, props, "Cup")
    equal({t["task_type_id"] for t in task.create_shot_tasks(shot, [animation])}, {animation["id"]})
    equal({t["task_type_id"] for t in task.create_entity_tasks(shot, [animation, layout])}, {layout["id"]})
    equal({t["task_type_id"] for t in task.create_asset_tasks(asset, [modeling, shading["id"]])}, {modeling["id"], shading["id"]})
    equal(len(gazu.task.all_tasks_for_asset(asset)), 2)
    for error in (refused(gazu.exception.ParameterException, task.create_asset_tasks, asset, [animation]),
                  refused(gazu.exception.ParameterException, task.create_asset_tasks, asset, [gazu.task.get_task_type_by_name("Rigging")])):
        assert error.args[1], error
    for kind, entity, create in (("Edit", gazu.edit.new_edit(home, "Cut"), task.create_edit_tasks), ("Concept", gazu.concept.new_concept(home, "Idea"), task.create_concept_tasks)):
        used = gazu.task.get_task_type_by_name(kind, for_entity=kind)
        gazu.project.add_task_type(home, used, 1)
        equal([t["entity_id"] for t in create(entity, [used])], [entity["id"]])
