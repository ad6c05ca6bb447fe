"""gazu.person: persons, bots, departments and the organisation."""
import base64
import hashlib
import hmac
import os
import struct
import tempfile
import time
import uuid

import gazu
from harness import HOST, PASSWORD, check, equal, holds, ids, names, person, picture, refused, someone, unique


def code(secret):
    """The one-time password of an authenticator at this moment (RFC 6238)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 10 ** 6:06d}"


def mail():
    return f"{uuid.uuid4().hex[:12]}@example.com"


@check
def a_person_is_made_once_and_found():
    first, email, login = unique("Grace"), mail(), f"login{uuid.uuid4().hex[:8]}"
    made = person.new_person(first, "Hopper", email, phone="123", role="user", desktop_login=login, password=PASSWORD)
    holds(made, first_name=first, last_name="Hopper", full_name=f"{first} Hopper", email=email, role="user", active=True, desktop_login=login, phone="123")
    assert "password" not in made
    equal(person.new_person(first, "Hopper", email)["id"], made["id"])
    equal(person.get_person(made["id"])["email"], email)
    assert "departments" in person.get_person(made["id"], relations=True)
    equal(person.get_person_by_email(email)["id"], made["id"])
    equal(person.get_person_by_email(email, is_bot=True), None)
    equal(person.get_person_by_desktop_login(login)["id"], made["id"])
    equal(person.get_person_by_full_name(f"{first} Hopper")["id"], made["id"])
    equal(person.get_person_by_full_name("", first_name=first, last_name="Hopper")["id"], made["id"])
    equal(person.get_person_by_full_name(unique("Nobody")), None)
    assert made["id"] in ids(person.all_persons())
    equal(person.get_person_url(made), f"{gazu.client.get_api_url_from_host()}/people/{made['id']}/")
    with gazu.create_session(HOST, email, PASSWORD) as client:
        equal(gazu.client.get_current_user(client=client)["id"], made["id"])


@check
def a_person_is_changed_and_removed():
    made, as_made = someone("user")
    department = gazu.person.all_departments()[0]
    changed = person.update_person({"id": made["id"], "last_name": "Changed", "role": "supervisor", "departments": [department]})
    holds(changed, last_name="Changed", role="supervisor", departments=[department["id"]])
    holds(person.get_person(made["id"], relations=True), last_name="Changed", departments=[department["id"]])
    refused(gazu.exception.NotAllowedException, person.remove_person, made, client=as_made)
    person.remove_person(made, force=True)
    equal(person.get_person(made["id"]), None)
    equal(person.get_person_by_email(made["email"]), None)
    refused(gazu.exception.NotAuthenticatedException, gazu.client.get_current_user, client=as_made)


@check
def a_password_is_changed_by_an_admin():
    made, _ = someone("user")
    equal(person.change_password_for_person(made, "anotherpassword")["success"], True)
    refused(gazu.exception.AuthFailedException, gazu.create_session, HOST, made["email"], PASSWORD)
    gazu.create_session(HOST, made["email"], "anotherpassword")
    refused(gazu.exception.ParameterException, person.change_password_for_person, made, "x")


@check
def a_person_is_invited_by_mail():
    made = gazu.person.new_person(unique("Ida"), "Invited", mail())
    equal(person.invite_person(made)["success"], True)
    _, as_ada = someone("user")
    refused(gazu.exception.NotAllowedException, person.invite_person, made, client=as_ada)


@check
def a_second_factor_is_taken_away_by_an_admin():
    made, as_made = someone("user")
    secret = gazu.client.put("auth/totp", {}, client=as_made)["otp_secret"]
    gazu.client.post("auth/totp", {"totp": code(secret)}, client=as_made)
    refused(gazu.exception.AuthFailedException, gazu.create_session, HOST, made["email"], PASSWORD)
    person.disable_two_factor_authentication(made)
    gazu.create_session(HOST, made["email"], PASSWORD)


@check
def a_bot_is_made_changed_and_removed_and_works_with_its_token():
    made = person.new_bot(unique("Render bot"), mail(), role="manager", expiration_date="2099-01-01")
    holds(made, is_bot=True, role="manager", expiration_date="2099-01-01")
    bot = gazu.client.create_client(HOST)
    gazu.set_token(made["access_token"], client=bot)
    equal(gazu.client.get_current_user(client=bot)["id"], made["id"])
    equal(person.update_bot({"id": made["id"], "role": "user"})["role"], "user")
    assert "access_token" not in person.get_person(made["id"])
    person.remove_bot(made)
    equal(person.get_person(made["id"]), None)
    refused((gazu.exception.NotAuthenticatedException, gazu.exception.ValidationException), gazu.client.get_current_user, client=bot)


@check
def departments_are_made_changed_joined_left_and_removed():
    made = person.new_department(unique("Fur"), color="#112233")
    equal(person.new_department(made["name"])["id"], made["id"])
    holds(person.get_department(made["id"]), name=made["name"], color="#112233", archived=False)
    equal(person.get_department_by_name(made["name"])["id"], made["id"])
    assert made["id"] in ids(person.all_departments())
    equal(person.update_department({"id": made["id"], "color": "#445566", "archived": True})["color"], "#445566")
    holds(person.get_department(made["id"]), color="#445566", archived=True)
    ada, _ = someone("user")
    person.add_person_to_department(ada, made)
    equal(person.get_person(ada["id"], relations=True)["departments"], [made["id"]])
    person.remove_person_from_department(ada, made)
    equal(person.get_person(ada["id"], relations=True)["departments"], [])
    person.remove_department(made, force=True)
    equal(person.get_department_by_name(made["name"]), None)
    refused(gazu.exception.RouteNotFoundException, person.get_department, made["id"])


@check
def the_organisation_is_told():
    listed = person.all_organisations()
    equal(ids(listed), {person.get_organisation()["id"]})
    assert names(listed)[0]


@check
def a_picture_is_set_and_taken_away():
    made, as_made = someone("user")
    with tempfile.TemporaryDirectory() as folder:
        person.set_avatar(made, picture(os.path.join(folder, "me.png"), 300, 300))
        equal(person.get_person(made["id"])["has_avatar"], True)
        shown = os.path.join(folder, "shown.png")
        gazu.files.download_person_avatar(made, shown)
        with open(shown, "rb") as file:
            assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    person.clear_person_avatar(made)
    equal(person.get_person(made["id"])["has_avatar"], False)


@check
def presences_are_a_table_of_the_month():
    ada, as_ada = someone("user")
    gazu.user.log_desktop_session_log_in(client=as_ada)
    now = time.gmtime()
    text = person.get_presence_log(now.tm_year, now.tm_mon)
    assert ada["full_name"] in text, text[:300]
    refused(gazu.exception.NotAllowedException, person.get_presence_log, now.tm_year, now.tm_mon, client=as_ada)
