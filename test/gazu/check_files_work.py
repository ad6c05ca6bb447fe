"""gazu.files: paths, working files and output files, and the lists that describe them."""
import os
import tempfile

import gazu
from harness import check, equal, files, holds, ids, refused, someone, unique

film = gazu.project.new_project(unique("Pipeline").replace(" ", ""), production_type="short")
sequence = gazu.shot.new_sequence(film, "SQ01")
shot = gazu.shot.new_shot(film, sequence, "SH010")
props = gazu.asset.new_asset_type("Props")
cup = gazu.asset.new_asset(film, props, "Cup")
animation, modeling = gazu.task.get_task_type_by_name("Animation"), gazu.task.get_task_type_by_name("Modeling")
on_shot, on_cup = gazu.task.new_task(shot, animation), gazu.task.new_task(cup, modeling)
cache = gazu.files.new_output_type("Geometry", "geo")
scene = gazu.scene.new_scene(film, sequence, "SC01")
placed = gazu.scene.new_scene_asset_instance(scene, cup)
folder = tempfile.mkdtemp(prefix="gazu-checks-")
TREE = {
    "working": {"mountpoint": "/work", "root": "films", "folder_path": {
        "shot": "<Project>/shots/<Sequence>/<Shot>/<TaskType>", "asset": "<Project>/assets/<AssetType>/<Asset>/<TaskType>", "style": "lowercase"},
        "file_name": {"shot": "<Project>_<Sequence>_<Shot>_<TaskType>_v<Revision>", "asset": "<Project>_<AssetType>_<Asset>_<TaskType>_v<Revision>", "style": "lowercase"}},
    "output": {"mountpoint": "/out", "root": "films", "folder_path": {
        "shot": "<Project>/shots/<Sequence>/<Shot>/<OutputType>", "asset": "<Project>/assets/<AssetType>/<Asset>/<OutputType>",
        "instance": "<Project>/scenes/<Sequence>/<Scene>/<Instance>/<OutputType>", "style": "lowercase"},
        "file_name": {"shot": "<Project>_<Sequence>_<Shot>_<OutputType>_v<Revision>", "asset": "<Project>_<Asset>_<OutputType>_v<Revision>",
                      "instance": "<Project>_<Asset>_<Instance>_<OutputType>_v<Revision>", "style": "lowercase"}},
}
gazu.files.update_project_file_tree(film, TREE)
name = film["name"].lower()


@check
def softwares_are_made_once_found_and_changed():
    made = files.new_software(unique("Sculptor"), "scu", "scl", secondary_extensions=["sc1", "sc2"])
    equal(files.new_software(made["name"], "x", "y")["id"], made["id"])
    holds(files.get_software(made["id"]), name=made["name"], short_name="scu", file_extension="scl", secondary_extensions=["sc1", "sc2"])
    equal(files.get_software_by_name(made["name"])["id"], made["id"])
    equal(files.update_software({"id": made["id"], "secondary_extensions": ["sc3"]})["secondary_extensions"], ["sc3"])
    assert made["id"] in ids(files.all_softwares())
    equal(files.get_software_by_name(unique("None")), None)


@check
def statuses_of_files_and_output_types_are_made_once_and_found():
    status = files.new_file_status(unique("Approved"), "#00FF00")
    equal(files.new_file_status(status["name"], "#FF0000")["id"], status["id"])
    equal(files.get_file_status(status["id"])["color"], "#00FF00")
    equal(files.get_file_status_by_name(status["name"])["id"], status["id"])
    kind = files.new_output_type(unique("Cache"), "cch")
    equal(files.new_output_type(kind["name"], "x")["id"], kind["id"])
    equal(files.get_output_type(kind["id"])["short_name"], "cch")
    equal(files.get_output_type_by_name(kind["name"])["id"], kind["id"])
    assert kind["id"] in ids(files.all_output_types())


@check
def a_file_tree_gives_paths():
    equal(files.update_project_file_tree(film, TREE)["file_tree"]["working"]["mountpoint"], "/work")
    equal(files.build_working_file_path(on_shot, revision=3), f"/work/films/{name}/shots/sq01/sh010/animation/{name}_sq01_sh010_animation_v003")
    equal(files.build_working_file_path(on_cup["id"]), f"/work/films/{name}/assets/props/cup/modeling/{name}_props_cup_modeling_v001")
    equal(files.build_entity_output_file_path(shot, cache, animation, revision=2), f"/out/films/{name}/shots/sq01/sh010/geometry/{name}_sq01_sh010_geometry_v002")
    told = files.build_asset_instance_output_file_path(placed, scene, cache, modeling, revision=1)
    assert told.startswith(f"/out/films/{name}/scenes/sq01/sc01/") and told.endswith("_geometry_v001"), told


