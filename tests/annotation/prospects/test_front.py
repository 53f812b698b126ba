"""The front of a queue is put in order by what clips are like, in a worker that has the stack's vectors."""

import uuid

import numpy as np
import pytest
from django.db import OperationalError, connection, connections

from annotation import tasks
from annotation.models import Prospect, Review, ReviewTask
from annotation.prospects import candidates, front, places, rescoring
from taxonomy import versions
from tests import stacks
from tests.annotation.factories import make_task
from tests.factories import make_line, make_user, make_video


def test_priorities_are_given_out_anew_and_none_is_made_up():
    placed = places.exchanged(np.array([0.9, 0.2, 0.5]), np.array([0.1, 0.8, 0.3]))

    assert placed.tolist() == pytest.approx([0.2, 0.9, 0.5])


def test_clips_of_equal_priority_stand_in_their_order_too():
    placed = places.exchanged(np.array([0.5, 0.5, 0.5, 0.1]), np.array([0.1, 0.8, 0.3, 0.2]))

    assert np.argsort(-placed).tolist() == [1, 2, 3, 0]
    assert sorted(placed.tolist()) == pytest.approx([0.1, 0.5, 0.5, 0.5])


def make_prospect(line, title, **kw):
    """A waiting task of whose clip all models said the same."""
    task = make_task(line, video=make_video(title=title), **kw)
    packed = candidates.pack([(9001, 0.3, 1.0)])
    Prospect.objects.create(video=task.video, business_line=line, candidates=packed, novelty=0.5, conflicts=0)
    return task


def queue(line):
    return [task.video.title for task in ReviewTask.objects.filter(business_line=line).order_by("-priority", "pk")]


@pytest.mark.django_db
def test_a_clip_like_one_that_came_before_waits_for_another_kind(django_assert_max_num_queries):
    """Weighed one by one the fishing clips stand together; by what they are like, each kind has its turn."""
    stacks.serve()
    line = make_line()
    for n, title in enumerate(
        ["Fishing at the lake", "fishing at the lake", "Fishing at the lake!", "Repairing a car"]
    ):
        make_prospect(line, title, priority=0.9 - n / 10)
    drawn = make_prospect(line, "Cooking a soup", audit=True, priority=0.95)

    with django_assert_max_num_queries(20):
        tasks.spread_fronts()

    assert queue(line)[0] == drawn.video.title
    assert "Repairing a car" in queue(line)[1:3]
    assert sorted(ReviewTask.objects.values_list("priority", flat=True)) == pytest.approx([0.6, 0.7, 0.8, 0.9, 0.95])
    assert ReviewTask.objects.filter(why__typical=1).count() == 4


@pytest.mark.django_db
def test_what_was_reviewed_since_the_training_is_no_news():
    stacks.serve()
    line = make_line()
    for title in ("Fishing at the lake", "Repairing a car"):
        make_prospect(line, title, priority=0.5)
    for n in range(5):
        task = make_task(line, video=make_video(title=f"Repairing a car {n}"), state="done")
        Review.objects.create(
            task=task, reviewer=make_user(), operation=uuid.uuid4(), taxonomy_version=versions.current()
        )
    ReviewTask.objects.filter(video__title="Repairing a car").update(priority=0.6)

    assert front.spread(line) == 2

    assert queue(line)[:1] == ["Fishing at the lake"]


@pytest.mark.django_db
def test_no_place_is_given_out_while_tasks_are_weighed():
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [places.LOCK])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20ms'")
        with pytest.raises(OperationalError, match="lock timeout"), places.changing():
            pass
    finally:
        other.close()
    with places.changing():
        places.keep(make_line().pk, [])


@pytest.mark.django_db
def test_a_clip_like_the_newest_comes_first_though_those_are_not_to_choose_from():
    stacks.serve()
    line = make_line()
    for title in ("Fishing at the lake", "Repairing a car"):
        make_prospect(line, title, priority=0.5)
    for n in range(3):
        make_prospect(line, f"Repairing a car {n}", audit=True, priority=0)

    front.spread(line)

    assert queue(line)[0] == "Repairing a car"


@pytest.mark.django_db
def test_without_a_model_the_queue_stays_as_it_is(line):
    make_prospect(line, "Fishing at the lake", priority=0.5)

    assert front.spread(line) == 0


@pytest.mark.django_db
def test_weighing_again_leaves_the_front_in_its_order():
    """The more novel weighs more; in the front they stand the other way round, and keep to it."""
    line, told = make_line(), {}
    for n, novelty in enumerate([0.1, 0.9, 0.5]):
        task = make_prospect(line, f"clip {n}", priority=n)
        told[n] = task.video_id
        Prospect.objects.filter(video=task.video).update(novelty=novelty, candidates=b"")
    rescoring.rescore()
    assert queue(line) == ["clip 1", "clip 2", "clip 0"]
    weights = sorted(ReviewTask.objects.values_list("priority", flat=True))
    places.keep(line.pk, [told[0], told[2], told[1]])

    assert rescoring.rescore(batch=2) == 3

    assert queue(line) == ["clip 0", "clip 2", "clip 1"]
    assert sorted(ReviewTask.objects.values_list("priority", flat=True)) == pytest.approx(weights)
    assert ReviewTask.objects.filter(why__typical=1).count() == 3
    places.keep(line.pk, [])
    rescoring.rescore()
    assert queue(line) == ["clip 1", "clip 2", "clip 0"]
    assert not ReviewTask.objects.filter(why__typical=1).exists()
