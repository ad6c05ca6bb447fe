"""gazu.task: comments, replies, attachments and what is shown with them."""
import os
import tempfile

import gazu
from harness import check, equal, holds, ids, picture, refused, someone, task, unique

film = gazu.project.new_project(unique("Comments"), production_type="short")
sequence = gazu.shot.new_sequence(film, "SQ01")
animation, layout = gazu.task.get_task_type_by_name("Animation"), gazu.task.get_task_type_by_name("Layout")
todo, wip, wfa, done = (gazu.task.get_task_status_by_short_name(name) for name in ("todo", "wip", "wfa", "done"))
ada, as_ada = someone("user")
gazu.project.add_person_to_team(film, ada)
folder = tempfile.mkdtemp(prefix="gazu-checks-")


def a_task(kind=animation, shot=None, **more):
    return gazu.task.new_task(shot or gazu.shot.new_shot(film, sequence, unique("SH")), kind, **more)


def note(name, text="notes"):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


@check
def a_comment_changes_the_status_and_is_read():
    one = a_task()
    made = task.add_comment(one, wip, "On it", checklist=[{"text": "eyes", "checked": False}], links=["https://example.com/1"])
    holds(made, text="On it", task_status_id=wip["id"], checklist=[{"text": "eyes", "checked": False}], links=["https://example.com/1"], object_id=one["id"], for_client=False)
    equal(gazu.task.get_task(one["id"])["task_status_id"], wip["id"])
    holds(task.get_comment(made["id"]), text="On it", object_id=one["id"])
    later = task.add_comment(one, done)
    equal([c["id"] for c in task.all_comments_for_task(one)], [later["id"], made["id"]])
    holds(task.get_last_comment_for_task(one), id=later["id"], text="")
    equal(task.get_last_comment_for_task(a_task()), None)


@check
def a_comment_is_made_for_somebody_else_at_another_time():
    one = a_task()
    made = task.add_comment(one, wip, "before", person=ada, created_at="2024-01-02 03:04:05")
    holds(made, person_id=ada["id"], created_at="2024-01-02T03:04:05")


@check
def a_comment_comes_with_files():
    one = a_task()
    made = task.add_comment(one, wip, "see", attachments=[note("first.txt", "one"), note("second.txt", "two")], checklist=[{"text": "nose", "checked": True}], for_client=True)
    equal(sorted(f["name"] for f in made["attachment_files"]), ["first.txt", "second.txt"])
    holds(made, text="see", checklist=[{"text": "nose", "checked": True}], for_client=True)
    equal(task.add_comment(one, wip, "studio", attachments=[note("third.txt")])["for_client"], False)
    added = task.add_attachment_files_to_comment(one, made, note("fourth.txt"))
    equal([f["name"] for f in added], ["fourth.txt"])
    listed = task.all_comments_for_task(one)[-1]["attachment_files"]
    equal(sorted(f["name"] for f in listed), ["first.txt", "fourth.txt", "second.txt"])
    gone = [f for f in listed if f["name"] == "second.txt"][0]
    task.delete_comment_attachment(one, made, gone)
    equal(sorted(f["name"] for f in task.all_comments_for_task(one)[-1]["attachment_files"]), ["first.txt", "fourth.txt"])
    refused(gazu.exception.RouteNotFoundException, gazu.files.get_attachment_file, gone["id"])


@check
def a_comment_is_changed_and_removed():
    one = a_task()
    first = task.add_comment(one, wip, "draft")
    second = task.add_comment(one, done, "too early")
    equal(task.update_comment({"id": first["id"], "text": "final", "checklist": [{"text": "ears", "checked": True}]})["text"], "final")
    holds(task.get_comment(first["id"]), text="final", checklist=[{"text": "ears", "checked": True}])
    refused(gazu.exception.NotAllowedException, task.remove_comment, second, client=as_ada)
    task.remove_comment(second)
    refused(gazu.exception.RouteNotFoundException, task.get_comment, second["id"])
    equal(gazu.task.get_task(one["id"])["task_status_id"], wip["id"])


