"""gazu.asset: assets, their types, where they stand and their instances."""
import os
import tempfile

import gazu
from harness import asset, check, equal, holds, ids, names, refused, someone, unique

film = gazu.project.new_project(unique("Assets"), production_type="short")
series = gazu.project.new_project(unique("Series"), production_type="tvshow")
episode = gazu.shot.new_episode(series, "E01")
characters = gazu.asset.new_asset_type("Characters")
props = gazu.asset.new_asset_type("Props")
sequence = gazu.shot.new_sequence(film, "SQ01")
shot = gazu.shot.new_shot(film, sequence, "SH010")
host = gazu.client.get_api_url_from_host()


def fresh(model):
    return gazu.asset.get_asset(model["id"])


@check
def an_asset_is_made_once_and_found():
    made = asset.new_asset(film, characters, "Bunny", description="A rabbit", extra_data={"size": "big"})
    holds(made, name="Bunny", description="A rabbit", data={"size": "big"}, project_id=film["id"], entity_type_id=characters["id"])
    equal(asset.new_asset(film, characters, "Bunny")["id"], made["id"])
    holds(asset.get_asset(made["id"]), name="Bunny", description="A rabbit", data={"size": "big"}, canceled=False)
    equal(asset.get_asset_by_name(film, "Bunny")["id"], made["id"])
    equal(asset.get_asset_by_name(film, "Bunny", characters)["id"], made["id"])
    equal(asset.get_asset_by_name(film, "Bunny", props), None)
    equal(asset.get_asset_by_name(film, "Nobody"), None)


@check
def assets_are_listed_by_production_type_shot_and_episode():
    bush, lamp = asset.new_asset(film, props, "Bush"), asset.new_asset(film, props, "a lamp")
    listed = asset.all_assets_for_project(film)
    assert {bush["id"], lamp["id"]} <= ids(listed)
    equal(names(listed), sorted(names(listed), key=str.lower))
    equal(names(asset.all_assets_for_project_and_type(film, props)), ["a lamp", "Bush"])
    assert {bush["id"], lamp["id"]} <= ids(asset.all_assets_for_project(None))
    assert bush["id"] in ids(asset.all_assets_for_open_projects())
    gazu.casting.update_shot_casting(film, shot, [{"asset_id": lamp["id"], "nb_occurences": 1}])
    equal(names(asset.all_assets_for_shot(shot)), ["a lamp"])
    guest = asset.new_asset(series, characters, "Guest", episode=episode)
    asset.new_asset(series, characters, "Regular")
    equal(ids(asset.all_assets_for_episode(episode)), {guest["id"]})


@check
def types_are_listed_where_they_are_used():
    gazu.asset.new_asset(film, props, "Bush")
    assert {"Characters", "Props"} <= set(names(asset.all_asset_types()))
    assert "Shot" not in names(asset.all_asset_types())
    assert props["id"] in ids(asset.all_asset_types_for_project(film))
    lamp = gazu.asset.new_asset(film, props, "a lamp")
    gazu.casting.update_shot_casting(film, shot, [{"asset_id": lamp["id"], "nb_occurences": 1}])
    equal(names(asset.all_asset_types_for_shot(shot)), ["Props"])
    equal(asset.get_asset_type_from_asset(fresh(lamp))["name"], "Props")


@check
def a_type_is_made_once_renamed_and_removed():
    made = asset.new_asset_type(unique("Crowd"))
    equal(asset.new_asset_type(made["name"])["id"], made["id"])
    equal(asset.get_asset_type(made["id"])["name"], made["name"])
    equal(asset.get_asset_type(made)["name"], made["name"])
    renamed = unique("Crowds")
    equal(asset.update_asset_type({"id": made["id"], "name": renamed})["name"], renamed)
    equal(asset.get_asset_type_by_name(renamed)["id"], made["id"])
    equal(asset.get_asset_type_by_name(made["name"]), None)
    asset.remove_asset_type(made)
    equal(asset.get_asset_type_by_name(renamed), None)
    refused(gazu.exception.RouteNotFoundException, asset.get_asset_type, made["id"])


