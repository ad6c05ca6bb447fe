"""gazu.shot: episodes, sequences and shots."""
import os
import tempfile

import gazu
from harness import check, equal, holds, ids, names, picture, refused, shot, someone, unique

film = gazu.project.new_project(unique("Shots"), production_type="short")
series = gazu.project.new_project(unique("Series"), production_type="tvshow")
host = gazu.client.get_api_url_from_host()


@check
def an_episode_is_made_once_found_changed_and_listed():
    made = shot.new_episode(series, "E01")
    equal(shot.new_episode(series, "E01")["id"], made["id"])
    holds(shot.get_episode(made["id"]), name="E01", project_id=series["id"], type="Episode")
    equal(shot.get_episode_by_name(series, "E01")["id"], made["id"])
    equal(shot.get_episode_by_name(series, "E99"), None)
    equal(shot.update_episode({"id": made["id"], "description": "the first"})["description"], "the first")
    shot.update_episode_data(made, {"air": "monday", "part": 1})
    shot.update_episode_data(made["id"], {"part": 2})
    holds(shot.get_episode(made["id"]), description="the first", data={"air": "monday", "part": 2})
    assert made["id"] in ids(shot.all_episodes_for_project(series))
    equal(shot.get_episode_url(made), f"{host}/productions/{series['id']}/episodes/{made['id']}/shots")
    equal(shot.get_all_episodes_url(series), f"{host}/productions/{series['id']}/episodes/")


@check
def a_sequence_is_made_once_found_changed_and_listed():
    made = shot.new_sequence(film, "SQ01")
    equal(shot.new_sequence(film, "SQ01")["id"], made["id"])
    holds(shot.get_sequence(made["id"]), name="SQ01", parent_id=None, type="Sequence")
    equal(shot.get_sequence_by_name(film, "SQ01")["id"], made["id"])
    equal(shot.get_sequence_by_name(film, "SQ99"), None)
    equal(shot.update_sequence({"id": made["id"], "description": "the woods"})["description"], "the woods")
    shot.update_sequence_data(made, {"light": "noon", "rain": False})
    shot.update_sequence_data(made["id"], {"rain": True})
    holds(shot.get_sequence(made["id"]), description="the woods", data={"light": "noon", "rain": True})
    equal(names(shot.all_sequences_for_project(film)), ["SQ01"])
    equal(shot.get_sequence_url(made), f"{host}/productions/{film['id']}/sequences/{made['id']}/")
    equal(shot.get_all_sequences_url(film), f"{host}/productions/{film['id']}/sequences/")


@check
def sequences_of_episodes_have_names_of_their_own():
    first, second = gazu.shot.new_episode(series, "E11"), gazu.shot.new_episode(series, "E12")
    one, two = shot.new_sequence(series, "SQ01", episode=first), shot.new_sequence(series, "SQ01", episode=second)
    assert one["id"] != two["id"]
    equal(shot.get_sequence_by_name(series, "SQ01", episode=second)["id"], two["id"])
    equal(ids(shot.all_sequences_for_episode(first)), {one["id"]})
    equal(shot.get_episode_from_sequence(shot.get_sequence(two["id"]))["name"], "E12")
    equal(shot.get_episode_from_sequence({"parent_id": None}), None)
    equal(shot.get_sequence_url(two), f"{host}/productions/{series['id']}/episodes/{second['id']}/sequences/{two['id']}/")


@check
def a_shot_is_made_once_found_and_listed():
    sequence = gazu.shot.new_sequence(film, "SQ02")
    made = shot.new_shot(film, sequence, "SH010", nb_frames=48, frame_in=10, frame_out=57, description="rain", data={"lens": 35})
    holds(made, name="SH010", nb_frames=48, description="rain", data={"lens": 35, "frame_in": 10, "frame_out": 57}, parent_id=sequence["id"])
    equal(shot.new_shot(film, sequence, "SH010")["id"], made["id"])
    holds(shot.get_shot(made["id"]), name="SH010", sequence_name="SQ02", project_id=film["id"], nb_frames=48, type="Shot")
    equal(shot.get_shot_by_name(sequence, "SH010")["id"], made["id"])
    equal(shot.get_shot_by_name(sequence, "SH990"), None)
    other = shot.new_shot(film, sequence, "SH005")
    equal(names(shot.all_shots_for_sequence(sequence)), ["SH005", "SH010"])
    assert ids([made, other]) <= ids(shot.all_shots_for_project(film))
    equal(shot.get_sequence_from_shot(made)["name"], "SQ02")
    equal(shot.get_sequence_from_shot(made["id"])["id"], sequence["id"])
    equal(shot.get_shot_url(made), f"{host}/productions/{film['id']}/shots/{made['id']}/")


