"""gazu.person: hours and days off of a person."""
import datetime

import gazu
from harness import check, equal, holds, ids, person, refused, someone, unique

film = gazu.project.new_project(unique("Hours"), production_type="short")
ada, as_ada = someone("user")
gazu.project.add_person_to_team(film, ada)
shot = gazu.shot.new_shot(film, gazu.shot.new_sequence(film, "SQ01"), "SH010")
task = gazu.task.new_task(shot, gazu.task.get_task_type_by_name("Animation"), assignees=[ada])


@check
def hours_are_listed_by_day_week_month_year_and_range():
    # The third of March 2026 is a Tuesday of week 10.
    first, second = gazu.task.set_time_spent(task, ada, "2026-03-03", 120), gazu.task.set_time_spent(task, ada, "2026-03-20", 60)
    gazu.task.set_time_spent(task, ada, "2025-12-01", 30)
    equal(ids(person.get_time_spents_range(ada["id"], "2026-03-01", "2026-03-31")), ids([first, second]))
    equal(ids(person.get_time_spents_range(ada["id"], "2026-03-10", "2026-03-31")), {second["id"]})
    equal(ids(person.get_all_month_time_spents(ada["id"], datetime.date(2026, 3, 1))), ids([first, second]))
    holds(person.get_time_spents_by_date(ada, "2026-03-03")[0], duration=120, task_id=task["id"], person_id=ada["id"])
    equal(person.get_time_spents_by_date(ada, "2026-03-04"), [])
    equal([t["duration"] for t in person.get_week_time_spents(ada, 2026, 10)], [120])
    equal([(t["task_id"], t["duration"]) for t in person.get_year_time_spents(ada, 2026)], [(task["id"], 180)])


@check
def only_the_person_and_managers_see_hours():
    _, as_bob = someone("user")
    equal(len(person.get_time_spents_by_date(ada, "2026-03-03", client=as_ada)), 1)
    refused(gazu.exception.NotAllowedException, person.get_time_spents_by_date, ada, "2026-03-03", client=as_bob)


@check
def days_off_are_taken_changed_listed_and_given_back():
    made = person.new_day_off(ada, "2026-04-06", "2026-04-08", description="holidays")
    holds(person.get_day_off(made["id"]), date="2026-04-06", end_date="2026-04-08", description="holidays", person_id=ada["id"])
    refused(gazu.exception.ParameterException, person.new_day_off, ada, "2026-04-07", "2026-04-09")
    equal(person.update_day_off({"id": made["id"], "date": "2026-04-06", "end_date": "2026-04-07"})["end_date"], "2026-04-07")
    equal(ids(person.get_day_offs(ada)), {made["id"]})
    for listed in (person.get_week_day_offs(ada, 2026, 15), person.get_month_day_offs(ada, 2026, 4), person.get_year_day_offs(ada, 2026)):
        equal([(d["date"], d["end_date"]) for d in listed], [("2026-04-06", "2026-04-07")])
    equal(person.get_month_day_offs(ada, 2026, 5), [])
    person.remove_day_off(made)
    equal(person.get_day_offs(ada), [])
    refused(gazu.exception.RouteNotFoundException, person.get_day_off, made["id"])


@check
def a_day_off_takes_the_hours_of_that_day():
    gazu.task.set_time_spent(task, ada, "2026-05-04", 90)
    made = person.new_day_off(ada, "2026-05-04", "2026-05-04")
    equal(person.get_time_spents_by_date(ada, "2026-05-04"), [])
    person.remove_day_off(made["id"])
