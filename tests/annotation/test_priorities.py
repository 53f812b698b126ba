"""What comes first: clips the models are unsure of or quarrel about."""

import pytest

from annotation import priorities
from annotation.models import ReviewTask
from tagging.models import LinePolicy, SuggestionSet
from tagging.signals import suggested
from tests.annotation.factories import publish
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_video


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


@pytest.mark.django_db
def test_suggestions_open_tasks_for_each_line_that_wants_a_person(django_assert_max_num_queries):
    careful, trusting = make_line(overlap=2), make_line()
    LinePolicy.objects.create(business_line=trusting, auto_accept=0.9)
    tag = make_tag()
    taxonomy, model = publish(), make_model()
    sure, unsure = make_video(), make_video()
    make_suggestions(sure, {tag: 0.95}, model=model, taxonomy=taxonomy)
    make_suggestions(unsure, {tag: 0.55}, model=model, taxonomy=taxonomy)

    with django_assert_max_num_queries(8):
        suggested.send(SuggestionSet, video_ids=[sure.pk, unsure.pk], model_version=model, taxonomy_version=taxonomy)

    tasks = set(ReviewTask.objects.values_list("business_line", "video", "slot"))
    both = {(careful.pk, video.pk, slot) for video in (sure, unsure) for slot in (1, 2)}
    assert tasks == both | {(trusting.pk, unsure.pk, 1)}
    first = ReviewTask.objects.filter(business_line=careful).order_by("-priority").first()
    assert (first.video, first.why) == (unsure, {"unsure": 1, "split": 0})
