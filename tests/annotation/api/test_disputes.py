"""Programs see disputed tags and rule on them."""

import uuid

import pytest

from annotation.models import Consensus, Ruling
from taxonomy.models import ChangeSet, Guideline, Rule
from tests.annotation.agreement.factories import given, make_shared, review
from tests.annotation.factories import publish
from tests.factories import make_line, make_model, make_tag, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dunk():
    tag = make_tag("Slam dunk")
    Guideline.objects.create(tag=tag, version=1, body="A ball from above.")
    return tag


@pytest.fixture
def disputed(dunk, street):
    line = make_line(overlap=2)
    video = make_shared(line, {dunk: 0.9, street: 0.8}, model=make_model(), taxonomy=publish())
    review(line, accept=[dunk, street], reviewer=make_user(lines=(line,), first_name="Ada"))
    review(line, accept=[street], reject=[dunk], reviewer=make_user(lines=(line,), first_name="Bo"))
    return Consensus.objects.get(video=video, tag=dunk)


@pytest.fixture
def editor(program):
    return program(make_user("editor"))


def test_disputes_are_listed_and_told_who_said_what(editor, disputed, django_assert_max_num_queries):
    line = disputed.business_line
    with django_assert_max_num_queries(8):
        (row,) = editor.get("disputes", line=line.slug)
    with django_assert_max_num_queries(14):
        (told,) = editor.get(f"disputes/{line.slug}/{disputed.video_id}")

    assert (row["id"], row["video"], row["name"], row["yes"], row["no"]) == (
        disputed.pk,
        disputed.video_id,
        "Slam dunk",
        1,
        1,
    )
    assert [(voice["who"], voice["choice"]) for voice in told["voices"]] == [("Ada", "accept"), ("Bo", "reject")]
    assert (told["open"], told["seen"], told["ruling"]) == (True, 0, None)


def test_a_ruling_sent_twice_is_one(editor, disputed):
    told = {"choice": "reject", "seen": 0, "comment": "It never goes in."}
    status, ruling = editor.twice(f"disputes/{disputed.pk}/rule", **told)

    assert (status, ruling["number"], Ruling.objects.count()) == (200, 1, 1)
    assert given(disputed.video, disputed.business_line) == {"Streetball"}
    assert editor.twice(f"rulings/{ruling['id']}/undo")[1]["choice"] == "undo"
    assert Ruling.objects.count() == 2


def test_who_comes_second_is_told(editor, program, disputed):
    taken = str(uuid.uuid4())
    editor.post(f"disputes/{disputed.pk}/rule", choice="reject", seen=0, operation=taken)
    admin, place = program(make_user("admin", lines=(disputed.business_line,))), f"disputes/{disputed.pk}/rule"

    status, told = admin.post(place, choice="accept", seen=0, operation=str(uuid.uuid4()))

    assert (status, told["error"], told["ruling"]["choice"]) == (409, "overtaken", "reject")
    assert admin.post(place, choice="accept", seen=1, operation=taken)[1]["error"] == "operation_reused"


def test_rulings_that_cannot_stand_together_are_refused(editor, disputed, dunk, street):
    review_of = Consensus.objects.get(video=disputed.video, tag=street)
    editor.twice(f"disputes/{review_of.pk}/rule", choice="accept", seen=0)
    Rule.objects.create(kind="excludes", subject=dunk).others.add(street)
    publish()

    status, told = editor.post(f"disputes/{disputed.pk}/rule", choice="accept", seen=0, operation=str(uuid.uuid4()))

    assert (status, len(told["conflicts"][0]["repairs"])) == (422, 2)


def test_a_ruling_becomes_an_example(editor, disputed):
    _status, ruling = editor.twice(f"disputes/{disputed.pk}/rule", choice="accept", seen=0)

    assert editor.post(f"rulings/{ruling['id']}/example") == (200, {"added": True})
    assert ChangeSet.objects.count() == 1


def test_other_lines_are_not_found(program, disputed):
    stranger = program(make_user("admin"))
    stranger.person.user_permissions.clear()
    annotator = program(make_user(lines=(disputed.business_line,)))

    assert annotator.post(f"disputes/{disputed.pk}/rule", choice="accept", seen=0)[0] == 403
    assert stranger.client.get("/api/disputes/", {"line": "no-such-line"}).status_code == 404
