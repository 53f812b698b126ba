"""What people do in the same moment, on real PostgreSQL with a connection each."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from annotation import queue, reviews, waiting
from annotation.models import Review, ReviewTask
from tagging.models import VideoTag
from tests.annotation.factories import add, claim, make_review, make_task, publish
from tests.factories import make_line, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls: Callable[[], object]) -> list[object]:
    """Run all calls at once, each with its own connection; returns what they return or raise."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        asked = [pool.submit(run, call) for call in calls]
        return [future.exception() or future.result() for future in asked]


def test_fifty_people_claim_and_no_clip_is_handed_out_twice():
    line = make_line()
    videos = [make_video() for _ in range(120)]
    waiting.open_tasks([waiting.Wanted(video.pk, line.pk) for video in videos])
    people = [make_user(role=None) for _ in range(50)]

    def claim_two(person):
        return [queue.claim(person, line).pk for _ in range(2)]

    claimed = [pk for pair in together(*(lambda p=p: claim_two(p) for p in people)) for pk in pair]

    assert len(claimed) == len(set(claimed)) == 100


def test_with_fewer_clips_than_people_the_rest_get_nothing():
    line = make_line()
    for _ in range(10):
        make_task(line)
    people = [make_user(role=None) for _ in range(30)]

    claimed = together(*(lambda p=p: queue.claim(p, line) for p in people))

    assert len({task.pk for task in claimed if task}) == 10
    assert claimed.count(None) == 20


def test_an_expired_lease_is_taken_by_one():
    line = make_line()
    make_task(line)
    claim(make_user(), line)
    ReviewTask.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    people = [make_user(role=None) for _ in range(10)]

    claimed = together(*(lambda p=p: queue.claim(p, line) for p in people))

    assert sum(task is not None for task in claimed) == 1


def test_one_person_in_many_windows_never_gets_two_slots_of_a_video(settings):
    settings.REVIEW_CLAIMS_HELD = 20
    line = make_line(overlap=9)
    waiting.open_tasks([waiting.Wanted(make_video().pk, line.pk)])
    person = make_user()

    together(*(lambda: queue.claim(person, line) for _ in range(8)))

    assert ReviewTask.objects.filter(reviewer=person).count() == 1


def test_a_review_sent_many_times_at_once_is_stored_once():
    line, dunk = make_line(), make_tag()
    publish()
    make_task(line)
    task, operation = claim(make_user(), line), uuid.uuid4()

    answers = together(*(lambda: make_review(task, add(dunk), operation=operation) for _ in range(8)))

    assert {answer.pk for answer in answers} == {Review.objects.get().pk}


def test_of_two_different_reviews_of_one_task_one_is_stored():
    line, dunk, street = make_line(), make_tag(), make_tag()
    publish()
    make_task(line)
    task = claim(make_user(), line)

    answers = together(lambda: make_review(task, add(dunk)), lambda: make_review(task, add(street)))

    assert sorted(type(answer) for answer in answers if not isinstance(answer, Review)) == [queue.LeaseLost]
    assert Review.objects.count() == VideoTag.objects.count() == 1


def test_two_reviewers_of_one_video_do_not_spoil_its_tags():
    line, dunk, street = make_line(overlap=2), make_tag("a"), make_tag("b")
    publish()
    waiting.open_tasks([waiting.Wanted(make_video().pk, line.pk)])
    tasks = [claim(make_user(), line) for _ in range(2)]

    answers = together(*(lambda t=t: make_review(t, add(dunk, street)) for t in tasks))

    assert all(isinstance(answer, Review) for answer in answers)
    assert VideoTag.objects.count() == 2


def test_a_review_and_a_new_claim_after_the_lease_ran_out_do_not_both_win():
    line, dunk = make_line(), make_tag()
    publish()
    make_task(line)
    task, other = claim(make_user(), line), make_user()
    ReviewTask.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    review, taken = together(lambda: make_review(task, add(dunk)), lambda: queue.claim(other, line))

    assert isinstance(review, Review) == (taken is None)


def test_undone_in_two_windows_at_once_each_review_is_undone_once():
    line, dunk = make_line(), make_tag()
    publish()
    make_task(line)
    reviewer = make_user()
    make_review(claim(reviewer, line), add(dunk))

    together(*(lambda: reviews.undo(reviewer=reviewer, operation=uuid.uuid4()) for _ in range(6)))

    assert Review.objects.filter(kind="undo").count() == 1
    assert ReviewTask.objects.claimed_by(reviewer).count() == 1


def test_an_undo_sent_many_times_at_once_is_stored_once():
    line, dunk = make_line(), make_tag()
    publish()
    make_task(line)
    reviewer, operation = make_user(), uuid.uuid4()
    make_review(claim(reviewer, line), add(dunk))

    answers = together(*(lambda: reviews.undo(reviewer=reviewer, operation=operation) for _ in range(6)))

    assert {answer.pk for answer in answers} == {Review.objects.get(kind="undo").pk}
