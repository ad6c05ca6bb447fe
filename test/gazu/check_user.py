"""gazu.user: what concerns the person who is signed in: an artist with a shot's and an asset's task."""
import datetime

import gazu
from harness import check, equal, holds, ids, names, someone, unique, user

film = gazu.project.new_project(unique("Mine"), production_type="tvshow")
other = gazu.project.new_project(unique("Not mine"), production_type="short")
ada, me = someone("user")
gazu.project.add_person_to_team(film, ada)
props, characters = gazu.asset.new_asset_type("Props"), gazu.asset.new_asset_type("Characters")
cup, bunny = gazu.asset.new_asset(film, props, "Cup"), gazu.asset.new_asset(film, characters, "Bunny")
episode, strange_episode = gazu.shot.new_episode(film, "E01"), gazu.shot.new_episode(film, "E02")
sequence = gazu.shot.new_sequence(film, "SQ01", episode=episode)
strange_sequence = gazu.shot.new_sequence(film, "SQ01", episode=strange_episode)
shot, strange_shot = gazu.shot.new_shot(film, sequence, "SH010"), gazu.shot.new_shot(film, sequence, "SH020")
scene = gazu.scene.new_scene(film, sequence, "SC01")
modeling, animation, layout = (gazu.task.get_task_type_by_name(name) for name in ("Modeling", "Animation", "Layout"))
on_cup, on_shot = gazu.task.new_task(cup, modeling, assignees=[ada]), gazu.task.new_task(shot, animation, assignees=[ada])
gazu.task.new_task(bunny, modeling)
gazu.task.new_task(shot, layout)
gazu.task.new_task(strange_shot, animation)


@check
def i_am_signed_in():
    equal(user.is_authenticated(client=me), True)
    equal(user.is_authenticated(client=gazu.client.create_client(gazu.client.get_host())), False)


@check
def my_productions_are_those_of_my_teams():
    equal(names(user.all_open_projects(client=me)), [film["name"]])
    assert other["id"] in ids(user.all_open_projects())


@check
def my_assets_and_their_types_are_those_i_work_on():
    equal(names(user.all_asset_types_for_project(film, client=me)), ["Props"])
    equal(names(user.all_assets_for_asset_type_and_project(film, props, client=me)), ["Cup"])
    equal(user.all_assets_for_asset_type_and_project(film, characters, client=me), [])
    equal(ids(user.all_tasks_for_asset(cup, client=me)), {on_cup["id"]})
    equal(user.all_tasks_for_asset(bunny, client=me), [])
    equal(names(user.all_task_types_for_asset(cup, client=me)), ["Modeling"])


@check
def my_episodes_sequences_and_shots_are_those_i_work_on():
    equal(names(user.all_episodes_for_project(film, client=me)), ["E01"])
    equal(ids(user.all_sequences_for_project(film, client=me)), {sequence["id"]})
    equal(names(user.all_shots_for_sequence(sequence, client=me)), ["SH010"])
    equal(ids(user.all_tasks_for_shot(shot, client=me)), {on_shot["id"]})
    equal(user.all_tasks_for_shot(strange_shot, client=me), [])
    equal(names(user.all_task_types_for_shot(shot, client=me)), ["Animation"])


@check
def my_scenes_and_sequences_have_my_tasks():
    equal(user.all_scenes_for_sequence(sequence, client=me), [])
    of_scenes, of_sequences = (gazu.task.new_task_type(unique(kind), for_entity=kind) for kind in ("Scene", "Sequence"))
    on_scene = gazu.task.new_task(scene, of_scenes, assignees=[ada])
    equal(names(user.all_scenes_for_sequence(sequence, client=me)), ["SC01"])
    equal(ids(user.all_tasks_for_scene(scene, client=me)), {on_scene["id"]})
    equal(ids(user.all_task_types_for_scene(scene, client=me)), {of_scenes["id"]})
    on_sequence = gazu.task.new_task(strange_sequence, of_sequences, assignees=[ada])
    equal(ids(user.all_tasks_for_sequence(strange_sequence, client=me)), {on_sequence["id"]})
    equal(ids(user.all_task_types_for_sequence(strange_sequence, client=me)), {of_sequences["id"]})
    gazu.task.remove_task(on_scene)
    gazu.task.remove_task(on_sequence)


@check
def my_tasks_are_to_do_until_they_are_done():
    equal(ids(user.all_tasks_to_do(client=me)), {on_cup["id"], on_shot["id"]})
    equal(user.all_done_tasks(client=me), [])
    gazu.task.add_comment(on_cup, gazu.task.get_task_status_by_short_name("done"))
    equal(ids(user.all_tasks_to_do(client=me)), {on_shot["id"]})
    equal(ids(user.all_done_tasks(client=me)), {on_cup["id"]})


