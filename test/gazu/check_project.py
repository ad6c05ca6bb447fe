"""gazu.project: productions, their settings and their team."""
import gazu
from harness import check, equal, holds, ids, names, person, project, refused, someone, task, unique

NAME = unique("Film")
film = gazu.project.new_project(NAME, production_type="short", production_style="2d")


def fresh(model):
    return gazu.project.get_project(model["id"])


@check
def a_production_is_made_once_and_found():
    made = project.new_project(unique("Once"), "featurefilm")
    holds(made, production_type="featurefilm", production_style="2d3d", type="Project")
    equal(project.new_project(made["name"])["id"], made["id"])
    holds(project.get_project(made["id"]), name=made["name"], id=made["id"])
    equal(project.get_project_by_name(made["name"])["id"], made["id"])
    equal(project.get_project_by_name(unique("Nothing")), None)
    holds(project.get_project(film["id"]), name=NAME, production_style="2d")


@check
def lists_hold_productions_and_their_states():
    assert film["id"] in ids(project.all_projects())
    assert film["id"] in ids(project.all_open_projects())
    states = project.all_project_status()
    assert {"Open", "Closed"} <= set(names(states)), names(states)
    equal(project.get_project_status_by_name("Open")["id"], fresh(film)["project_status_id"])


@check
def a_url_leads_to_the_production():
    equal(project.get_project_url(film), f"{gazu.client.get_api_url_from_host()}/productions/{film['id']}/assets/")
    assert project.get_project_url(film["id"], "shots").endswith(f"/productions/{film['id']}/shots/")


@check
def fields_and_data_are_changed_and_kept():
    made = gazu.project.new_project(unique("Changing"))
    made = fresh(made)
    equal(project.update_project({"id": made["id"], "fps": "24", "ratio": "16:9", "resolution": "1280x720", "start_date": "2026-01-05", "end_date": "2026-03-06"})["fps"], "24")
    holds(fresh(made), fps="24", ratio="16:9", resolution="1280x720", start_date="2026-01-05", end_date="2026-03-06", name=made["name"])
    project.update_project_data(made, {"budget_code": "B1", "season": 2})
    project.update_project_data(made["id"], {"season": 3})
    equal(fresh(made)["data"], {"budget_code": "B1", "season": 3})


@check
def a_closed_production_is_removed():
    made = gazu.project.new_project(unique("Closing"))
    refused(gazu.exception.ParameterException, project.remove_project, made)
    closed = project.get_project_status_by_name("Closed")
    equal(project.close_project(made)["project_status_id"], closed["id"])
    equal(fresh(made)["project_status_id"], closed["id"])
    assert made["id"] not in ids(project.all_open_projects())
    project.remove_project(made)
    refused(gazu.exception.RouteNotFoundException, project.get_project, made["id"])
    equal(project.get_project_by_name(made["name"]), None)


@check
def a_closed_production_with_data_is_removed_by_force():
    made = gazu.project.new_project(unique("Forced"))
    sequence = gazu.shot.new_sequence(made, "SQ01")
    gazu.shot.new_shot(made, sequence, "SH01")
    gazu.project.close_project(made)
    project.remove_project(made, force=True)
    refused(gazu.exception.RouteNotFoundException, project.get_project, made["id"])
    refused(gazu.exception.RouteNotFoundException, gazu.shot.get_sequence, sequence["id"])


@check
def settings_are_linked_and_taken_away():
    kind = gazu.asset.new_asset_type(unique("Props"))
    project.add_asset_type(film, kind)
    assert kind["id"] in fresh(film)["asset_types"]
    animation, wip = gazu.task.get_task_type_by_name("Animation"), gazu.task.get_task_status_by_short_name("wip")
    project.add_task_type(film, animation, priority=4)
    project.add_task_status(film, wip)
    holds(fresh(film), task_types=[animation["id"]], task_statuses=[wip["id"]])
    equal(ids(task.all_task_types_for_project(film)), {animation["id"]})
    equal(ids(project.get_project_task_statuses(film)), {wip["id"]})
    equal(ids(task.all_task_statuses_for_project(film)), {wip["id"]})
    project.remove_task_type(film, animation)
    project.remove_task_status(film, wip)
    holds(fresh(film), task_types=[], task_statuses=[])


@check
def the_task_types_of_a_production_are_listed():
    made = gazu.project.new_project(unique("Types"), task_types=[gazu.task.get_task_type_by_name("Layout")])
    equal(names(project.get_project_task_types(made)), ["Layout"])


@check
def the_team_grows_shrinks_and_has_roles():
    ada, as_ada = someone("user")
    refused(gazu.exception.NotAllowedException, project.get_project, film["id"], client=as_ada)
    project.add_person_to_team(film, ada)
    holds([p for p in project.get_team(film) if p["id"] == ada["id"]][0], first_name=ada["first_name"])
    assert ada["id"] in fresh(film)["team"]
    holds(project.get_project(film["id"], client=as_ada), name=NAME)
    refused(gazu.exception.NotAllowedException, project.update_project, {"id": film["id"], "ratio": "4:3"}, client=as_ada)
    holds(project.update_team_member_role(film, ada, "manager"), role="manager", person_id=ada["id"], project_id=film["id"])
    project.update_project({"id": film["id"], "ratio": "4:3"}, client=as_ada)
    equal(fresh(film)["ratio"], "4:3")
    project.update_team_member_role(film, ada, None)
    refused(gazu.exception.NotAllowedException, project.update_project, {"id": film["id"], "ratio": "1:1"}, client=as_ada)
    project.remove_person_from_team(film, ada)
    assert ada["id"] not in ids(project.get_team(film))
    refused(gazu.exception.NotAllowedException, project.get_project, film["id"], client=as_ada)


@check
def a_person_joins_with_a_role():
    bob, as_bob = someone("user")
    project.add_person_to_team(film, bob, role="manager")
    project.update_project({"id": film["id"], "ratio": "2:1"}, client=as_bob)
    equal(fresh(film)["ratio"], "2:1")
    assert bob["id"] in ids(person.all_persons())
    project.remove_person_from_team(film, bob)