@check
def working_files_count_their_revisions_and_are_listed():
    one = gazu.task.new_task(gazu.shot.new_shot(film, sequence, "SH020"), animation)
    software = gazu.files.new_software(unique("Painter"), "pnt", "pnt")
    ada, _ = someone("user")
    first = files.new_working_file(one, comment="first", software=software, person=ada)
    second = files.new_working_file(one)
    other = files.new_working_file(one, name="lit")
    holds(first, revision=1, name="main", comment="first", task_id=one["id"], software_id=software["id"], person_id=ada["id"])
    assert first["path"].endswith("_sh020_animation_v001"), first["path"]
    equal((second["revision"], other["revision"]), (2, 1))
    equal(ids(files.get_working_files_for_task(one)), ids([first, second, other]))
    equal({n: f["id"] for n, f in files.get_last_working_files(one).items()}, {"main": second["id"], "lit": other["id"]})
    equal(files.get_last_working_file_revision(one)["id"], second["id"])
    equal(files.get_last_working_file_revision(one, name="none"), None)
    equal(files.get_working_file(first["id"])["comment"], "first")
    entity = {"id": one["entity_id"]}
    equal(ids(files.get_all_working_files_for_entity(entity)), ids([first, second, other]))
    equal(ids(files.get_all_working_files_for_entity(entity, task=one, name="lit")), {other["id"]})


@check
def a_working_file_is_changed_sent_and_fetched():
    made = gazu.files.new_working_file(on_shot, comment="before")
    equal(files.update_comment(made, "after")["comment"], "after")
    equal(files.get_working_file(made["id"])["comment"], "after")
    assert files.update_modification_date(made)["updated_at"] >= made["updated_at"]
    sent, fetched = os.path.join(folder, "sent.ma"), os.path.join(folder, "fetched.ma")
    with open(sent, "wb") as file:
        file.write(b"scene " * 1000)
    refused(gazu.exception.GazuException, files.download_working_file, made, fetched)
    equal(files.upload_working_file(made, sent)["id"], made["id"])
    files.download_working_file(made, fetched)
    with open(fetched, "rb") as file:
        equal(file.read(), b"scene " * 1000)


@check
def output_files_of_an_entity_count_their_revisions_and_are_listed():
    kind = gazu.files.new_output_type(unique("Render"), "rnd")
    status = gazu.files.new_file_status(unique("To check"), "#0000FF")
    source = gazu.files.new_working_file(on_shot)
    equal(files.get_next_entity_output_revision(shot, kind, animation), 1)
    equal(files.get_last_entity_output_revision(shot, kind, animation), 0)
    first = files.new_entity_output_file(shot, kind, animation, "first", working_file=source, representation="exr", nb_elements=48, file_status_id=status["id"])
    holds(first, revision=1, comment="first", representation="exr", nb_elements=48, source_file_id=source["id"], output_type_id=kind["id"], file_status_id=status["id"], entity_id=shot["id"])
    second = files.new_entity_output_file(shot, kind, animation, "second", representation="exr")
    equal(second["revision"], 2)
    equal(files.get_next_entity_output_revision(shot, kind, animation), 3)
    equal(files.get_last_entity_output_revision(shot, kind, animation), 2)
    equal(ids(files.all_output_files_for_entity(shot, output_type=kind)), ids([first, second]))
    equal(ids(files.all_output_files_for_entity(shot, output_type=kind, task_type=animation, name="main", representation="exr", file_status=status)), {first["id"]})
    equal(ids(files.all_output_files_for_project(film, output_type=kind)), ids([first, second]))
    equal(ids(files.get_last_output_files_for_entity(shot, output_type=kind)), {second["id"]})
    assert kind["id"] in ids(files.all_output_types_for_entity(shot))


@check
def an_output_file_is_found_by_path_and_changed():
    made = gazu.files.new_entity_output_file(cup, cache, modeling, "published")
    equal(files.get_output_file(made["id"])["path"], made["path"])
    equal(files.get_output_file_by_path(made["path"])["id"], made["id"])
    equal(files.get_output_file_by_path("/no/such/path"), None)
    equal(files.update_output_file(made, {"comment": "checked"})["comment"], "checked")
    equal(files.get_output_file(made["id"])["comment"], "checked")


@check
def output_files_of_instances_count_their_revisions_and_are_listed():
    equal(files.get_next_asset_instance_output_revision(placed, scene, cache, modeling), 1)
    equal(files.get_last_asset_instance_output_revision(placed, scene, cache, modeling), 0)
    made = files.new_asset_instance_output_file(placed, scene, cache, modeling, "in the kitchen", representation="abc")
    holds(made, revision=1, name="master", comment="in the kitchen", representation="abc", asset_instance_id=placed["id"], temporal_entity_id=scene["id"])
    equal(files.get_last_asset_instance_output_revision(placed, scene, cache, modeling), 1)
    equal(ids(files.get_last_output_files_for_asset_instance(placed, scene)), {made["id"]})
    equal(ids(files.all_output_types_for_asset_instance(placed, scene)), {cache["id"]})
    equal(ids(files.all_output_files_for_asset_instance(placed, temporal_entity=scene)), {made["id"]})
