"""A verdict may say in which part of the clip a tag holds."""

import csv
import io
import json
import uuid

import pytest
from django.db import IntegrityError, transaction

from annotation import exports, reviews, snapshots, workbench
from annotation.models import Review, Verdict
from annotation.verdicts import Said, mistakes
from tagging.models import Media
from tests.annotation.factories import claim, make_review, make_task, publish
from tests.factories import make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db
LENGTH = 12.5  # seconds


@pytest.fixture
def reviewer(line):
    return make_user(lines=(line,))


@pytest.fixture
def dunk():
    return make_tag("Slam dunk", code="dunk")


@pytest.fixture
def task(line, reviewer, dunk):
    """A clip of so many seconds with one proposed tag, claimed."""
    media = Media.objects.create(content_hash="a" * 64, path="a", size=1, duration=LENGTH, width=1, height=1, fps=1)
    video = make_video(media=media, media_state="ready")
    make_suggestions(video, {dunk: 0.9}, model=make_model(), taxonomy=publish())
    make_task(line, video=video)
    return claim(reviewer, line)


def sent(task, client, **kw):
    clip = workbench.clip(task)
    values = {"operation": str(uuid.uuid4()), "token": task.token, "action": "submit"}
    values |= {"model_version": clip.model_version} | {f"verdict-{p.tag}": "" for p in clip.proposals} | kw
    return client.post(task.get_absolute_url(), values, headers={"accept": "application/json"})


def seen(task):
    return workbench.clip(task).model_version


@pytest.mark.parametrize(
    ("choice", "start", "end", "wrong"),
    [
        ("accept", 0.0, 0.5, False),
        ("add", 3, 4, False),
        ("accept", None, None, False),
        ("accept", 2.0, None, True),
        ("accept", None, 2.0, True),
        ("accept", 2.0, 2.0, True),
        ("accept", 3.0, 2.0, True),
        ("accept", -1.0, 2.0, True),
        ("accept", float("nan"), float("nan"), True),
        ("accept", 1.0, float("inf"), True),
        ("reject", 1.0, 2.0, True),
    ],
)
def test_a_span_is_a_part_of_the_clip(choice, start, end, wrong):
    found = list(mistakes([Said(7, choice, "", None, start, end)]))

    assert found == ([("span-7", "span")] if wrong else [])


@pytest.mark.parametrize("span", [{"start": 1.0}, {"start": 2.0, "end": 1.0}, {"start": -1.0, "end": 1.0}])
def test_the_database_takes_no_other(task, dunk, span):
    review = make_review(task, [])

    with pytest.raises(IntegrityError), transaction.atomic():
        Verdict.objects.create(review=review, tag=dunk, choice="add", **span)


def test_the_page_sends_a_span_and_it_is_stored(client, task, reviewer, dunk, street):
    publish()
    client.force_login(reviewer)

    answer = sent(task, client, add=street.pk, **{f"span-{dunk.pk}": "1.50 4.25", f"span-{street.pk}": "0 12.5"})

    stored = Verdict.objects.filter(review=answer.json()["review"])
    assert set(stored.values_list("tag", "start", "end")) == {(dunk.pk, 1.5, 4.25), (street.pk, 0.0, 12.5)}


def test_a_rejected_tag_has_none(client, task, reviewer, dunk):
    client.force_login(reviewer)

    sent(task, client, **{f"verdict-{dunk.pk}": "reject", f"span-{dunk.pk}": "1.50 4.25"})

    assert Verdict.objects.get().times == ""


@pytest.mark.parametrize("span", ["4", "x y", "3 1", "1 2 3", "nan nan"])
def test_nonsense_is_refused_where_it_was_entered(client, task, reviewer, dunk, span):
    client.force_login(reviewer)

    answer = sent(task, client, **{f"span-{dunk.pk}": span})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [f"span-{dunk.pk}"]


def test_a_span_beyond_the_end_of_the_clip_is_refused(client, task, reviewer, dunk):
    client.force_login(reviewer)

    answer = sent(task, client, **{f"span-{dunk.pk}": "1 12.6"})

    assert answer.status_code == 422
    assert "Slam dunk lies beyond the end" in answer.json()["errors"][0]["text"]
    assert not Review.objects.exists()


def test_a_video_without_a_clip_has_no_times(line, reviewer, street):
    publish()
    make_task(line)

    with pytest.raises(reviews.Refused) as refusal:
        make_review(claim(reviewer, line), [Said(street.pk, "add", "", None, 0.0, 1.0)])
    assert refusal.value.beyond == [street.pk]


def test_programs_tell_and_are_told_times(client, task, reviewer, dunk):
    client.force_login(reviewer)
    told = {"operation": str(uuid.uuid4()), "token": task.token, "model_version": seen(task)}
    verdict = {"tag": dunk.pk, "choice": "accept", "start": 1.5, "end": 4}
    address = f"/api/tasks/{task.pk}/submit/"

    wrong = client.post(address, told | {"verdicts": [verdict | {"end": 1}]}, content_type="application/json")
    stored = client.post(address, told | {"verdicts": [verdict]}, content_type="application/json")
    again = client.post(address, told | {"verdicts": [verdict]}, content_type="application/json")
    other = client.post(address, told | {"verdicts": [verdict | {"end": 5}]}, content_type="application/json")

    assert [wrong.status_code, stored.status_code, again.json()["review"], other.status_code] == [
        400,
        200,
        stored.json()["review"],
        409,
    ]
    assert client.get("/api/reviews/").json()["results"][0]["verdicts"][0]["start"] == 1.5


def test_undoing_fills_the_times_in_again(task, reviewer, dunk, street):
    publish()
    said = [Said(dunk.pk, "accept", "", None, 1.5, 4.25), Said(street.pk, "add", "", None, 2.0, 3.0)]
    make_review(task, said, model_version=seen(task))

    clip = workbench.clip(reviews.undo(reviewer=reviewer, operation=uuid.uuid4()).task)

    assert [proposal.span for proposal in clip.proposals] == [(1.5, 4.25)]
    assert [tag.span for tag in clip.added] == [(2.0, 3.0)]


def test_times_are_told_with_the_reviews_of_a_video_and_lead_into_the_clip(client, task, reviewer, dunk):
    make_review(task, [Said(dunk.pk, "accept", "", None, 1.5, 4.25)], model_version=seen(task))
    client.force_login(reviewer)

    page = client.get(f"/videos/{task.video_id}/reviews/").content.decode()

    assert 'data-seek="1.50"' in page
    assert "0:01–0:04" in page
    assert "0:01–0:04" in client.get("/history/").content.decode()


def test_exports_and_snapshots_carry_the_times(line, task, dunk, street):
    publish()
    said = [Said(dunk.pk, "replace", "", street.pk, 1.5, 4.25)]
    make_review(task, said, model_version=seen(task))

    row = json.loads(b"".join(exports.jsonl([line])))
    cells = list(csv.DictReader(io.StringIO(b"".join(exports.as_csv([line])).decode())))
    video = json.loads((snapshots.take().folder / "videos.jsonl").read_text())

    assert row["spans"] == {street.code: [[1.5, 4.25]]}
    assert cells[0]["spans"] == f"{street.code} 1.5-4.25"
    assert video["spans"] == {str(street.pk): [[1.5, 4.25]]}
