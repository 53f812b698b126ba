"""Videos to do get suggestions of the active model, exactly once, whatever happens."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from ml.registry import promotion
from ml.registry.models import ModelVersion
from ml.types import Proposal
from tagging import suggestion_rows, suggestions
from tagging.models import LinePolicy, Suggestion, SuggestionSet, Video, VideoTag
from tagging.signals import suggested
from tagging.suggestion_rows import Failed
from taxonomy import versions
from taxonomy.models import Tag, TagRelation
from tests import stacks
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_video

RAIN = 9001

pytestmark = pytest.mark.django_db


@pytest.fixture
def model():
    return stacks.serve()


def store(model, outcomes):
    return suggestion_rows.store(model, versions.current(), outcomes)


def lease_of(video):
    video.refresh_from_db()
    return video.suggesting_until


def test_a_waiting_video_gets_suggestions_with_their_reasons(model):
    video = make_video(title="Rain over the harbour")

    assert suggestions.suggest_batch() == 1

    stored = SuggestionSet.objects.get()
    assert (stored.video, stored.model_version, stored.error) == (video, model, "")
    best = stored.suggestions.first()
    assert best.tag_id == RAIN
    assert best.consistent
    assert best.evidence["spans"] == [["title", 0, 4]]
    assert "mentions.v1" in best.recallers
    assert lease_of(video) is None


def test_a_video_is_suggested_once(model):
    make_video()

    assert [suggestions.suggest_batch(), suggestions.suggest_batch()] == [1, 0]


def test_before_the_first_promotion_there_is_nothing_to_do():
    make_video()

    assert suggestions.suggest_batch() == 0


def test_a_batch_takes_no_more_than_its_limit(model):
    for _ in range(3):
        make_video()

    assert suggestions.suggest_batch(limit=2) == 2
    assert suggestions.progress() == suggestions.Progress(done=2, total=3)


def test_a_video_in_the_hands_of_a_living_worker_is_left_to_it(model):
    video = make_video(suggesting_until=timezone.now() + timedelta(minutes=1))
    assert suggestions.suggest_batch() == 0

    Video.objects.filter(pk=video.pk).update(suggesting_until=timezone.now() - timedelta(seconds=1))
    assert suggestions.suggest_batch() == 1


def test_media_that_are_not_examined_yet_are_waited_for(model):
    make_video(media_state="pending")

    assert suggestions.suggest_batch() == 0


def test_the_receivers_hear_of_it_in_the_same_transaction(model):
    heard = []

    def listen(**said):
        heard.append((list(said["outcomes"]), said["model_version"], connection.in_atomic_block))

    suggested.connect(listen)
    video = make_video()
    try:
        suggestions.suggest_batch()
    finally:
        suggested.disconnect(listen)

    assert heard == [([video.pk], model, True)]


def test_what_two_workers_made_of_one_video_is_stored_once(model):
    video = make_video()
    outcome = {video.pk: [Proposal(RAIN, 0.9)]}

    assert store(model, outcome) == [video.pk]
    assert store(model, outcome) == []

    assert Suggestion.objects.count() == 1


def test_a_video_reviewed_meanwhile_keeps_what_its_reviewer_saw(model):
    video = make_video(reviewed_at=timezone.now())

    assert store(model, {video.pk: [Proposal(RAIN, 0.9)]}) == []


class Failing:
    """A stack that fails at one video, as a real one might at a strange file."""

    gallery_version = 0
    phrases = {}
    likeness = {}

    def __init__(self, at: str) -> None:
        self.at = at

    def propose(self, videos):
        if any(self.at in video.title for video in videos):
            raise RuntimeError("strange tensor")
        return [[Proposal(RAIN, 0.9)] for _ in videos]


def test_one_video_that_the_stack_fails_at_does_not_hold_up_the_others(model):
    good, bad = [make_video() for _ in range(4)], make_video(title="strange")
    videos = suggestions.inputs([video.pk for video in [*good, bad]])

    store(model, suggestions._propose(Failing("strange"), videos, {}, {}))

    assert Suggestion.objects.count() == 4
    marked = SuggestionSet.objects.get(video=bad)
    assert (marked.failure, marked.error) == ("models", "RuntimeError: strange tensor")
    assert not marked.suggestions.exists()


def test_a_stack_that_fails_at_everything_stores_nothing(model):
    videos = suggestions.inputs([make_video().pk])

    with pytest.raises(RuntimeError):
        suggestions._propose(Failing(""), videos, {}, {})


def test_proposals_of_merged_tags_follow_and_deprecated_ones_are_dropped(model):
    kept = make_tag()
    merged, gone = make_tag(state="merged", merged_into=kept), make_tag(state="deprecated")
    video = make_video()
    versions.publish()

    store(model, {video.pk: [Proposal(gone.pk, 0.9), Proposal(merged.pk, 0.8), Proposal(kept.pk, 0.5)]})

    assert [(s.tag, s.confidence) for s in Suggestion.objects.all()] == [(kept, 0.8)]


def test_a_proposal_of_a_split_tag_is_shared_by_its_parts(model):
    split, (one, other) = make_tag(state="deprecated"), (make_tag(), make_tag())
    for part in (one, other):
        TagRelation.objects.create(tag=split, kind="split_into", other=part)
    video = make_video()
    versions.publish()

    store(model, {video.pk: [Proposal(split.pk, 0.8), Proposal(other.pk, 0.5)]})

    assert [(s.tag, s.confidence) for s in Suggestion.objects.all()] == [(other, 0.5), (one, 0.4)]


def test_after_a_promotion_only_what_nobody_reviewed_is_renewed(model):
    fresh, reviewed = make_video(), make_video()
    suggestions.suggest_batch()
    Video.objects.filter(pk=reviewed.pk).update(reviewed_at=timezone.now())

    better = make_model(bundle="other")
    ModelVersion.objects.filter(pk=model.pk).update(bundle="former")
    ModelVersion.objects.filter(pk=better.pk).update(bundle=stacks.NAME)
    better.refresh_from_db()
    promotion.promote(better)
    assert suggestions.suggest_batch() == 1

    assert set(fresh.suggestion_sets.values_list("model_version", flat=True)) == {model.pk, better.pk}
    assert set(reviewed.suggestion_sets.values_list("model_version", flat=True)) == {model.pk}


@pytest.mark.django_db(transaction=True)
def test_after_a_roll_back_the_former_versions_suggestions_are_the_newest_again(model):
    video = make_video()
    suggestions.suggest_batch()
    other = make_model(bundle="other")
    promotion.promote(other)
    make_suggestions(video, {}, model=other, taxonomy=versions.current())

    promotion.promote(model)

    assert suggestions.suggest_batch() == 1
    assert suggestions.suggest_batch() == 0
    assert video.suggestion_sets.latest("created_at").model_version == model
    assert video.suggestion_sets.count() == 2
    assert Suggestion.objects.filter(suggestion_set__model_version=model, tag=RAIN).count() == 1


def auto_tags(line):
    return set(VideoTag.objects.filter(business_line=line, source="auto").values_list("video", "tag"))


def test_a_line_that_trusts_the_model_takes_sure_videos_without_a_person(model):
    trusting, careful = make_line(), make_line()
    LinePolicy.objects.create(business_line=trusting, threshold=0.5, auto_accept=0.9)
    LinePolicy.objects.create(business_line=careful, threshold=0.5)
    sure, unsure = make_video(), make_video()

    store(model, {sure.pk: [Proposal(RAIN, 0.95)], unsure.pk: [Proposal(RAIN, 0.6)]})

    assert auto_tags(trusting) == {(sure.pk, RAIN)}
    assert auto_tags(careful) == set()


def test_auto_accepted_tags_are_renewed_with_the_suggestions(model):
    line = make_line()
    LinePolicy.objects.create(business_line=line, threshold=0.5, auto_accept=0.9)
    video = make_video()
    store(model, {video.pk: [Proposal(RAIN, 0.95)]})

    better = make_model()
    store(better, {video.pk: [Proposal(RAIN, 0.6)]})

    assert auto_tags(line) == set()


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_video(model):
    for _ in range(10):
        make_video()

    with transaction.atomic():
        first = suggestions._claim(Video.objects.to_suggest(model), 4)
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                free = Video.objects.to_suggest(model).order_by("pk").values("pk")
                query, params = free.query.sql_with_params()
                cursor.execute(f"{query} FOR UPDATE SKIP LOCKED", params)
                second = [pk for (pk,) in cursor.fetchall()]
        finally:
            other.close()

    assert len(first) == 4
    assert len(second) == 6
    assert not set(first) & set(second)


def test_every_stored_tag_is_a_row(model):
    make_video(title="Rain and cooking")
    suggestions.suggest_batch()

    assert set(Suggestion.objects.values_list("tag", flat=True)) <= set(Tag.objects.values_list("pk", flat=True))


def expire_leases():
    Video.objects.update(suggesting_until=timezone.now() - timedelta(seconds=1))


def test_a_video_that_workers_die_over_does_not_take_the_others_down(model, settings):
    settings.SUGGEST_ATTEMPTS = 2
    deadly, good = make_video(), [make_video() for _ in range(2)]
    suggestions._claim(Video.objects.to_suggest(model), 10)  # and the worker dies
    for _ in range(settings.SUGGEST_ATTEMPTS - 1):
        expire_leases()
        assert list(suggestions._claim_tried(Video.objects.to_suggest(model))) == [
            deadly.pk
        ]  # alone, and the worker dies again
    expire_leases()

    while suggestions.suggest_batch():
        pass

    assert deadly.suggestion_sets.get().failure == "worker"
    assert [video.suggestion_sets.get().failure for video in good] == ["", ""]
    assert set(Video.objects.values_list("suggest_attempts", "suggesting_until")) == {(0, None)}


def test_a_video_that_the_models_failed_at_can_be_tried_again(model):
    video = make_video()
    store(model, {video.pk: Failed(SuggestionSet.Failure.WORKER)})
    assert suggestions.suggest_batch() == 0

    assert suggestions.again(video)

    assert suggestions.suggest_batch() == 1
    assert video.suggestion_sets.get().failure == ""
    assert not suggestions.again(video)


def test_a_fault_of_the_machine_does_not_count_against_the_videos(model, monkeypatch):
    video = make_video()
    monkeypatch.setattr(suggestions.serving, "active", lambda: (model, Failing("")))

    with pytest.raises(RuntimeError):
        suggestions.suggest_batch()

    video.refresh_from_db()
    assert video.suggest_attempts == 0
    assert not video.suggestion_sets.exists()
