"""Clips judged by an older text of a guideline are sent to be reviewed again, all or a sample, and taken back."""

import pytest
from django.urls import reverse

from annotation import outdated, priority_words, queue
from annotation.models import ReReview, ReviewTask
from taxonomy.models import Guideline
from tests.annotation.factories import add, claim, make_review, make_task, publish
from tests.factories import make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(line):
    return make_user("annotator", lines=(line,))


@pytest.fixture
def editor(sign_in):
    return sign_in("editor")


@pytest.fixture
def newest(line, reviewer):
    """The second text of a tag under whose first text ten clips were reviewed; an eleventh has another tag."""
    tag, other = make_tag(), make_tag()
    Guideline.objects.create(tag=tag, body="old")
    publish()
    for n in range(11):
        make_task(line)
        make_review(claim(reviewer, line), add(tag if n else other), reviewer)
    return Guideline.objects.create(tag=tag, body="new", version=2)


def states():
    return sorted(ReviewTask.objects.values_list("state", flat=True))


def test_all_of_them_wait_again_and_say_why(newest, editor, reviewer, line):
    assert outdated.count(newest) == 10

    batch = outdated.send(newest, editor)

    assert (len(batch.tasks), outdated.count(newest)) == (10, 0)
    task = ReviewTask.objects.get(pk=batch.tasks[0])
    assert (task.state, task.reviewer, priority_words.why(task.why)) == (
        "waiting",
        None,
        ["a guideline changed after it was reviewed"],
    )
    assert task.current_review  # what was said stands until somebody says something else
    assert claim(reviewer, line).pk in batch.tasks


def test_a_sample_is_drawn_by_its_seed(newest, editor):
    first = outdated.send(newest, editor, most=3, seed=7)
    outdated.undo(first)
    again = outdated.send(newest, editor, most=3, seed=7)
    outdated.undo(again)
    other = outdated.send(newest, editor, percent=25, seed=8)

    assert (len(first.tasks), first.tasks) == (3, again.tasks)
    assert len(other.tasks) == 3  # a quarter of ten, rounded up
    assert other.tasks != first.tasks


def test_taken_back_only_those_that_still_wait_are_done_as_before(newest, editor, reviewer, line):
    batch = outdated.send(newest, editor)
    taken = claim(reviewer, line)

    assert outdated.waiting(batch) == 9
    assert outdated.undo(batch) == 9
    assert outdated.undo(batch) == 0
    assert states() == ["claimed"] + ["done"] * 10
    done = ReviewTask.objects.filter(state="done", pk__in=batch.tasks).first()
    assert (done.reviewer, done.why) == (reviewer, {})
    assert done.done_at == done.current_review.created_at
    queue.heartbeat(taken.pk, reviewer, taken.token)


def test_reviewed_again_they_are_no_longer_outdated(newest, editor, reviewer, line):
    outdated.send(newest, editor, most=1)
    make_review(claim(reviewer, line), add(newest.tag), reviewer)

    assert outdated.count(newest) == 9


def test_verdicts_under_another_lines_text_are_left_alone(newest, editor, line):
    theirs = Guideline.objects.create(tag=newest.tag, business_line=line, body="a", version=1)

    assert outdated.count(theirs) == 0


def test_the_number_of_queries_does_not_grow(newest, editor, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        outdated.send(newest, editor)


def test_the_clips_of_a_guideline_are_shown_on_the_tags_page(client, newest, sign_in):
    sign_in("annotator")
    yes, no = make_video(title="A fine dunk"), make_video(title="A layup")
    Guideline.objects.filter(pk=newest.pk).update(examples=[yes.pk, 10**12], counter_examples=[no.pk])

    page = client.get(reverse("annotation:guideline-examples", args=[newest.pk])).content.decode()

    assert page.index("A fine dunk") < page.index("A layup")
    assert (
        f"guidelines/{newest.pk}/examples/"
        in client.get(reverse("taxonomy:tag", args=[newest.tag_id])).content.decode()
    )


def test_the_page_tells_sends_and_takes_back(client, newest, editor):
    address = reverse("annotation:guideline-again", args=[newest.pk])
    assert 'data-outdated="10"' in client.get(address).content.decode()

    assert client.post(address, {"how": "percent"}).status_code == 422
    page = client.post(address, {"how": "clips", "size": "4"}).content.decode()

    assert 'data-outdated="6"' in page
    batch = ReReview.objects.get()
    assert len(batch.tasks) == 4
    page = client.post(reverse("annotation:guideline-again-undo", args=[batch.pk])).content.decode()
    assert 'data-outdated="10"' in page


def test_the_api_counts_sends_and_takes_back(client, newest, editor):
    address = reverse("api-guideline-again", args=[newest.pk])
    assert client.get(address).json() == {"clips": 10}

    batch = client.post(address, {"percent": 50, "seed": 3}, content_type="application/json").json()

    assert (batch["sent"], client.get(address).json()["clips"]) == (5, 5)
    assert client.post(reverse("api-guideline-again-undo", args=[batch["id"]])).json() == {"tasks": 5}


def test_the_api_notes_readings(client, newest, sign_in, line):
    reviewer = sign_in("annotator", lines=(line,))

    sent = {"guidelines": [newest.pk], "confirmed": True}
    assert client.post(reverse("api-guidelines-read"), sent, content_type="application/json").status_code == 204

    assert newest.readings.get().person == reviewer
