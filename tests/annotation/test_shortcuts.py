"""Each person's keys of the review page."""

import json

import pytest
from django.db import IntegrityError, transaction

from annotation import shortcuts
from annotation.models import Shortcut
from tests.annotation.factories import claim, make_task, publish
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(sign_in, line):
    return sign_in("annotator", lines=(line,))


def test_the_usual_keys_suit_each_other():
    assert shortcuts.faults(shortcuts.DEFAULTS) == {}


def test_a_changed_key_is_stored_and_only_that(person):
    shortcuts.change(person, {"accept": "b", "reject": "r", "play": "Space"})

    assert list(Shortcut.objects.values_list("command", "key")) == [("accept", "b")]
    assert shortcuts.of(person) == shortcuts.DEFAULTS | {"accept": "b"}
    assert shortcuts.of(make_user()) == shortcuts.DEFAULTS


def test_two_commands_may_swap_their_keys(person):
    shortcuts.change(person, {"accept": "r", "reject": "a"})

    assert (shortcuts.of(person)["accept"], shortcuts.of(person)["reject"]) == ("r", "a")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("r", "does something else already: Reject the tag"),
        ("5", "digits"),
        ("q", "mends a broken rule"),
        ("F5", "Press one key"),
        ("Tab", "Press one key"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_the_reason(client, person, typed, reason):
    answer = client.post("/keys/mine/", {"key-accept": typed})

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert not Shortcut.objects.exists()


@pytest.mark.parametrize(
    ("typed", "key"), [("，", ","), ("B", "b"), ("↑", "ArrowUp"), ("Space", " "), (" ", " "), ("ENTER", "Enter")]
)
def test_a_key_is_read_as_it_is_written(typed, key):
    assert shortcuts.read(typed) == key


def test_an_empty_field_and_the_reset_give_the_usual_key_back(client, person):
    shortcuts.change(person, {"accept": "b", "skip": "z"})

    client.post("/keys/mine/", {"key-accept": ""})
    assert shortcuts.of(person) == shortcuts.DEFAULTS | {"skip": "z"}

    client.post("/keys/mine/", {"reset": "1"})
    assert shortcuts.of(person) == shortcuts.DEFAULTS


def test_the_database_gives_no_key_to_two_commands(person):
    Shortcut.objects.create(person=person, command="accept", key="b")

    with pytest.raises(IntegrityError), transaction.atomic():
        Shortcut.objects.create(person=person, command="reject", key="b")


def test_a_command_that_went_leaves_no_key_behind(person):
    Shortcut.objects.create(person=person, command="a former one", key="b")

    assert shortcuts.of(person) == shortcuts.DEFAULTS


def test_every_list_of_keys_shows_ones_own(client, person, line):
    publish()
    make_task(line)
    shortcuts.change(person, {"accept": "b"})
    task = claim(person, line)

    page = client.get(task.get_absolute_url())

    assert json.loads(page.context["own_keys"])["accept"] == "b"
    for address in ("/keys/", task.get_absolute_url()):
        assert "<kbd>b</kbd></td><td>Accept the tag in focus" in client.get(address).content.decode()
    client.logout()
    assert "<kbd>a</kbd></td><td>Accept the tag in focus" in client.get("/keys/").content.decode()
