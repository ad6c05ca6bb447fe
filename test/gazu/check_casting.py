"""gazu.casting: which assets are used where, and the links between entities."""
import gazu
from harness import casting, check, equal, holds, someone, refused, unique

film = gazu.project.new_project(unique("Castings"), production_type="tvshow")
episode = gazu.shot.new_episode(film, "E01")
sequence = gazu.shot.new_sequence(film, "SQ01", episode=episode)
first, second = [gazu.shot.new_shot(film, sequence, name) for name in ("SH010", "SH020")]
props = gazu.asset.new_asset_type("Props")
characters = gazu.asset.new_asset_type("Characters")
bunny, hat = gazu.asset.new_asset(film, characters, "Bunny"), gazu.asset.new_asset(film, props, "Hat")


def cast(entries):
    return sorted((entry["asset_name"], entry["nb_occurences"]) for entry in entries)


def entry(asset, number=1):
    return {"asset_id": asset["id"], "nb_occurences": number}


@check
def the_casting_of_a_shot_is_replaced():
    casting.update_shot_casting(film, first, [entry(bunny, 2), entry(hat)])
    equal(cast(casting.get_shot_casting(first)), [("Bunny", 2), ("Hat", 1)])
    casting.update_shot_casting(film, first["id"], [entry(bunny, 3)])
    equal(cast(casting.get_shot_casting(first)), [("Bunny", 3)])
    holds(casting.get_shot_casting(first)[0], asset_id=bunny["id"], asset_type_name="Characters")


@check
def the_casting_of_an_asset_is_replaced():
    casting.update_asset_casting(film, bunny, [entry(hat, 2)])
    equal(cast(casting.get_asset_casting(bunny)), [("Hat", 2)])
    equal(cast(casting.get_asset_type_casting(film, characters)[bunny["id"]]), [("Hat", 2)])
    casting.update_asset_casting(film, bunny["id"], [])
    equal(casting.get_asset_casting(bunny), [])


@check
def the_casting_of_an_episode_is_replaced():
    other = gazu.shot.new_episode(film, "E02")
    casting.update_episode_casting(film, other, [entry(hat)])
    equal(cast(casting.get_episode_casting(other)), [("Hat", 1)])
    equal(cast(casting.get_episodes_casting(film)[other["id"]]), [("Hat", 1)])


@check
def castings_are_listed_by_sequence_episode_and_production():
    casting.update_shot_casting(film, first, [entry(bunny)])
    casting.update_shot_casting(film, second, [entry(hat, 4)])
    wanted = {first["id"]: [("Bunny", 1)], second["id"]: [("Hat", 4)]}
    for listed in (casting.get_sequence_casting(sequence), casting.get_sequence_shots_casting(film, sequence),
                   casting.get_episode_shots_casting(film, episode), casting.get_project_shots_casting(film)):
        equal({shot: cast(entries) for shot, entries in listed.items()}, wanted)
    equal([entry["shot_id"] for entry in casting.get_asset_cast_in(hat) if "shot_id" in entry], [second["id"]])
    equal(casting.get_asset_cast_in(bunny["id"])[0]["shot_name"], "SH010")


@check
def links_are_listed_and_deleted():
    home = gazu.project.new_project(unique("Links"), production_type="short")
    shot = gazu.shot.new_shot(home, gazu.shot.new_sequence(home, "SQ01"), "SH010")
    vase, pot = [gazu.asset.new_asset(home, props, name) for name in ("Vase", "Pot")]
    casting.update_shot_casting(home, shot, [entry(vase, 2), entry(pot)])
    links = casting.all_entity_links_for_project(home)
    equal(sorted((link["entity_in_id"], link["entity_out_id"], link["nb_occurences"]) for link in links),
          sorted([(shot["id"], vase["id"], 2), (shot["id"], pot["id"], 1)]))
    page = casting.all_entity_links_for_project(home, page=1, limit=1)
    equal((len(page["data"]), page["total"], page["nb_pages"]), (1, 2, 2))
    gone = [link for link in links if link["entity_out_id"] == vase["id"]][0]
    equal(casting.delete_entity_link(gone)["id"], gone["id"])
    equal(cast(casting.get_shot_casting(shot)), [("Pot", 1)])
    refused(gazu.exception.RouteNotFoundException, casting.delete_entity_link, gone)


@check
def one_asset_is_cast_and_taken_out_while_the_others_stay():
    casting.update_shot_casting(film, first, [entry(bunny, 2)])
    casting.update_shot_casting(film, second, [])
    told = casting.cast_asset(film, [first, second], hat, nb_occurences=3, label="fixed")
    equal({shot: cast(entries) for shot, entries in told.items()}, {first["id"]: [("Bunny", 2), ("Hat", 3)], second["id"]: [("Hat", 3)]})
    casting.cast_asset(film, first, hat, label="moving")
    equal([(e["asset_name"], e["nb_occurences"], e["label"]) for e in casting.get_shot_casting(first) if e["asset_name"] == "Hat"], [("Hat", 3, "moving")])
    casting.uncast_asset(film, [first["id"], second["id"]], hat)
    equal(cast(casting.get_shot_casting(first)), [("Bunny", 2)])
    equal(casting.get_shot_casting(second), [])


@check
def who_does_not_manage_the_production_casts_nothing():
    ada, as_ada = someone("user")
    gazu.project.add_person_to_team(film, ada)
    before = cast(casting.get_shot_casting(first))
    refused(gazu.exception.NotAllowedException, casting.update_shot_casting, film, first, [entry(hat, 9)], client=as_ada)
    equal(cast(casting.get_shot_casting(first, client=as_ada)), before)