@check
def a_shot_of_an_episode_tells_its_episode():
    episode = gazu.shot.new_episode(series, "E21")
    sequence = gazu.shot.new_sequence(series, "SQ01", episode=episode)
    made = shot.new_shot(series, sequence, "SH010")
    equal(ids(shot.all_shots_for_episode(episode)), {made["id"]})
    equal(shot.get_shot_url(made), f"{host}/productions/{series['id']}/episodes/{episode['id']}/shots/{made['id']}/")


@check
def fields_and_data_of_a_shot_are_changed_and_kept():
    sequence = gazu.shot.new_sequence(film, "SQ03")
    made = gazu.shot.new_shot(film, sequence, "SH010", nb_frames=10, data={"fps": 25})
    holds(shot.update_shot({"id": made["id"], "nb_frames": 12, "description": "longer"}), nb_frames=12, description="longer")
    shot.update_shot_data(made, {"camera": "A"})
    shot.update_shot_data(made["id"], {"fps": 24})
    holds(shot.get_shot(made["id"]), data={"fps": 24, "camera": "A"}, nb_frames=12, description="longer", name="SH010")


@check
def a_shot_with_tasks_is_cancelled_restored_and_removed_by_force():
    sequence = gazu.shot.new_sequence(film, "SQ04")
    made = gazu.shot.new_shot(film, sequence, "SH010")
    task = gazu.task.new_task(made, gazu.task.get_task_type_by_name("Animation"))
    shot.remove_shot(made)
    equal(shot.get_shot(made["id"])["canceled"], True)
    equal(shot.restore_shot(made)["canceled"], False)
    equal(shot.get_shot(made["id"])["canceled"], False)
    shot.remove_shot(made, force=True)
    refused(gazu.exception.RouteNotFoundException, shot.get_shot, made["id"])
    refused(gazu.exception.RouteNotFoundException, gazu.task.get_task, task["id"])
    equal(shot.all_shots_for_sequence(sequence), [])


@check
def a_sequence_with_shots_is_removed_only_by_force():
    sequence = gazu.shot.new_sequence(film, "SQ05")
    made = gazu.shot.new_shot(film, sequence, "SH010")
    refused(gazu.exception.ParameterException, shot.remove_sequence, sequence)
    equal(shot.get_shot(made["id"])["name"], "SH010")
    shot.remove_sequence(sequence, force=True)
    refused(gazu.exception.RouteNotFoundException, shot.get_sequence, sequence["id"])
    refused(gazu.exception.RouteNotFoundException, shot.get_shot, made["id"])


@check
def an_episode_with_sequences_is_removed_only_by_force():
    episode = gazu.shot.new_episode(series, "E31")
    sequence = gazu.shot.new_sequence(series, "SQ01", episode=episode)
    refused(gazu.exception.ParameterException, shot.remove_episode, episode)
    shot.remove_episode(episode, force=True)
    refused(gazu.exception.RouteNotFoundException, shot.get_episode, episode["id"])
    refused(gazu.exception.RouteNotFoundException, shot.get_sequence, sequence["id"])


@check
def asset_instances_are_put_into_a_shot_and_taken_out():
    sequence = gazu.shot.new_sequence(film, "SQ06")
    made = gazu.shot.new_shot(film, sequence, "SH010")
    cup = gazu.asset.new_asset(film, gazu.asset.new_asset_type("Props"), "Cup")
    placed = gazu.scene.new_scene_asset_instance(gazu.scene.new_scene(film, sequence, "SC01"), cup)
    equal(shot.add_asset_instance_to_shot(made, placed)["id"], made["id"])
    equal(ids(shot.get_asset_instances_for_shot(made)[cup["id"]]), {placed["id"]})
    holds(shot.all_asset_instances_for_shot(made)[cup["id"]][0], asset_id=cup["id"], name="Cup_0001")
    shot.remove_asset_instance_from_shot(made, placed)
    equal(shot.get_asset_instances_for_shot(made), {})


