"""What comes first: clips the models are unsure of or quarrel about."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation import priorities
from annotation.models import ReviewTask
from ml.types import Proposal
from tagging import outcomes
from tagging.models import LinePolicy, SuggestionSet
from tagging.signals import suggested
from tests.annotation.factories import publish
from tests.factories import make_line, make_model, make_tag, make_user, make_video


def test_an_uncertain_tag_comes_before_sure_ones():
    sure, _why = priorities.urgency({1: 0.99, 2: 0.02}, {})
    unsure, why = priorities.urgency({1: 0.99, 2: 0.5}, {})

    assert unsure > sure
    assert why == {"unsure": 1, "split": 0}


def test_recallers_that_disagree_raise_the_priority():
    together = {1: frozenset("abc"), 2: frozenset("abc")}
    apart = {1: frozenset("abc"), 2: frozenset("a")}

    agreed, _why = priorities.urgency({1: 0.9, 2: 0.9}, together)
    split, why = priorities.urgency({1: 0.9, 2: 0.9}, apart)

    assert split == agreed + 0.5
    assert why["split"] == 1


def test_a_clip_without_any_proposal_is_worth_a_look():
    assert priorities.urgency({}, {}) == (1.0, {"nothing_found": 1})


def tell(scores, taxonomy):
    """Say that videos got suggestions; scores: video -> tag -> confidence."""
    proposals = {
        video.pk: [Proposal(tag.pk, confidence) for tag, confidence in said.items()] for video, said in scores.items()
    }
    said = outcomes.of(proposals, taxonomy)
    suggested.send(SuggestionSet, outcomes=said, model_version=make_model(), taxonomy_version=taxonomy)


@pytest.fixture
def tag():
    return make_tag()


@pytest.mark.django_db
def test_suggestions_open_tasks_for_each_line_that_wants_a_person(tag, django_assert_max_num_queries):
    careful, trusting = make_line(overlap=2), make_line()
    LinePolicy.objects.create(business_line=trusting, auto_accept=0.9)
    taxonomy = publish()
    sure, unsure = make_video(), make_video()

    with django_assert_max_num_queries(10):
        tell({sure: {tag: 0.95}, unsure: {tag: 0.55}}, taxonomy)

    tasks = set(ReviewTask.objects.values_list("business_line", "video", "slot"))
    both = {(careful.pk, video.pk, slot) for video in (sure, unsure) for slot in (1, 2)}
    assert tasks == both | {(trusting.pk, unsure.pk, 1)}
    first = ReviewTask.objects.filter(business_line=careful).order_by("-priority").first()
    assert (first.video, first.why) == (unsure, {"unsure": 1, "split": 0})


@pytest.mark.django_db
def test_a_task_leaves_the_queue_when_the_models_have_become_sure(tag):
    careful, trusting = make_line(), make_line(overlap=2)
    LinePolicy.objects.create(business_line=trusting, auto_accept=0.9)
    taxonomy, video = publish(), make_video()
    tell({video: {tag: 0.55}}, taxonomy)

    tell({video: {tag: 0.95}}, taxonomy)

    assert list(ReviewTask.objects.values_list("business_line", flat=True)) == [careful.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["claimed", "skipped"])
def test_a_task_that_somebody_had_in_hand_stays(tag, state):
    line, reviewer = make_line(), make_user("annotator")
    LinePolicy.objects.create(business_line=line, auto_accept=0.9)
    taxonomy, video = publish(), make_video()
    tell({video: {tag: 0.55}}, taxonomy)
    ReviewTask.objects.update(state=state, reviewer=reviewer, lease_until=timezone.now() + timedelta(minutes=1))

    tell({video: {tag: 0.95}}, taxonomy)

    assert ReviewTask.objects.get().state == state


@pytest.mark.django_db
def test_a_line_takes_by_itself_what_its_own_reviewers_bear_out(tag):
    strict, plain = make_line(), make_line()
    for line in (strict, plain):
        LinePolicy.objects.create(business_line=line, auto_accept=0.9)
    version = make_model(metrics={"lines": {str(strict.pk): {"slope": 1.0, "offset": -3.0}}})
    video = make_video()

    said = outcomes.of({video.pk: [Proposal(tag.pk, 0.95)]}, publish(), version)[video.pk].decisions

    assert said[plain.pk].auto_accepted == {tag.pk}
    assert said[strict.pk].needs_review
    assert not said[strict.pk].auto_accepted