@check
def comments_are_acknowledged_and_answered():
    one = a_task(assignees=[ada])
    made = task.add_comment(one, wip, "look")
    equal(task.acknowledge_comment(one, made, client=as_ada)["acknowledgements"], [ada["id"]])
    equal(task.acknowledge_comment(one, made, client=as_ada)["acknowledgements"], [])
    reply = task.reply_to_comment(one, made, "looked", client=as_ada)
    holds(reply, text="looked", person_id=ada["id"])
    equal([(r["id"], r["text"]) for r in task.get_comment(made["id"])["replies"]], [(reply["id"], "looked")])
    other = task.reply_to_comment(one, made, "and looked again")
    task.delete_comment_reply(one, made, reply)
    equal([r["id"] for r in task.get_comment(made["id"])["replies"]], [other["id"]])


@check
def a_comment_moves_to_another_task_of_the_entity():
    one = a_task()
    shot = {"id": one["entity_id"], "project_id": film["id"]}
    other = a_task(layout, shot=shot)
    moved = task.add_comment(one, wip, "wrong place")
    equal(task.move_comment_to_task(one, moved, other)["object_id"], other["id"])
    equal(task.all_comments_for_task(one), [])
    equal([c["text"] for c in task.all_comments_for_task(other)], ["wrong place"])
    equal((gazu.task.get_task(one["id"])["task_status_id"], gazu.task.get_task(other["id"])["task_status_id"]), (todo["id"], wip["id"]))


@check
def many_comments_are_sent_at_once():
    one, two = a_task(), a_task()
    made = task.batch_comments([{"task_status_id": wip["id"], "text": "first"}, {"task_status_id": done["id"], "text": "second", "attachment_files": [note("batch.txt")]}], task=one)
    equal([c["text"] for c in made], ["first", "second"])
    equal([c["text"] for c in task.all_comments_for_task(one)], ["second", "first"])
    equal([f["name"] for f in task.all_comments_for_task(one)[0]["attachment_files"]], ["batch.txt"])
    several = task.batch_comments([{"task_id": one["id"], "task_status_id": wip["id"], "text": "a"}, {"task_id": two["id"], "task_status_id": wip["id"], "text": "b"}])
    equal([c["object_id"] for c in several], [one["id"], two["id"]])
    shown = task.create_multiple_comments(film, [{"task_id": two["id"], "task_status_id": wfa["id"], "text": "c", "preview_files": [picture(os.path.join(folder, "many.png"))]}])
    equal([c["text"] for c in shown], ["c"])
    equal(len(task.all_comments_for_task(two)[0]["previews"]), 1)
    same = task.add_tasks_batch_comments([one, two], {"text": "to all", "task_status_id": done["id"], "person_id": ada["id"]})
    equal([(c["object_id"], c["text"]) for c in same], [(one["id"], "to all"), (two["id"], "to all")])
    equal([gazu.task.get_task(t["id"])["task_status_id"] for t in (one, two)], [done["id"]] * 2)


@check
def all_comments_and_what_follows_of_a_production_are_listed():
    home = gazu.project.new_project(unique("Talk"), production_type="short")
    gazu.project.add_person_to_team(home, ada)
    shot = gazu.shot.new_shot(home, gazu.shot.new_sequence(home, "SQ01"), "SH010")
    one = gazu.task.new_task(shot, animation, assignees=[ada])
    made = task.add_comment(one, wip, "hello")
    equal(ids(task.all_comments_for_project(home)), {made["id"]})
    told = [n for n in task.all_notifications_for_project(home) if n["comment_id"] == made["id"]]
    equal([n["person_id"] for n in told], [ada["id"]])
    equal(task.all_subscriptions_for_project(home), [])
    gazu.user.subscribe_to_task(one, client=as_ada)
    equal([(s["task_id"], s["person_id"]) for s in task.all_subscriptions_for_project(home)], [(one["id"], ada["id"])])