@check
def previews_of_a_shot_are_listed_by_task_type():
    sequence = gazu.shot.new_sequence(film, "SQ07")
    made = gazu.shot.new_shot(film, sequence, "SH010")
    equal(shot.all_previews_for_shot(made), {})
    animation = gazu.task.get_task_type_by_name("Animation")
    task = gazu.task.new_task(made, animation)
    with tempfile.TemporaryDirectory() as folder:
        _, preview = gazu.task.publish_preview(task, gazu.task.get_task_status_by_short_name("wfa"), preview_file_path=picture(os.path.join(folder, "frame.png")))
    listed = shot.all_previews_for_shot(made)
    equal(ids(listed[animation["id"]]), {preview["id"]})


@check
def tables_of_shots_go_out_and_come_in():
    home = gazu.project.new_project(unique("Tables"), production_type="short")
    sequence = gazu.shot.new_sequence(home, "SQ01")
    kept = gazu.shot.new_shot(home, sequence, "SH010", nb_frames=24, description="before")
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "shots.csv")
        equal(shot.export_shots_with_csv(home, table).status_code, 200)
        with open(table) as file:
            text = file.read()
        assert "SQ01" in text and "SH010" in text and "before" in text, text
        with open(table, "w") as file:
            file.write("Sequence,Name,Description,Nb Frames\nSQ01,SH010,after,36\nSQ02,SH020,new,12\n")
        shot.import_shots_with_csv(home, table)
    equal(names(shot.all_shots_for_project(home)), ["SH010", "SH020"])
    equal(shot.get_shot(kept["id"])["name"], "SH010")
    holds(shot.get_shot_by_name(shot.get_sequence_by_name(home, "SQ02"), "SH020"), description="new")


TIMELINE = '''{"OTIO_SCHEMA": "Timeline.1", "name": "cut", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": [{"OTIO_SCHEMA": "Track.1", "kind": "Video", "children": [
  {"OTIO_SCHEMA": "Clip.1", "name": "%s", "source_range": {"OTIO_SCHEMA": "TimeRange.1",
   "start_time": {"OTIO_SCHEMA": "RationalTime.1", "rate": 25, "value": 0}, "duration": {"OTIO_SCHEMA": "RationalTime.1", "rate": 25, "value": 50}}}]}]}}'''


@check
def a_cut_makes_its_shots():
    home = gazu.project.new_project(unique("Cut").replace(" ", ""), production_type="short")
    with tempfile.TemporaryDirectory() as folder:
        cut = os.path.join(folder, "cut.otio")
        with open(cut, "w") as file:
            file.write(TIMELINE % f"{home['name']}_SQ09-SH090")
        answer = shot.import_otio(home, cut)
        equal(len(answer["created_shots"]), 1)
        with open(cut, "w") as file:
            file.write(TIMELINE % "sq09-sh090")
        again = shot.import_otio(home, cut, naming_convention="${sequence_name}-${shot_name}", match_case=False)
    made = shot.get_shot_by_name(shot.get_sequence_by_name(home, "SQ09"), "SH090")
    equal(made["nb_frames"], 50)
    equal((len(again["created_shots"]), len(again["updated_shots"])), (0, 1))
    equal(len(shot.all_shots_for_project(home)), 1)


@check
def who_is_not_on_the_team_sees_no_shots():
    _, as_ada = someone("user")
    sequence = gazu.shot.new_sequence(film, "SQ08")
    made = gazu.shot.new_shot(film, sequence, "SH010")
    for function, model in ((shot.get_shot, made["id"]), (shot.get_sequence, sequence["id"]), (shot.all_shots_for_project, film)):
        refused(gazu.exception.NotAllowedException, function, model, client=as_ada)
