"""gazu.entity: what all kinds of entities have in common."""
import gazu
from harness import check, entity, equal, holds, ids, names, refused, someone, unique

film = gazu.project.new_project(unique("Entities"), production_type="short")
props = gazu.asset.new_asset_type("Props")
sequence = gazu.shot.new_sequence(film, "SQ01")


@check
def an_entity_of_any_kind_is_found():
    lamp = gazu.asset.new_asset(film, props, unique("Lamp"))
    shot = gazu.shot.new_shot(film, sequence, "SH010")
    holds(entity.get_entity(lamp["id"]), name=lamp["name"], entity_type_id=props["id"])
    holds(entity.get_entity(shot["id"]), name="SH010", parent_id=sequence["id"])
    equal(entity.get_entity_by_name(lamp["name"])["id"], lamp["id"])
    equal(entity.get_entity_by_name("SH010", film)["id"], shot["id"])
    equal(entity.get_entity_by_name(unique("Nothing"), film["id"]), None)
    assert ids([lamp, shot, sequence]) <= ids(entity.all_entities())


@check
def types_of_entities_are_made_found_and_removed():
    made = entity.new_entity_type(unique("Vehicle"))
    holds(entity.get_entity_type(made["id"]), name=made["name"])
    equal(entity.get_entity_type_by_name(made["name"])["id"], made["id"])
    assert {"Shot", "Sequence", "Episode", "Scene", "Edit", "Concept", made["name"]} <= set(names(entity.all_entity_types()))
    refused(gazu.exception.ParameterException, entity.new_entity_type, made["name"])
    entity.remove_entity_type(made)
    equal(entity.get_entity_type_by_name(made["name"]), None)
    refused(gazu.exception.RouteNotFoundException, entity.get_entity_type, made["id"])


@check
def an_entity_is_removed():
    lamp = gazu.asset.new_asset(film, props, unique("Lamp"))
    entity.remove_entity(lamp)
    refused(gazu.exception.RouteNotFoundException, entity.get_entity, lamp["id"])
    with_task = gazu.asset.new_asset(film, props, unique("Lamp"))
    task = gazu.task.new_task(with_task, gazu.task.get_task_type_by_name("Modeling"))
    refused(gazu.exception.ParameterException, entity.remove_entity, with_task)
    entity.remove_entity(with_task, force=True)
    refused(gazu.exception.RouteNotFoundException, entity.get_entity, with_task["id"])
    refused(gazu.exception.RouteNotFoundException, gazu.task.get_task, task["id"])


@check
def many_entities_are_removed_at_once():
    first, second = gazu.asset.new_asset(film, props, unique("One")), gazu.asset.new_asset(film, props, unique("Two"))
    shot = gazu.shot.new_shot(film, sequence, "SH020")
    gazu.task.new_task(shot, gazu.task.get_task_type_by_name("Animation"))
    _, as_ada = someone("user")
    refused(gazu.exception.NotAllowedException, entity.remove_entities, film, [first], client=as_ada)
    equal(set(entity.remove_entities(film, [first, second["id"], shot])), ids([first, second, shot]))
    refused(gazu.exception.RouteNotFoundException, entity.get_entity, first["id"])
    equal(gazu.shot.get_shot(shot["id"])["canceled"], True)
    equal(entity.remove_entities(film, [shot], force=True), [shot["id"]])
    refused(gazu.exception.RouteNotFoundException, entity.get_entity, shot["id"])


@check
def a_path_tells_what_it_belongs_to():
    home = gazu.project.new_project(unique("Paths"), production_type="short")
    folders = {"shot": "<Project>/shots/<Sequence>/<Shot>/<TaskType>", "style": "lowercase"}
    tree = {"working": {"mountpoint": "/work", "root": "films", "folder_path": folders, "file_name": {"shot": "<Shot>_<TaskType>"}}}
    gazu.files.update_project_file_tree(home, tree)
    shot = gazu.shot.new_shot(home, gazu.shot.new_sequence(home, "SQ01"), "SH010")
    task = gazu.task.new_task(shot, gazu.task.get_task_type_by_name("Animation"))
    folder = gazu.files.build_working_file_path(task).rsplit("/", 1)[0]
    guesses = entity.guess_from_path(home["id"], folder)
    assert any(shot["id"] in str(guess) for guess in guesses), (folder, guesses)


@check
def concepts_are_linked_with_their_tasks():
    lamp = gazu.asset.new_asset(film, props, unique("Lamp"))
    sketch = gazu.concept.new_concept(film, unique("Sketch"))
    gazu.concept.update_concept({"id": sketch["id"], "entity_concept_links": [lamp["id"]]})
    task = gazu.task.new_task(sketch, gazu.task.get_task_type_by_name("Concept", "Concept"))
    linked = entity.all_entities_with_tasks_linked_to_entity(lamp)
    equal(names(linked), [sketch["name"]])
    equal(ids(linked[0]["tasks"]), {task["id"]})
