"""Pages for what goes wrong look like the others and say what to do."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.django_db


def test_an_unknown_address_says_so(client):
    page = client.get("/nothing/here/")

    assert page.status_code == 404
    assert "There is nothing here" in page.content.decode()


def test_what_a_role_does_not_include_says_so(client, sign_in):
    sign_in("annotator")

    page = client.get("/people/")

    assert page.status_code == 403
    assert "This is not open to you" in page.content.decode()


def test_an_old_form_says_so(sign_in):
    strict = Client(enforce_csrf_checks=True)

    page = strict.post("/language/setlang/", {"language": "en"})

    assert page.status_code == 403
    assert "This form has grown old" in page.content.decode()


def test_the_page_of_our_own_faults_needs_nothing_that_may_be_broken():
    assert "Something broke" in render_to_string("500.html")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_theme_comes_with_the_page(client, sign_in, theme):
    sign_in()
    client.cookies["theme"] = theme

    assert f'data-theme="{theme}"' in client.get("/keys/").content.decode()


def test_a_forged_theme_is_not_repeated(client, sign_in):
    sign_in()
    client.cookies["theme"] = '"onload=x'

    assert "data-theme=" not in client.get("/keys/").content.decode()