@check
def urls_lead_to_assets_and_lists():
    bunny = gazu.asset.new_asset(film, characters, "Bunny")
    equal(asset.get_asset_url(bunny), f"{host}/productions/{film['id']}/assets/{bunny['id']}/")
    equal(asset.get_all_assets_url(film), f"{host}/productions/{film['id']}/assets/")
    equal(asset.get_all_assets_url(series), f"{host}/productions/{series['id']}/episodes/main/assets/")
    equal(asset.get_asset_type_url(film, props), f"{host}/productions/{film['id']}/assets?search=type%3D%5BProps%5D")
    guest = gazu.asset.new_asset(series, characters, "Guest", episode=episode)
    equal(asset.get_asset_url(guest["id"]), f"{host}/productions/{series['id']}/episodes/{episode['id']}/assets/{guest['id']}/")


@check
def fields_data_and_the_episode_are_changed_and_kept():
    made = gazu.asset.new_asset(series, characters, unique("Walker"), extra_data={"legs": 4})
    holds(asset.update_asset({"id": made["id"], "description": "walks", "episode_id": episode["id"]}), description="walks", source_id=episode["id"])
    equal(asset.get_episode_from_asset(fresh(made))["name"], "E01")
    asset.update_asset_data(made, {"speed": 3})
    asset.update_asset_data(made["id"], {"legs": 2})
    holds(fresh(made), data={"legs": 2, "speed": 3}, description="walks", episode_id=episode["id"])


@check
def an_asset_with_tasks_is_cancelled_first_and_removed_by_force():
    made = gazu.asset.new_asset(film, props, unique("Vase"))
    gazu.task.new_task(made, gazu.task.get_task_type_by_name("Modeling"))
    asset.remove_asset(made)
    equal(fresh(made)["canceled"], True)
    asset.remove_asset(made, force=True)
    refused(gazu.exception.RouteNotFoundException, asset.get_asset, made["id"])


@check
def only_the_studio_changes_assets():
    made = gazu.asset.new_asset(film, props, unique("Chair"))
    ada, as_ada = someone("user")
    refused(gazu.exception.NotAllowedException, asset.get_asset, made["id"], client=as_ada)
    gazu.project.add_person_to_team(film, ada)
    equal(asset.get_asset(made["id"], client=as_ada)["name"], made["name"])
    refused(gazu.exception.NotAllowedException, asset.remove_asset, made, client=as_ada)
    equal(fresh(made)["canceled"], False)


@check
def instances_of_assets_stand_in_scenes_shots_and_assets():
    table, cup = gazu.asset.new_asset(film, props, "Table"), gazu.asset.new_asset(film, props, "Cup")
    inside = asset.new_asset_asset_instance(table, cup, "on it")
    holds(inside, asset_id=cup["id"], target_asset_id=table["id"], number=1, description="on it")
    equal(asset.new_asset_asset_instance(table, cup)["number"], 2)
    equal(names(asset.all_asset_instances_for_asset(table)[cup["id"]]), ["Cup_0001", "Cup_0002"])
    scene = gazu.scene.new_scene(film, sequence, "SC01")
    placed = gazu.scene.new_scene_asset_instance(scene, cup)
    gazu.shot.add_asset_instance_to_shot(shot, placed)
    equal(ids(asset.all_asset_instances_for_shot(shot)[cup["id"]]), {placed["id"]})
    holds(asset.get_asset_instance(placed["id"]), asset_id=cup["id"], scene_id=scene["id"], active=True)
    equal(ids(asset.all_scene_asset_instances_for_asset(cup)[scene["id"]]), {placed["id"]})
    equal(ids(asset.all_shot_asset_instances_for_asset(cup)[shot["id"]]), {placed["id"]})
    equal(asset.disable_asset_instance(placed)["active"], False)
    equal(asset.get_asset_instance(placed["id"])["active"], False)
    equal(asset.enable_asset_instance(placed["id"])["active"], True)


@check
def tables_of_assets_go_out_and_come_in():
    home = gazu.project.new_project(unique("Tables"), production_type="short")
    lamp = gazu.asset.new_asset(home, props, "Lamp", description="bright")
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "assets.csv")
        equal(asset.export_assets_with_csv(home, table).status_code, 200)
        with open(table) as file:
            text = file.read()
        assert "Lamp" in text and "bright" in text and "Props" in text, text
        with open(table, "w") as file:
            file.write("Type,Name,Description\nProps,Lamp,dim\nCharacters,Cat,purrs\n")
        asset.import_assets_with_csv(home, table)
    equal(gazu.asset.get_asset_by_name(home, "Cat")["description"], "purrs")
    equal(names(gazu.asset.all_assets_for_project(home)), ["Cat", "Lamp"])
    equal(fresh(lamp)["name"], "Lamp")
