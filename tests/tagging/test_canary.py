"""A canary's share of the new videos gets its suggestions, and the active version's again when the trial ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ml.registry import canaries, promotion, serving
from ml.registry.models import Canary, ModelVersion
from tagging import canary_share, suggestion_rows, suggestions
from tagging.models import SuggestionSet, Video
from tagging.suggestion_rows import Failed
from taxonomy import versions
from tests import stacks
from tests.factories import make_model, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def model():
    return stacks.serve()


@pytest.fixture
def canary(model):
    """A trial of the same tiny stack under another name."""
    return tried(stacks.train().name)


def tried(bundle, share=50):
    version = make_model(bundle=f"{bundle}/../{bundle}")
    began = timezone.now() - timedelta(minutes=1)  # a test's rows are of one moment, the trial is to be before it
    return canaries.start(version, share=share, started_at=began)


def make_videos(count, **kw):
    numbered = ({"source": "canary", "external_id": str(n), "title": "Rain"} for n in range(count))
    return Video.objects.bulk_create(Video(**one | kw) for one in numbered)


def suggested_by(version):
    return set(SuggestionSet.objects.filter(model_version=version).values_list("video", flat=True))


def in_share(canary):
    return set(Video.objects.filter(canary_share.in_share(canary)).values_list("pk", flat=True))


def test_the_hash_puts_videos_where_sha256_says():
    # printf '0123456789abcdef/7' | sha256sum begins with eef6c01e
    assert canary_share.place("0123456789abcdef", 7) == 0xEEF6C01E


def test_the_share_is_what_the_hash_says_here_and_in_the_database():
    make_videos(1000)

    for share in (1, 10, 50):
        canary = Canary(share=share, started_at=timezone.now() - timedelta(minutes=1))
        drawn = in_share(canary)
        assert drawn == {v.pk for v in Video.objects.all() if canary_share.holds(canary, v.pk, v.created_at)}
        assert canary.places == share * 2**32 // 100
        assert abs(len(drawn) - 10 * share) < 6 * (10 * share * (1 - share / 100)) ** 0.5


def test_only_videos_that_came_since_are_shared_out(model):
    make_videos(50, created_at=timezone.now() - timedelta(hours=1))

    assert in_share(tried("other")) == set()


def test_each_video_is_looked_at_by_the_version_whose_it_is(model, canary):
    make_videos(24)

    assert suggestions.suggest_batch() == 24
    assert suggestions.suggest_batch() == 0

    drawn = in_share(canary)
    assert suggested_by(canary.version) == drawn
    assert suggested_by(model) == set(Video.objects.values_list("pk", flat=True)) - drawn
    assert suggestions.progress() == suggestions.Progress(done=24, total=24)


def test_a_worker_holds_two_pipelines_and_gives_the_canarys_back(model, canary):
    make_videos(24)
    suggestions.suggest_batch()
    assert len(serving._loaded) == 2

    canaries.end(canary, Canary.Outcome.ROLLED_BACK)
    suggestions.suggest_batch()

    assert list(serving._loaded) == [model.folder]


def test_after_a_roll_back_unreviewed_videos_wait_for_the_active_version(model, canary):
    make_videos(24)
    suggestions.suggest_batch()
    seen, *others = sorted(in_share(canary))
    Video.objects.filter(pk=seen).update(reviewed_at=timezone.now())
    assert others, "the draw left too few for this test"

    canaries.end(canary, Canary.Outcome.ROLLED_BACK)

    assert suggestions.progress().waiting == len(others)
    assert suggestions.suggest_batch() == len(others)
    assert set(others) <= suggested_by(model)
    assert seen not in suggested_by(model)


def test_a_promoted_canary_looks_at_all_that_nobody_reviewed(model, canary):
    make_videos(9)
    suggestions.suggest_batch()

    promotion.promote_canary(canary, despite=True)

    assert suggestions.progress().waiting == 9
    assert ModelVersion.objects.active() == canary.version


def test_a_batch_that_is_stored_after_the_roll_back_waits_for_the_active_version(model, canary):
    video = next(v for v in make_videos(24) if v.pk in in_share(canary))
    canaries.end(canary, Canary.Outcome.ROLLED_BACK)

    suggestion_rows.store(canary.version, versions.current(), {video.pk: []})

    assert video in Video.objects.to_suggest(model)


def test_a_canary_that_cannot_be_loaded_ends_its_trial_and_suggestions_go_on(model):
    canary = tried("no-such-bundle")
    make_videos(24)

    while suggestions.suggest_batch():
        pass

    canary.refresh_from_db()
    assert canary.outcome == "failed"
    assert "BundleError" in canary.error
    assert len(suggested_by(model)) == 24
    assert not Video.objects.filter(suggest_attempts__gt=0).exists()


def test_a_video_that_the_canary_failed_at_may_be_tried_again(model, canary):
    video = next(v for v in make_videos(24) if v.pk in in_share(canary))
    failure = Failed(SuggestionSet.Failure.MODELS, "ValueError: odd")
    suggestion_rows.store(canary.version, versions.current(), {video.pk: failure})

    assert suggestions.again(video)

    assert video in Video.objects.to_suggest(model, canary)


def test_without_a_canary_the_question_for_work_is_as_short_as_before(model):
    assert "sha256" not in str(Video.objects.to_suggest(model).query)
    assert not suggestions.again(make_video())
