"""gazu.search: words that find assets, shots and persons."""
import uuid

import gazu
from harness import check, equal, ids, search, someone, unique

word = f"zebra{uuid.uuid4().hex[:8]}"
film = gazu.project.new_project(unique("Search"), production_type="short")
other = gazu.project.new_project(unique("Search too"), production_type="short")
props, characters = gazu.asset.new_asset_type("Props"), gazu.asset.new_asset_type("Characters")


@check
def assets_and_shots_are_found_by_a_part_of_their_name():
    prop, character = gazu.asset.new_asset(film, props, f"{word} lamp"), gazu.asset.new_asset(film, characters, f"{word} cat")
    elsewhere = gazu.asset.new_asset(other, props, f"{word} lamp")
    shot = gazu.shot.new_shot(film, gazu.shot.new_sequence(film, "SQ01"), f"{word} SH")
    found = search.search_entities(word)
    equal(ids(found["assets"]), ids([prop, character, elsewhere]))
    equal(ids(found["shots"]), {shot["id"]})
    equal(ids(search.search_entities(word[:-2], project=film)["assets"]), ids([prop, character]))
    assert prop["id"] in ids(search.search_entities(word.upper())["assets"])
    equal(search.search_entities(unique("nothing")), {"assets": [], "shots": [], "persons": []})


@check
def persons_are_found_by_name():
    name = f"Q{uuid.uuid4().hex[:8]}"
    person = gazu.person.new_person(name, "Quill", f"{name}@example.com")
    equal(ids(search.search_entities(name)["persons"]), {person["id"]})


@check
def nobody_finds_what_they_may_not_see():
    ada, as_ada = someone("user")
    equal(search.search_entities(word, client=as_ada)["assets"], [])
    gazu.project.add_person_to_team(other, ada)
    found = search.search_entities(word, client=as_ada)
    equal({asset["project_id"] for asset in found["assets"]}, {other["id"]})
