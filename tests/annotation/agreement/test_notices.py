"""Who spoke otherwise than a ruling is told on their first page, and learns nothing of gold, blind or seeded clips."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from annotation.agreement import rulings
from annotation.models import Consensus, GoldClip, Probe, ProbeAnswer, Review, ReviewTask, RulingNotice
from taxonomy.models import Guideline
from tests.annotation.agreement.factories import make_shared, review
from tests.annotation.factories import make_task, publish
from tests.factories import make_line, make_model, make_tag, make_user

pytestmark = pytest.mark.django_db
HOME = reverse("annotation:home")


@pytest.fixture
def dunk():
    tag = make_tag("Slam dunk")
    Guideline.objects.create(tag=tag, version=1, body="A ball from above.")
    return tag


@pytest.fixture
def people(line):
    return [make_user(lines=(line,), first_name=name) for name in ("Ada", "Bo", "Cy")]


@pytest.fixture
def dispute(line, dunk, street, people):
    """Ada gave the tag two days ago, Bo refused it, Cy was silent. They may be told: it was two days ago."""
    line.overlap = 3
    line.save()
    model, taxonomy = make_model(), publish()

    def dispute():
        video = make_shared(line, {dunk: 0.9, street: 0.8}, model=model, taxonomy=taxonomy)
        review(line, accept=[dunk, street], reviewer=people[0])
        review(line, accept=[street], reject=[dunk], reviewer=people[1])
        review(line, accept=[street], reviewer=people[2])
        ReviewTask.objects.update(done_at=timezone.now() - timedelta(days=2))
        return Consensus.objects.get(video=video, tag=dunk)

    return dispute


def rule(disputed, *, accept, by=None, seen=0):
    editor = by or make_user("editor", first_name="Ed")
    return rulings.rule(disputed, accept=accept, adjudicator=editor, seen=seen, comment="It bounces off.")


def told(client, person):
    client.force_login(person)
    return [notice for notice, _label in client.get(HOME).context["rulings"]["told"]]


def test_who_said_otherwise_is_told_until_they_look(client, dispute, people):
    ada, bo, cy = people
    rule(dispute(), accept=False)

    assert [len(told(client, person)) for person in (ada, bo, cy)] == [1, 0, 0]
    (notice,) = told(client, ada)
    home = client.get(HOME).text
    assert "A ruling differs from your verdict on <b>Slam dunk</b>" in home
    page = client.get(reverse("annotation:notice", args=[notice.pk])).text
    assert "does not belong to the clip" in page
    assert "It bounces off." in page
    assert "A ball from above." in page
    assert "Bo" not in page, "what colleagues said is not told"
    assert told(client, ada) == []
    assert client.get(reverse("annotation:notice", args=[notice.pk])).status_code == 200
    client.force_login(bo)
    assert client.get(reverse("annotation:notice", args=[notice.pk])).status_code == 404


def test_a_tag_that_was_refused_and_is_ruled_in_is_told(client, dispute, people):
    rule(dispute(), accept=True)

    assert [len(told(client, person)) for person in people] == [0, 1, 0]


def test_who_ruled_is_not_told(client, dispute, people):
    rule(dispute(), accept=False, by=people[0])

    assert not RulingNotice.objects.exists()


def test_nothing_is_told_of_what_holds_no_more(client, dispute, people):
    ada, bo, _cy = people
    ruling = rule(disputed := dispute(), accept=False)
    rulings.undo(ruling, ruling.adjudicator)
    assert told(client, ada) == []

    rule(disputed, accept=True, seen=2)
    assert len(told(client, bo)) == 1
    ReviewTask.objects.filter(reviewer=bo).update(current_review=None)
    assert told(client, bo) == []


def test_a_clip_that_was_shown_otherwise_is_not_told_of(client, dispute, people):
    disputed = dispute()
    own = Review.objects.get(reviewer=people[0])
    probe = Probe.objects.create(task=own.task, reviewer=people[0], kind="blind")
    ProbeAnswer.objects.create(review=own, probe=probe, said=[])

    rule(disputed, accept=False)

    assert told(client, people[0]) == []


def test_a_veiled_clip_is_not_told_of(client, line, dispute, people):
    ada = people[0]
    rule(dispute(), accept=False)
    (notice,) = told(client, ada)
    ReviewTask.objects.filter(reviewer=ada).update(done_at=timezone.now())
    assert told(client, ada) == [], "the review can still be undone"

    ReviewTask.objects.filter(reviewer=ada).update(done_at=timezone.now() - timedelta(days=2))
    other = make_line()
    ada.business_lines.add(other)
    GoldClip.objects.create(video=notice.ruling.video, business_line=other)
    assert told(client, ada) == [], "a gold clip of another line, which may come yet"
    assert client.get(reverse("annotation:notice", args=[notice.pk])).status_code == 404


def test_what_the_models_say_is_left_out_where_the_clip_waits_in_another_line(client, line, dispute, people):
    ada, other = people[0], make_line()
    rule(dispute(), accept=False)
    (notice,) = told(client, ada)
    address = reverse("annotation:notice", args=[notice.pk])
    assert client.get(address).context["tag"].evidence

    ada.business_lines.add(other)
    make_task(other, video=notice.ruling.video)

    page = client.get(address)
    assert not hasattr(page.context["tag"], "evidence")
    assert "A ball from above." in page.text


def test_many_rulings_cost_the_first_page_no_more_statements(client, dispute, people, django_assert_max_num_queries):
    rule(dispute(), accept=False)
    client.force_login(people[0])
    client.get(HOME)
    with django_assert_max_num_queries(40) as few:
        client.get(HOME)
    for _ in range(4):
        rule(dispute(), accept=False)

    with django_assert_max_num_queries(len(few)):
        page = client.get(HOME)

    assert (len(page.context["rulings"]["told"]), page.context["rulings"]["more"]) == (3, True)
