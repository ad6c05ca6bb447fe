"""gazu itself, gazu.studio and gazu.context: signing in, studios, what an integration asks for."""
import gazu
from harness import EMAIL, HOST, PASSWORD, check, context, equal, ids, names, refused, someone, studio, top, unique

film = gazu.project.new_project(unique("Context"), production_type="tvshow")
episode = gazu.shot.new_episode(film, "E01")
sequence = gazu.shot.new_sequence(film, "SQ01", episode=episode)
shot, other_shot = [gazu.shot.new_shot(film, sequence, name) for name in ("SH010", "SH020")]
scene = gazu.scene.new_scene(film, sequence, "SC01")
props = gazu.asset.new_asset_type("Props")
cup, hat = [gazu.asset.new_asset(film, props, name) for name in ("Cup", "Hat")]
ada, as_ada = someone("user")
gazu.project.add_person_to_team(film, ada)
modeling, animation = gazu.task.get_task_type_by_name("Modeling"), gazu.task.get_task_type_by_name("Animation")
gazu.task.new_task(cup, modeling, assignees=[ada])
gazu.task.new_task(shot, animation, assignees=[ada])
gazu.task.new_task(hat, modeling)


@check
def a_session_is_opened_refreshed_and_ended():
    client = top.create_session(HOST, EMAIL, PASSWORD, use_refresh_token=True)
    equal(gazu.client.get_current_user(client=client)["email"], EMAIL)
    before = client.access_token
    top.refresh_access_token(client=client)
    assert client.access_token != before
    equal(gazu.user.is_authenticated(client=client), True)
    ended = client.access_token
    equal(top.log_out(client=client), {})
    top.set_token(ended, client=client)
    equal(gazu.user.is_authenticated(client=client), False)
    refused(gazu.exception.AuthFailedException, top.log_in, EMAIL, "wrong password", client=client)
    assert top.log_in(EMAIL, PASSWORD, client=client)["login"]
    equal(gazu.user.is_authenticated(client=client), True)


@check
def the_host_tells_what_it_is():
    equal(gazu.client.host_is_up(), True)
    equal(gazu.client.host_is_valid(), True)
    assert gazu.client.get_api_version()
    equal(top.get_host(), HOST)


@check
def studios_are_found_changed_and_removed():
    made = gazu.client.create("studios", {"name": unique("Branch"), "color": "#112233"})
    equal(studio.get_studio(made["id"])["name"], made["name"])
    equal(studio.get_studio_by_name(made["name"])["id"], made["id"])
    assert made["id"] in ids(studio.all_studios())
    equal(studio.update_studio({"id": made["id"], "color": "#445566"})["color"], "#445566")
    studio.remove_studio(made, force=True)
    equal(studio.get_studio_by_name(made["name"]), None)


@check
def a_context_is_everything_or_what_i_work_on():
    for mine, assets in ((True, ["Cup"]), (False, ["Cup", "Hat"])):
        equal(names(context.all_open_projects(user_context=mine, client=as_ada)), [film["name"]])
        equal(names(context.all_asset_types_for_project(film, user_context=mine, client=as_ada)), ["Props"])
        equal(names(context.all_assets_for_asset_type_and_project(film, props, user_context=mine, client=as_ada)), assets)
        equal(names(context.all_shots_for_sequence(sequence, user_context=mine, client=as_ada)), ["SH010"] if mine else ["SH010", "SH020"])
        equal(names(context.all_sequences_for_project(film, user_context=mine, client=as_ada)), ["SQ01"])
        equal(names(context.all_episodes_for_project(film, user_context=mine, client=as_ada))[-1], "E01")
        equal(names(context.all_scenes_for_sequence(sequence, user_context=mine, client=as_ada)), [] if mine else ["SC01"])
        equal(names(context.all_task_types_for_asset(cup, user_context=mine, client=as_ada)), ["Modeling"])
        equal(names(context.all_task_types_for_shot(shot, user_context=mine, client=as_ada)), ["Animation"])
        equal(context.all_task_types_for_scene(scene, user_context=mine, client=as_ada), [])
        equal(names(context.all_task_types_for_sequence(sequence, user_context=mine, client=as_ada)), [] if mine else ["Animation"])
    equal(names(context.all_assets_for_project(film, client=as_ada)), ["Cup", "Hat"])
    equal(names(context.all_scenes_for_project(film, client=as_ada)), ["SC01"])
    equal(names(context.all_sequences_for_episode(episode, client=as_ada)), ["SQ01"])
