"""gazu.project_template: what new productions start from."""
import gazu
from harness import check, equal, holds, ids, names, refused, template, unique

animation, layout = gazu.task.get_task_type_by_name("Animation"), gazu.task.get_task_type_by_name("Layout")
wip, done = gazu.task.get_task_status_by_short_name("wip"), gazu.task.get_task_status_by_short_name("done")
props = gazu.asset.new_asset_type("Props")


@check
def a_template_is_made_found_changed_and_removed():
    made = template.new_project_template(unique("Short film"), description="small", fps="24", ratio="16:9", resolution="1280x720", production_type="short", production_style="2d")
    holds(template.get_project_template(made["id"]), name=made["name"], description="small", fps="24", ratio="16:9", resolution="1280x720", production_type="short", production_style="2d")
    equal(template.get_project_template_by_name(made["name"])["id"], made["id"])
    assert made["id"] in ids(template.all_project_templates())
    equal(template.update_project_template({"id": made["id"], "fps": "25"})["fps"], "25")
    equal(template.get_project_template(made["id"])["fps"], "25")
    template.remove_project_template(made)
    refused(gazu.exception.RouteNotFoundException, template.get_project_template, made["id"])
    equal(template.get_project_template_by_name(made["name"]), None)


@check
def what_a_template_holds_is_put_in_and_taken_out():
    made = gazu.project_template.new_project_template(unique("Contents"))
    automation = gazu.client.create("status-automations", {"entity_type": "shot", "in_task_type_id": layout["id"], "in_task_status_id": done["id"],
                                                           "out_field_type": "status", "out_task_type_id": animation["id"], "out_task_status_id": wip["id"]})
    background = gazu.client.create("preview-background-files", {"name": unique("Sky"), "archived": False})
    for thing, add, listed, remove in (
        (animation, template.add_task_type_to_project_template, template.all_task_types_for_project_template, template.remove_task_type_from_project_template),
        (wip, template.add_task_status_to_project_template, template.all_task_statuses_for_project_template, template.remove_task_status_from_project_template),
        (props, template.add_asset_type_to_project_template, template.all_asset_types_for_project_template, template.remove_asset_type_from_project_template),
        (automation, template.add_status_automation_to_project_template, template.all_status_automations_for_project_template, template.remove_status_automation_from_project_template),
        (background, template.add_preview_background_file_to_project_template, template.all_preview_background_files_for_project_template,
         template.remove_preview_background_file_from_project_template),
    ):
        add(made, thing)
        equal(ids(listed(made)), {thing["id"]})
        if thing is background:
            equal(template.set_project_template_default_preview_background_file(made, thing)["default_preview_background_file_id"], thing["id"])
            equal(template.set_project_template_default_preview_background_file(made, None)["default_preview_background_file_id"], None)
        remove(made, thing)
        equal(listed(made), [])


@check
def a_production_starts_from_a_template():
    made = gazu.project_template.new_project_template(unique("Start"), fps="30", ratio="4:3")
    gazu.project_template.add_task_type_to_project_template(made, animation, priority=1)
    gazu.project_template.add_asset_type_to_project_template(made, props)
    told = template.set_project_template_metadata_descriptors(made, [{"name": "Weather", "entity_type": "Shot", "data_type": "string", "choices": [], "for_client": False, "departments": []}])
    assert "Weather" in str(told), told
    film = gazu.project.new_project(unique("From template"), project_template=made)
    started = gazu.project.get_project(film["id"])
    holds(started, fps="30", ratio="4:3", task_types=[animation["id"]], asset_types=[props["id"]])
    equal(names(gazu.project.all_metadata_descriptors(film)), ["Weather"])


@check
def a_template_is_applied_and_taken_from_a_production():
    film = gazu.project.new_project(unique("Model"), task_types=[layout])
    made = template.new_project_template_from_project(film, unique("Like model"), description="taken")
    equal(ids(gazu.project_template.all_task_types_for_project_template(made)), {layout["id"]})
    other = gazu.project.new_project(unique("Other"), task_types=[animation])
    template.apply_project_template(other, made)
    equal(set(gazu.project.get_project(other["id"])["task_types"]), {animation["id"], layout["id"]})