@check
def tasks_wait_for_the_feedback_of_who_manages():
    bob, as_bob = someone("manager")
    gazu.project.add_person_to_team(film, bob)
    equal(user.all_tasks_requiring_feedback(client=as_bob), [])
    gazu.task.add_comment(on_shot, gazu.task.get_task_status_by_short_name("wfa"))
    equal(ids(user.all_tasks_requiring_feedback(client=as_bob)), {on_shot["id"]})


@check
def my_hours_are_told():
    gazu.task.set_time_spent(on_shot, ada, "2026-03-03", 45, client=me)
    equal([t["duration"] for t in user.get_timespents_range("2026-03-01", "2026-03-31", client=me)], [45])
    equal(user.get_timespents_range("2026-04-01", "2026-04-30", client=me), [])
    equal([t["task_id"] for t in user.get_time_spents_by_date("2026-03-03", client=me)], [on_shot["id"]])
    holds(user.get_task_time_spent(on_shot, "2026-03-03", client=me), duration=45, task_id=on_shot["id"])


@check
def my_days_off_are_told():
    equal(user.get_day_off("2026-04-06", client=me), {})
    made = gazu.person.new_day_off(ada, "2026-04-06", "2026-04-07")
    equal(user.get_day_off("2026-04-07", client=me)["id"], made["id"])


@check
def my_logins_at_the_desktop_are_kept():
    made = user.log_desktop_session_log_in(client=me)
    equal(made["person_id"], ada["id"])
    listed = user.all_desktop_login_logs(client=me)
    equal([log["id"] for log in listed], [made["id"]])
    assert listed[0]["date"].startswith(str(datetime.date.today().year)), listed


@check
def searches_are_kept_changed_and_removed():
    made = user.new_filter("Mine", "assigned to me", "shot", project=film, entity_type="Shot", client=me)
    holds(made, name="Mine", search_query="assigned to me", list_type="shot", project_id=film["id"])
    listed = user.all_filters(client=me)
    equal([f["id"] for f in listed["shot"][film["id"]]], [made["id"]])
    equal(user.update_filter({"id": made["id"], "name": "Really mine"}, client=me)["name"], "Really mine")
    equal(names(user.all_filters(client=me)["shot"][film["id"]]), ["Really mine"])
    user.remove_filter(made, client=me)
    equal(user.all_filters(client=me).get("shot", {}).get(film["id"], []), [])


@check
def the_context_tells_what_the_studio_has():
    told = user.get_context(client=me)
    equal(ids(told["projects"]), {film["id"]})
    assert modeling["id"] in ids(told["task_types"]) and props["id"] in ids(told["asset_types"])
    assert {"departments", "task_status", "persons", "project_status", "search_filters", "notification_count"} <= set(told), sorted(told)


@check
def notifications_come_are_read_and_are_counted():
    before = ids(user.all_notifications(client=me))
    comment = gazu.task.add_comment(on_shot, gazu.task.get_task_status_by_short_name("wip"), "look")
    told = [n for n in user.all_notifications(client=me) if n["id"] not in before and n["comment_id"] == comment["id"]]
    holds(told[0], read=False, task_id=on_shot["id"], notification_type="comment", comment_text="look")
    equal(user.get_notification(told[0], client=me)["id"], told[0]["id"])
    equal(user.update_notification({"id": told[0]["id"], "read": True}, client=me)["read"], True)
    equal(user.get_notification(told[0]["id"], client=me)["read"], True)
    assert user.get_context(client=me)["notification_count"] > 0
    equal(user.mark_all_notifications_as_read(client=me)["success"], True)
    equal(user.get_context(client=me)["notification_count"], 0)


@check
def a_task_is_followed_and_left():
    task = gazu.task.get_task_by_entity(strange_shot, animation)
    equal(user.check_task_subscription(task, client=me), False)
    user.subscribe_to_task(task, client=me)
    equal(user.check_task_subscription(task, client=me), True)
    comment = gazu.task.add_comment(task, gazu.task.get_task_status_by_short_name("wip"), "followed")
    assert comment["id"] in [n["comment_id"] for n in user.all_notifications(client=me)]
    user.unsubscribe_from_task(task, client=me)
    equal(user.check_task_subscription(task, client=me), False)


@check
def a_chat_is_joined_and_left():
    gazu.client.get(f"data/entities/{shot['id']}/chat", client=me)
    equal(user.all_chats(client=me), [])
    user.join_chat(shot, client=me)
    equal([chat["object_id"] for chat in user.all_chats(client=me)], [shot["id"]])
    user.leave_chat(shot["id"], client=me)
    equal(user.all_chats(client=me), [])
