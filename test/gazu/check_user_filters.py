"""gazu.user: groups of searches, the own picture."""
import os
import tempfile

import gazu
from harness import check, equal, holds, picture, refused, someone, unique, user

film = gazu.project.new_project(unique("Groups"), production_type="short")
ada, me = someone("user")
gazu.project.add_person_to_team(film, ada)


@check
def groups_of_searches_are_kept_changed_and_removed():
    made = user.new_filter_group("Dailies", project=film, client=me)
    holds(made, name="Dailies", project_id=film["id"])
    equal(user.get_filter_group(made, client=me)["name"], "Dailies")
    assert made["id"] in str(user.all_filter_groups(client=me))
    equal(user.update_filter_group({"id": made["id"], "name": "Weeklies"}, client=me)["name"], "Weeklies")
    equal(user.get_filter_group(made["id"], client=me)["name"], "Weeklies")
    user.remove_filter_group(made, client=me)
    refused(gazu.exception.RouteNotFoundException, user.get_filter_group, made, client=me)


@check
def the_own_picture_is_taken_away():
    with tempfile.TemporaryDirectory() as folder:
        gazu.person.set_avatar(ada, picture(os.path.join(folder, "me.png"), 300, 300), client=me)
    equal(gazu.client.get_current_user(client=me)["has_avatar"], True)
    user.clear_avatar(client=me)
    equal(gazu.client.get_current_user(client=me)["has_avatar"], False)
