"""gazu.task: who works on tasks, when and for how long."""
import gazu
from harness import check, equal, holds, ids, refused, someone, task, unique

film = gazu.project.new_project(unique("Work"), production_type="short")
sequence = gazu.shot.new_sequence(film, "SQ01")
ada, as_ada = someone("user")
bob, as_bob = someone("user")
for one in (ada, bob):
    gazu.project.add_person_to_team(film, one)
animation, layout = gazu.task.get_task_type_by_name("Animation"), gazu.task.get_task_type_by_name("Layout")


def a_task(kind=animation, **more):
    return gazu.task.new_task(gazu.shot.new_shot(film, sequence, unique("SH")), kind, **more)


def assignees(model):
    return set(gazu.client.fetch_one("tasks", model["id"])["assignees"])


@check
def tasks_are_given_to_people_and_taken_away():
    first, second = a_task(), a_task()
    task.assign_task(first, ada)
    task.assign_tasks_to_person([first, second["id"]], bob)
    equal((assignees(first), assignees(second)), ({ada["id"], bob["id"]}, {bob["id"]}))
    task.clear_assignations([first, second], bob)
    equal((assignees(first), assignees(second)), ({ada["id"]}, set()))
    equal(task.clear_assignations(first), [first["id"]])
    equal(assignees(first), set())
    equal(task.clear_assignations([]), [])


@check
def the_tasks_of_a_person_are_listed():
    eve, _ = someone("user")
    gazu.project.add_person_to_team(film, eve)
    first, second = a_task(assignees=[eve]), a_task(layout, assignees=[eve])
    equal(ids(task.all_tasks_for_person(eve)), {first["id"], second["id"]})
    equal(task.all_done_tasks_for_person(eve), [])
    equal(ids(task.all_tasks_for_person_and_type(eve, layout)), {second["id"]})
    gazu.task.add_comment(second, gazu.task.get_task_status_by_short_name("done"))
    equal(ids(task.all_tasks_for_person(eve)), {first["id"]})
    equal(ids(task.all_done_tasks_for_person(eve)), {second["id"]})


@check
def open_tasks_are_listed_and_counted():
    before = task.all_open_tasks()["stats"]["total"]
    one = a_task(assignees=[ada])
    told = task.all_open_tasks()
    equal(told["stats"]["total"], before + 1)
    equal((told["page"], told["limit"], len(told["data"])), (1, 100, min(before + 1, 100)))
    assert {"project_name", "entity_name", "type_name", "status_short_name", "assignees"} <= set(told["data"][0]), told["data"][0]
    counted = task.get_open_tasks_stats()[film["id"]]
    gazu.task.add_comment(one, gazu.task.get_task_status_by_short_name("done"))
    again = task.get_open_tasks_stats()[film["id"]]
    equal((again["amount"], again["amount_done"]), (counted["amount"], counted["amount_done"] + 1))


@check
def a_task_is_started():
    one = a_task(assignees=[ada])
    comment = task.start_task(one, person=ada)
    equal(comment["person_id"], ada["id"])
    told = gazu.task.get_task(one["id"])
    equal(told["task_status"]["short_name"], "wip")
    assert told["real_start_date"], told
    other = a_task()
    task.start_task(other, started_task_status=gazu.task.get_task_status_by_short_name("retake"))
    equal(gazu.task.get_task(other["id"])["task_status"]["short_name"], "retake")


@check
def hours_are_set_added_read_and_removed():
    one = a_task(assignees=[ada])
    holds(task.set_time_spent(one, ada, "2026-03-03", 120), duration=120, person_id=ada["id"], task_id=one["id"], date="2026-03-03")
    equal(task.add_time_spent(one, ada, "2026-03-03", 60)["duration"], 180)
    task.set_time_spent(one, ada, "2026-03-04", 30)
    told = task.get_time_spent(one)
    equal(told["total"], 210)
    equal(sorted(t["duration"] for t in told[ada["id"]]), [30, 180])
    equal(task.get_time_spent(one, "2026-03-04")["total"], 30)
    day = task.get_task_time_spent_for_date(one, "2026-03-03")
    equal((day["total"], [t["duration"] for t in day[ada["id"]]]), (180, [180]))
    equal(gazu.task.get_task(one["id"])["duration"], 210)
    task.remove_time_spent(day[ada["id"]][0])
    equal(task.get_time_spent(one)["total"], 30)
    refused(gazu.exception.NotAllowedException, task.set_time_spent, one, bob, "2026-03-03", 60)
    refused(gazu.exception.NotAllowedException, task.set_time_spent, one, ada, "2026-03-03", 60, client=as_bob)


@check
def the_first_and_last_days_of_everybody_are_told():
    eve, _ = someone("user")
    gazu.project.add_person_to_team(film, eve)
    for start, due in (("2026-03-02", "2026-03-06"), ("2026-05-04", "2026-05-08")):
        gazu.task.update_task({"id": a_task(assignees=[eve])["id"], "start_date": start, "due_date": due})
    told = [dates for dates in task.get_persons_tasks_dates() if dates["person_id"] == eve["id"]]
    holds(told[0], min_date="2026-03-02 00:00:00", max_date="2026-05-08 00:00:00")
