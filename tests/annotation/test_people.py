"""Admins look after people and cannot lock everybody out."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.authtoken.models import Token

from annotation import people
from tests.factories import make_line, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(sign_in):
    return sign_in("admin")


def test_a_new_person_gets_a_password_that_is_shown_once(client, admin):
    line = make_line()
    values = {"username": "lin", "name": "Lin", "roles": ["annotator", "editor"], "lines": [line.pk]}

    page = client.post("/people/", values)

    lin = User.objects.get(username="lin")
    password = page.context["password"]
    assert lin.check_password(password)
    assert password in page.content.decode()
    assert password not in client.get("/people/").content.decode()
    assert {g.name for g in lin.groups.all()} == {"annotator", "editor"}
    assert list(lin.business_lines.all()) == [line]


def test_a_username_is_given_once_whatever_its_case(client, admin):
    make_user(username="lin")

    page = client.post("/people/", {"username": "Lin"})

    assert page.context["form"].errors["username"]


def new_person(client) -> str:
    """Lin, made by an admin on the page; the first password."""
    return client.post("/people/", {"username": "lin", "roles": ["annotator"]}).context["password"]


def sign_in_as_lin(password) -> Client:
    browser = Client()
    assert browser.post("/sign-in/", {"username": "lin", "password": password}).status_code == 302
    return browser


def choose(browser, old, new):
    return browser.post("/password/", {"old_password": old, "new_password1": new, "new_password2": new})


def test_with_a_first_password_one_chooses_ones_own_before_anything_else(client, admin):
    first = new_person(client)
    lin = sign_in_as_lin(first)

    for address in ("/", "/videos/", "/review/"):
        assert lin.get(address).url == "/password/"
    assert lin.get("/api/videos/").status_code == 403
    page = lin.get("/password/").content.decode()
    assert "made by an admin" in page
    assert "Leave it" not in page

    assert choose(lin, first, "only Lin knows this").url == "/"
    assert lin.get("/").status_code == 200
    assert sign_in_as_lin("only Lin knows this").get("/").status_code == 200


def test_the_first_password_is_not_ones_own(client, admin):
    first = new_person(client)
    lin = sign_in_as_lin(first)

    assert choose(lin, first, first).context["form"].errors["new_password1"]
    assert lin.get("/").url == "/password/"


def test_a_first_password_gets_no_token(client, admin):
    first = new_person(client)

    refused = Client().post("/api/token/", {"username": "lin", "password": first})
    choose(sign_in_as_lin(first), first, "only Lin knows this")
    given = Client().post("/api/token/", {"username": "lin", "password": "only Lin knows this"})

    assert (refused.status_code, given.status_code) == (403, 200)
    assert Token.objects.get().key == given.json()["token"]


def test_a_password_made_anew_is_a_first_one_again(client, admin):
    first = new_person(client)
    choose(sign_in_as_lin(first), first, "only Lin knows this")

    again = people.reset_password(User.objects.get(username="lin"), admin)

    assert sign_in_as_lin(again).get("/").url == "/password/"


def test_who_has_a_first_password_may_sign_out_and_change_the_language(client, admin):
    lin = sign_in_as_lin(new_person(client))

    assert lin.post("/language/setlang/", {"language": "zh-hans"}).status_code == 302
    assert "管理员" in lin.get("/password/").content.decode()
    assert lin.post("/sign-out/").url == "/sign-in/"


def test_roles_and_lines_are_changed(client, admin):
    person, line = make_user("annotator"), make_line()

    client.post(f"/people/{person.pk}/", {"name": "Lin", "roles": ["editor"], "lines": [line.pk]})

    person.refresh_from_db()
    assert (person.first_name, [g.name for g in person.groups.all()]) == ("Lin", ["editor"])
    assert list(person.business_lines.all()) == [line]


def test_a_role_taken_away_counts_from_the_next_click_on(client, sign_in):
    line = make_line()
    person = sign_in("annotator", lines=(line,))
    assert client.get("/review/").status_code == 200

    people.change(person, make_user("admin"), name="", roles=[], lines=[line])
    assert client.get("/review/").status_code == 403

    people.change(person, make_user("admin"), name="", roles=["annotator"], lines=[line])
    assert client.get("/review/").status_code == 200


def test_access_taken_away_ends_sessions_and_tokens(client, sign_in):
    person = sign_in("annotator")
    Token.objects.create(user=person)

    people.set_active(person, make_user("admin"), active=False)

    assert client.get("/").status_code == 302
    assert not Token.objects.exists()


def test_a_new_password_ends_the_former_sessions(client, sign_in):
    person = sign_in("annotator")

    password = people.reset_password(person, make_user("admin"))

    person.refresh_from_db()
    assert person.check_password(password)
    assert client.get("/").status_code == 302


def test_an_admin_cannot_lock_themselves_out(client, admin):
    make_user("admin")

    client.post(f"/people/{admin.pk}/", {"roles": ["annotator"]})
    client.post(f"/people/{admin.pk}/activity/", {"active": "0"})

    admin.refresh_from_db()
    assert admin.is_active
    assert admin.groups.filter(name="admin").exists()


def test_the_last_admin_stays():
    admin, operator = make_user("admin"), make_user("annotator")

    with pytest.raises(people.NotAllowed):
        people.set_active(admin, operator, active=False)


def test_a_superuser_is_changed_by_superusers_only():
    superuser = User.objects.create_superuser("root")

    with pytest.raises(people.NotAllowed):
        people.reset_password(superuser, make_user("admin"))


def test_the_home_page_tells_each_role_what_there_is_to_do(client, sign_in):
    for role, part in (("annotator", "review"), ("editor", "taxonomy"), ("admin", "running")):
        sign_in(role)
        page = client.get("/")
        assert page.status_code == 200
        assert part in page.context


def test_a_person_without_a_role_is_told(client, sign_in):
    sign_in(None)

    assert "You have no role yet" in client.get("/").content.decode()


def test_signing_in_leads_to_the_home_page(client):
    make_user(username="lin", password="a good password")

    answer = client.post("/sign-in/", {"username": "lin", "password": "a good password"})

    assert answer.url == "/"


def test_too_many_wrong_passwords_lock_the_door(client, settings):
    settings.AXES_FAILURE_LIMIT = 3
    make_user(username="lin", password="a good password")

    for _ in range(3):
        answer = client.post("/sign-in/", {"username": "lin", "password": "wrong"})

    assert answer.status_code == 429
    assert client.post("/sign-in/", {"username": "lin", "password": "a good password"}).status_code == 429


def test_nobody_makes_themselves_a_superuser_in_the_django_admin(client, sign_in):
    sign_in("admin")

    assert client.get("/django-admin/").status_code == 200
    assert client.get("/django-admin/auth/user/").status_code == 404


def test_an_editor_looks_at_tags_in_the_django_admin(client, sign_in):
    sign_in("editor")

    assert client.get("/django-admin/taxonomy/tag/").status_code == 200
    assert client.get("/django-admin/taxonomy/businessline/").status_code == 403


def test_an_annotator_has_no_business_in_the_django_admin(client, sign_in):
    sign_in("annotator")

    assert client.get("/django-admin/taxonomy/tag/").status_code == 302
