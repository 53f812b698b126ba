"""Real workers that are killed, and a broker that goes away: every video gets its suggestions exactly once."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db.models import Count
from django.urls import reverse

from ml.registry import nudges
from tagging import embedded
from tagging.models import Suggestion, SuggestionSet, Video
from tests import stacks
from tests.factories import make_video
from tests.workers import until, worker

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

VIDEOS = 120
QUICK = {"SUGGEST_BATCH": "40", "SUGGEST_LEASE_SECONDS": "3"}


@pytest.fixture
def videos():
    stacks.serve()
    # Long and all different, so that a batch takes long enough to be killed in.
    titles = [" ".join(f"word{n}x{i}" for i in range(60)) for n in range(VIDEOS)]
    rows = [Video(source="workers", external_id=str(n), title=title) for n, title in enumerate(titles)]
    return Video.objects.bulk_create(rows)


def all_have_suggestions():
    return SuggestionSet.objects.count() >= VIDEOS


def schedule():
    """Of a beat that has never run."""
    path = Path(os.environ["TAGWRIGHT_VAR"]) / "beat-of-a-test"
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    return path


def check_each_video_has_its_suggestions_exactly_once():
    assert SuggestionSet.objects.values("video").distinct().count() == SuggestionSet.objects.count() == VIDEOS
    assert not Suggestion.objects.values("suggestion_set", "tag").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert Suggestion.objects.values("suggestion_set").distinct().count() == VIDEOS
    assert not Video.objects.filter(suggesting_until__isnull=False).exists()


def in_hand():
    return Video.objects.filter(suggesting_until__isnull=False).count()


def test_a_batch_whose_worker_is_killed_is_taken_up_by_another(videos):
    with worker("gpu", **QUICK) as first:
        nudges.suggest_waiting()
        until(in_hand, "a batch is claimed", pause=0.002)
        first.kill()
    left_behind = in_hand()
    assert left_behind, "the worker was killed between two batches"
    assert SuggestionSet.objects.count() < VIDEOS

    # Beat runs in the second worker: nobody tells it of the work.
    with worker("gpu,default", "--beat", "--schedule", str(schedule()), **QUICK):
        until(all_have_suggestions, "the second worker does the rest")
        until(lambda: not in_hand(), "every lease is given back")

    check_each_video_has_its_suggestions_exactly_once()


def test_two_workers_at_once_do_not_get_in_each_others_way(videos):
    with worker("gpu", **QUICK), worker("gpu", **QUICK):
        nudges.suggest_waiting()
        nudges.suggest_waiting()
        until(all_have_suggestions, "two workers do the work")
        until(lambda: not in_hand(), "every lease is given back")

    check_each_video_has_its_suggestions_exactly_once()


def test_a_promotion_on_the_page_sets_a_worker_going(client, sign_in):
    version = stacks.serve(state="candidate")
    video = make_video()
    sign_in("admin")
    with worker("gpu"):
        client.post(reverse("registry:promote", args=[version.pk]))
        until(video.suggestion_sets.exists, "the worker makes suggestions")

    assert video.suggestion_sets.get().model_version == version


def test_a_broker_that_stops_and_comes_back_loses_nothing(videos, tmp_path):
    environment = QUICK | {"SUGGEST_BATCH": "15", "CELERY_BROKER_URL": embedded.broker_url(tmp_path)}
    with ExitStack() as stack:
        with embedded.redis(tmp_path):
            alive = stack.enter_context(worker("gpu,default", "--beat", "--schedule", str(schedule()), **environment))
            until(SuggestionSet.objects.exists, "the first suggestions are there")
        assert SuggestionSet.objects.count() < VIDEOS, "the broker went away too late to matter"
        with embedded.redis(tmp_path):  # it comes back empty: every message is lost
            until(all_have_suggestions, "the worker goes on after the broker came back")
            until(lambda: not in_hand(), "every lease is given back")
            assert alive.lives, "it is the same worker"
            alive.stop()

    check_each_video_has_its_suggestions_exactly_once()
