"""gazu.project: fields, automations, backgrounds, milestones, quotas and budgets of a production."""
import gazu
from harness import check, equal, holds, ids, names, project, refused, someone, unique

film = gazu.project.new_project(unique("Settings"), production_type="short")


@check
def a_field_is_made_read_changed_and_removed():
    made = project.add_metadata_descriptor(film, "Level of detail", "Asset", data_type="list", choices=["low", "high"])
    holds(made, name="Level of detail", field_name="level_of_detail", entity_type="Asset", data_type="list", choices=["low", "high"], for_client=False)
    holds(project.get_metadata_descriptor(film, made), name="Level of detail", choices=["low", "high"])
    equal(project.get_metadata_descriptor_by_field_name(film, "level_of_detail")["id"], made["id"])
    equal(project.get_metadata_descriptor_by_field_name(film, "nothing"), None)
    holds(project.update_metadata_descriptor(film, {"id": made["id"], "name": "Level of detail", "choices": ["low", "mid", "high"], "for_client": True, "departments": []}),
          choices=["low", "mid", "high"], for_client=True)
    equal(project.get_metadata_descriptor(film, made)["choices"], ["low", "mid", "high"])
    project.remove_metadata_descriptor(film, made)
    refused(gazu.exception.RouteNotFoundException, project.get_metadata_descriptor, film, made)
    equal(project.all_metadata_descriptors(film, entity_type="Asset"), [])


@check
def a_removed_field_takes_its_values_along():
    field = project.add_metadata_descriptor(film, "Weather", "Shot")
    sequence = gazu.shot.new_sequence(film, "SQ01")
    shot = gazu.shot.new_shot(film, sequence, "SH01", data={field["field_name"]: "rain", "note": "keep"})
    project.remove_metadata_descriptor(film, field, force=True)
    equal(gazu.shot.get_shot(shot["id"])["data"], {"note": "keep"})


@check
def fields_are_listed_in_the_order_they_are_given():
    first, second, third = [project.add_metadata_descriptor(film, name, "Sequence") for name in ("One", "Two", "Three")]
    other = project.add_metadata_descriptor(film, "Other", "Episode")
    equal(names(project.reorder_metadata_descriptors(film, "Sequence", [third, first["id"], second])), ["Three", "One", "Two"])
    listed = project.all_metadata_descriptors(film, entity_type="Sequence")
    equal([d["name"] for d in sorted(listed, key=lambda d: d["position"])], ["Three", "One", "Two"])
    assert other["id"] in ids(project.all_metadata_descriptors(film))


@check
def automations_of_statuses_are_chosen():
    done, wip = gazu.task.get_task_status_by_short_name("done"), gazu.task.get_task_status_by_short_name("wip")
    modeling, rigging = gazu.task.get_task_type_by_name("Modeling"), gazu.task.get_task_type_by_name("Rigging")
    automation = gazu.client.create("status-automations", {
        "entity_type": "asset", "in_task_type_id": modeling["id"], "in_task_status_id": done["id"],
        "out_field_type": "status", "out_task_type_id": rigging["id"], "out_task_status_id": wip["id"]})
    project.add_status_automation(film, {"status_automation_id": automation["id"]})
    equal(ids(project.all_status_automations(film)), {automation["id"]})
    kind = gazu.asset.new_asset_type("Characters")
    asset = gazu.asset.new_asset(film, kind, "Bunny")
    source, follower = gazu.task.new_task(asset, modeling), gazu.task.new_task(asset, rigging)
    gazu.task.add_comment(source, done)
    equal(gazu.task.get_task(follower["id"])["task_status_id"], wip["id"])
    project.remove_status_automation(film, automation)
    equal(project.all_status_automations(film), [])


@check
def backgrounds_for_previews_are_chosen():
    background = gazu.client.create("preview-background-files", {"name": unique("Studio light"), "archived": False})
    project.add_preview_background_file(film, {"preview_background_file_id": background["id"]})
    equal(ids(project.get_preview_background_files(film)), {background["id"]})
    assert background["id"] in gazu.project.get_project(film["id"])["preview_background_files"]
    project.remove_preview_background_file(film, background)
    equal(project.get_preview_background_files(film), [])


@check
def milestones_are_listed():
    layout = gazu.task.get_task_type_by_name("Layout")
    gate = gazu.client.create("milestones", {"project_id": film["id"], "task_type_id": layout["id"], "name": "Gate", "date": "2026-06-01"})
    listed = project.get_milestones(film)
    holds(listed[0], id=gate["id"], name="Gate", date="2026-06-01")
    equal(len(listed), 1)


@check
def quotas_count_the_frames_of_a_person_by_day():
    ada, _ = someone("user")
    gazu.project.add_person_to_team(film, ada)
    sequence = gazu.shot.new_sequence(film, "SQ-Q")
    shot = gazu.shot.new_shot(film, sequence, "SH-Q", nb_frames=96)
    animation = gazu.task.get_task_type_by_name("Animation")
    task = gazu.task.new_task(shot, animation, assignees=[ada])
    equal(project.get_project_person_quotas(film, ada), {})
    gazu.task.set_time_spent(task, ada, "2026-03-03", 480)
    for status in ("wip", "wfa"):
        gazu.task.add_comment(task, gazu.task.get_task_status_by_short_name(status))
    of_all = project.get_project_quotas(film, animation)
    holds(of_all[ada["id"]]["day"], frames={"2026-03-03": 96}, count={"2026-03-03": 1}, seconds={"2026-03-03": 3.84})
    equal(of_all["total"]["month"]["frames"], {"2026-03": 96})
    equal(project.get_project_person_quotas(film, ada)["total"]["week"]["frames"], {"2026-10": 96})


@check
def a_budget_is_made_read_changed_and_removed():
    made = project.create_budget(film, "Season one", currency="EUR")
    holds(made, name="Season one", currency="EUR", project_id=film["id"])
    holds(project.get_budget(film, made), id=made["id"], name="Season one")
    assert made["id"] in ids(project.get_budgets(film))
    project.update_budget(film, made, {"name": "Season two", "currency": "USD"})
    holds(project.get_budget(film, made["id"]), name="Season two", currency="USD")
    _, as_bob = someone("user")
    refused(gazu.exception.NotAllowedException, project.get_budgets, film, client=as_bob)
    project.remove_budget(film, made)
    assert made["id"] not in ids(project.get_budgets(film))
    refused(gazu.exception.RouteNotFoundException, project.get_budget, film, made)


@check
def the_entries_of_a_budget_are_read_changed_and_removed():
    budget = gazu.project.create_budget(film, "With entries", currency="EUR")
    # The function of gazu sends no department, which an entry must have: it is refused as by the original.
    refused(gazu.exception.ParameterException, project.create_budget_entry, film, budget, "Animators", amount=100)
    wanted = {"department_id": gazu.person.all_departments()[0]["id"], "start_date": "2026-02-01", "months_duration": 2, "daily_salary": 100, "position": "artist", "seniority": "mid"}
    made = gazu.client.post(f"data/projects/{film['id']}/budgets/{budget['id']}/entries", wanted)
    holds(project.get_budget_entry(film, budget, made), **wanted)
    equal(project.update_budget_entry(film, budget, made, {**wanted, "daily_salary": 120})["daily_salary"], 120)
    listed = project.get_budget_entries(film, budget)
    equal([(entry["id"], entry["daily_salary"]) for entry in listed], [(made["id"], 120)])
    project.remove_budget_entry(film, budget, made)
    equal(project.get_budget_entries(film, budget), [])
