"""A review is stored once, whole, and only when it may stand."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from annotation import queue, reviews, waiting
from annotation.models import Review, ReviewTask, Verdict
from annotation.verdicts import Effort, Said
from tagging.models import VideoTag
from taxonomy import rulebook
from taxonomy.models import Guideline, Rule, Tag
from tests.annotation.factories import add, claim, make_review, make_task, publish
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(line):
    return make_user(lines=(line,))


@pytest.fixture
def dunk():
    return make_tag("Slam dunk")


def given(video, line):
    return set(VideoTag.objects.filter(video=video, business_line=line).values_list("tag__name", flat=True))


def test_a_review_gives_the_video_its_tags(line, reviewer, dunk, street):
    publish()
    task = make_task(line)
    claim(reviewer, line)

    task.refresh_from_db()
    review = make_review(task, add(dunk, street), effort=Effort(7.5, 3, 2))

    task.refresh_from_db()
    assert (task.state, task.current_review, task.video.reviewed_at is not None) == ("done", review, True)
    assert given(task.video, line) == {"Slam dunk", "Streetball"}


def test_verdicts_remember_what_the_reviewer_saw(line, reviewer, dunk, street):
    taxonomy, model = publish(), make_model()
    video = make_video()
    make_suggestions(video, {dunk: 0.9, street: 0.4}, model=model, taxonomy=taxonomy)
    text = Guideline.objects.create(tag=dunk, body="from above")
    Guideline.objects.create(tag=dunk, business_line=make_line(), version=2, body="of another line")
    make_task(line, video=video)

    review = make_review(
        claim(reviewer, line),
        [Said(dunk.pk, "accept"), Said(street.pk, "reject", "minor")],
        model_version=model.pk,
    )

    accepted, rejected = review.verdicts.order_by("pk")
    assert (accepted.confidence, accepted.guideline, rejected.reason) == (0.9, text, "minor")
    assert given(video, line) == {"Slam dunk"}


def test_the_guideline_of_the_line_comes_before_the_general_one(line, reviewer, dunk):
    publish()
    Guideline.objects.create(tag=dunk, version=7, body="for all")
    own = Guideline.objects.create(tag=dunk, business_line=line, version=2, body="for us")
    Guideline.objects.create(tag=dunk, business_line=line, version=1, body="formerly for us")
    make_task(line)

    review = make_review(claim(reviewer, line), add(dunk))

    assert review.verdicts.get().guideline == own


def test_a_replacement_takes_the_place_of_the_proposed_tag(line, reviewer, dunk, street):
    taxonomy, model = publish(), make_model()
    video = make_video()
    make_suggestions(video, {dunk: 0.9}, model=model, taxonomy=taxonomy)
    make_task(line, video=video)

    make_review(claim(reviewer, line), [Said(dunk.pk, "replace", "", street.pk)], model_version=model.pk)

    assert given(video, line) == {"Streetball"}


def test_sent_twice_it_is_stored_once_with_the_same_answer(line, reviewer, dunk):
    publish()
    make_task(line)
    task, operation = claim(reviewer, line), uuid.uuid4()

    first = make_review(task, add(dunk), operation=operation)
    second = make_review(task, add(dunk), operation=operation)

    assert (first, Review.objects.count()) == (second, 1)


def test_the_same_operation_with_other_verdicts_is_refused(line, reviewer, dunk, street):
    publish()
    make_task(line)
    task, operation = claim(reviewer, line), uuid.uuid4()
    make_review(task, add(dunk), operation=operation)

    with pytest.raises(reviews.OperationReused):
        make_review(task, add(street), operation=operation)


def test_the_same_operation_of_another_reviewer_is_refused(line, reviewer, dunk):
    publish()
    make_task(line)
    task, operation = claim(reviewer, line), uuid.uuid4()
    make_review(task, add(dunk), operation=operation)

    with pytest.raises(reviews.OperationReused):
        make_review(task, add(dunk), reviewer=make_user(), operation=operation)


def test_after_an_expired_lease_the_new_claimer_wins(line, reviewer, dunk, street):
    publish()
    make_task(line)
    late, other = claim(reviewer, line), make_user()
    ReviewTask.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    current = claim(other, line)

    with pytest.raises(queue.LeaseLost):
        make_review(late, add(dunk))
    make_review(current, add(street))

    assert given(late.video, line) == {"Streetball"}


def test_an_expired_lease_nobody_took_still_counts(line, reviewer, dunk):
    publish()
    make_task(line)
    task = claim(reviewer, line)
    ReviewTask.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert make_review(task, add(dunk))


def test_broken_rules_are_refused_with_the_conflicts(line, reviewer, dunk, street):
    rule = Rule.objects.create(kind="excludes", subject=dunk)
    rule.others.add(street)
    publish()
    make_task(line)

    with pytest.raises(reviews.Refused) as refusal:
        make_review(claim(reviewer, line), add(dunk, street))

    assert [c.reason for c in refusal.value.conflicts] == ["excludes"]
    assert (Review.objects.count(), VideoTag.objects.count()) == (0, 0)


def test_rules_of_other_lines_do_not_count(line, reviewer, dunk, street):
    rule = Rule.objects.create(kind="excludes", subject=dunk, business_line=make_line())
    rule.others.add(street)
    publish()
    make_task(line)

    assert make_review(claim(reviewer, line), add(dunk, street))


def test_tags_that_are_not_there_are_refused(line, reviewer):
    publish()
    make_task(line)

    with pytest.raises(reviews.Refused) as refusal:
        make_review(claim(reviewer, line), [Said(987_654, "add")])

    assert refusal.value.unknown == [987_654]


def test_a_verdict_needs_a_proposal(line, reviewer, dunk):
    publish()
    make_task(line)

    with pytest.raises(reviews.Refused) as refusal:
        make_review(claim(reviewer, line), [Said(dunk.pk, "accept")])

    assert refusal.value.unproposed == [dunk.pk]


def test_a_model_that_never_looked_at_the_video_is_not_named(line, reviewer, dunk):
    publish()
    make_task(line)

    review = make_review(claim(reviewer, line), add(dunk), model_version=987_654)

    assert review.model_version is None


def test_merged_tags_follow(line, reviewer, dunk, street):
    merged = make_tag("Dunks", state=Tag.State.MERGED, merged_into=dunk)
    publish()
    make_task(line)

    review = make_review(claim(reviewer, line), add(merged, street))

    assert given(review.task.video, line) == {"Slam dunk", "Streetball"}


def test_undo_takes_the_tags_and_gives_the_clip_back(line, reviewer, dunk):
    publish()
    make_task(line)
    task = claim(reviewer, line)
    review = make_review(task, add(dunk))

    undoing = reviews.undo(reviewer=reviewer, operation=uuid.uuid4())

    assert (undoing.kind, undoing.undoes) == ("undo", review)
    assert list(ReviewTask.objects.claimed_by(reviewer)) == [task]
    assert undoing.task.token > task.token
    task.video.refresh_from_db()
    assert (given(task.video, line), task.video.reviewed_at) == (set(), None)


def test_undo_sent_twice_undoes_one_review(line, reviewer, dunk):
    publish()
    make_task(line)
    make_task(line)
    make_review(claim(reviewer, line), add(dunk))
    make_review(claim(reviewer, line), add(dunk))
    operation = uuid.uuid4()

    assert reviews.undo(reviewer=reviewer, operation=operation) == reviews.undo(reviewer=reviewer, operation=operation)
    assert Review.objects.filter(kind="undo").count() == 1


def test_the_clip_before_can_be_undone_too(line, reviewer, dunk):
    publish()
    make_task(line)
    make_task(line)
    first = make_review(claim(reviewer, line), add(dunk))
    second = make_review(claim(reviewer, line), add(dunk))

    undone = [reviews.undo(reviewer=reviewer, operation=uuid.uuid4()).undoes for _ in range(2)]

    assert undone == [second, first]


def test_only_ones_own_reviews_are_undone(line, reviewer, dunk):
    publish()
    make_task(line)
    review = make_review(claim(reviewer, line), add(dunk))

    with pytest.raises(reviews.NotUndoable):
        reviews.undo(reviewer=make_user(), operation=uuid.uuid4(), review=review.pk)


def test_undo_leaves_what_another_reviewer_said(dunk, street):
    line = make_line(overlap=2)
    publish()
    video = make_video()
    waiting.open_tasks([waiting.Wanted(video.pk, line.pk)])
    first, second = make_user(), make_user()
    make_review(claim(first, line), add(dunk))
    make_review(claim(second, line), add(street))

    reviews.undo(reviewer=second, operation=uuid.uuid4())

    video.refresh_from_db()
    assert (given(video, line), video.reviewed_at is not None) == ({"Slam dunk"}, True)


def test_after_undo_the_clip_can_be_reviewed_again(line, reviewer, dunk, street):
    publish()
    make_task(line)
    make_review(claim(reviewer, line), add(dunk))
    task = reviews.undo(reviewer=reviewer, operation=uuid.uuid4()).task

    review = make_review(task, add(street))

    task.refresh_from_db()
    assert (task.current_review, given(task.video, line)) == (review, {"Streetball"})


def test_reviews_and_verdicts_are_never_changed(line, reviewer, dunk):
    publish()
    make_task(line)
    make_review(claim(reviewer, line), add(dunk))

    for statement in (
        "UPDATE annotation_review SET seconds = 1",
        "DELETE FROM annotation_verdict",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Verdict.objects.count() == 1


@pytest.mark.parametrize("tags", [1, 12])
def test_the_number_of_queries_does_not_grow_with_the_tags(line, reviewer, tags, django_assert_max_num_queries):
    chosen = [make_tag() for _ in range(tags)]
    publish()
    make_task(line)
    task = claim(reviewer, line)
    rulebook.load(line=line.pk)

    # savepoint, lock, merged tags and two for guidelines (asked for the first time), write, release
    with django_assert_max_num_queries(7):
        make_review(task, add(*chosen))
