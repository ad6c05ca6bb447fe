"""gazu.concept: the concepts of a production and what they are of."""
import os
import tempfile

import gazu
from harness import check, concept, equal, holds, ids, names, picture, refused, someone, unique

film = gazu.project.new_project(unique("Concepts"), production_type="short")
bunny = gazu.asset.new_asset(film, gazu.asset.new_asset_type("Characters"), "Bunny")


@check
def a_concept_is_made_once_found_and_listed():
    made = concept.new_concept(film, "Ears", description="long ones", data={"by": "Ada"})
    holds(made, name="Ears", description="long ones", data={"by": "Ada"}, project_id=film["id"])
    equal(concept.new_concept(film, "Ears")["id"], made["id"])
    holds(concept.get_concept(made["id"]), name="Ears", type="Concept")
    equal(concept.get_concept_by_name(film, "Ears")["id"], made["id"])
    equal(concept.get_concept_by_name(film, "Tail"), None)
    equal(names(concept.all_concepts_for_project(film)), ["Ears"])
    assert made["id"] in ids(concept.all_concepts())


@check
def a_concept_is_linked_to_what_it_is_of():
    # Links are taken when a concept is changed, not when it is made: as by the original.
    refused(gazu.exception.ParameterException, concept.new_concept, film, "Whiskers", entity_concept_links=[bunny])
    made = concept.new_concept(film, "Whiskers")
    equal(made["entity_concept_links"], [])
    concept.update_concept({"id": made["id"], "entity_concept_links": [bunny["id"]]})
    equal(concept.get_concept(made["id"])["entity_concept_links"], [bunny["id"]])
    equal(names(gazu.client.fetch_all(f"entities/{bunny['id']}/entities-linked/with-tasks")), ["Whiskers"])


@check
def a_concept_is_changed_and_keeps_the_change():
    made = gazu.concept.new_concept(film, "Nose")
    holds(concept.update_concept({"id": made["id"], "description": "pink", "data": {"v": 2}}), description="pink", data={"v": 2})
    holds(concept.get_concept(made["id"]), description="pink", data={"v": 2}, name="Nose")


@check
def previews_are_listed_by_task_type():
    made = gazu.concept.new_concept(film, "Eyes")
    kind = gazu.task.get_task_type_by_name("Concept", "Concept")
    task = gazu.task.new_task(made, kind)
    with tempfile.TemporaryDirectory() as folder:
        _, preview = gazu.task.publish_preview(task, gazu.task.get_task_status_by_short_name("wfa"), preview_file_path=picture(os.path.join(folder, "eyes.png")))
    equal(ids(concept.all_previews_for_concept(made)[kind["id"]]), {preview["id"]})


@check
def a_concept_is_removed_by_who_may():
    made = gazu.concept.new_concept(film, "Paw")
    ada, as_ada = someone("user")
    gazu.project.add_person_to_team(film, ada)
    refused(gazu.exception.NotAllowedException, concept.remove_concept, made, client=as_ada)
    concept.remove_concept(made, force=True)
    refused(gazu.exception.RouteNotFoundException, concept.get_concept, made["id"])
    equal(concept.get_concept_by_name(film, "Paw"), None)
