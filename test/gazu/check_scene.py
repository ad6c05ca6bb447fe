"""gazu.scene: layout scenes, what stands in them and which shots come from them."""
import gazu
from harness import check, equal, holds, ids, names, refused, scene, unique

film = gazu.project.new_project(unique("Scenes"), production_type="short")
sequence = gazu.shot.new_sequence(film, "SQ01")
cup = gazu.asset.new_asset(film, gazu.asset.new_asset_type("Props"), "Cup")


@check
def a_scene_is_made_found_changed_and_listed():
    made = scene.new_scene(film, sequence, "SC01")
    holds(made, name="SC01", parent_id=sequence["id"], project_id=film["id"])
    holds(scene.get_scene(made["id"]), name="SC01", type="Scene")
    equal(scene.get_scene_by_name(sequence, "SC01")["id"], made["id"])
    equal(scene.get_scene_by_name(sequence, "SC99"), None)
    equal(scene.update_scene({"id": made["id"], "description": "a kitchen", "data": {"floor": 1}})["description"], "a kitchen")
    holds(scene.get_scene(made["id"]), description="a kitchen", data={"floor": 1}, name="SC01")
    other = scene.new_scene(film, gazu.shot.new_sequence(film, "SQ02"), "SC02")
    equal(names(scene.all_scenes_for_sequence(sequence)), ["SC01"])
    equal(names(scene.all_scenes_for_project(film)), ["SC01", "SC02"])
    equal(ids(scene.all_scenes(film)), {made["id"], other["id"]})
    assert ids([made, other]) <= ids(scene.all_scenes())
    equal(scene.get_sequence_from_scene(made)["id"], sequence["id"])
    equal(scene.get_sequence_from_scene(other["id"])["name"], "SQ02")


@check
def instances_are_numbered_renamed_and_listed():
    made = scene.new_scene(film, sequence, "SC03")
    first, second = scene.new_scene_asset_instance(made, cup, "on the table"), scene.new_scene_asset_instance(made, cup)
    holds(first, asset_id=cup["id"], scene_id=made["id"], number=1, name="Cup_0001", description="on the table")
    holds(second, number=2, name="Cup_0002")
    equal(ids(scene.all_asset_instances_for_scene(made)[cup["id"]]), {first["id"], second["id"]})
    equal(scene.all_camera_instances_for_scene(made), {})
    equal(scene.get_asset_instance_by_name(made, "Cup_0002")["id"], second["id"])
    equal(scene.get_asset_instance_by_name(made, "Cup_0009"), None)
    equal(scene.update_asset_instance_name(second, "Big cup")["name"], "Big cup")
    equal(scene.update_asset_instance_data(second["id"], {"x": 1.5})["data"], {"x": 1.5})
    holds(gazu.asset.get_asset_instance(second["id"]), name="Big cup", data={"x": 1.5}, number=2)


@check
def a_scene_tells_which_shots_come_from_it():
    made = scene.new_scene(film, sequence, "SC04")
    shot = gazu.shot.new_shot(film, sequence, "SH010")
    equal(scene.add_shot_to_scene(made, shot)["id"], shot["id"])
    equal(names(scene.all_shots_for_scene(made)), ["SH010"])
    equal(gazu.shot.get_shot(shot["id"])["source_id"], made["id"])
    scene.remove_shot_from_scene(made, shot)
    equal(scene.all_shots_for_scene(made), [])
    refused(gazu.exception.RouteNotFoundException, scene.add_shot_to_scene, made, {"id": "11111111-2222-4333-8444-555555555555"})
