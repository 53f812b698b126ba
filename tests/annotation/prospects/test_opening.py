"""What suggestions do to the queue: what comes first, who is asked, what leaves it again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.models import Prospect, ReviewTask, TagWeight
from annotation.prospects import candidates
from ml.types import Proposal
from tagging import outcomes
from tagging.models import LinePolicy, SuggestionSet
from tagging.signals import suggested
from tests.annotation.factories import publish
from tests.factories import make_line, make_model, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


def tell(scores, taxonomy, recallers=None, likeness=None):
    """Say that videos got suggestions; scores: video -> tag -> confidence."""
    named = recallers or {}
    proposals = {
        video.pk: [Proposal(tag.pk, confidence, named.get(tag, {"one": 1.0})) for tag, confidence in said.items()]
        for video, said in scores.items()
    }
    said = outcomes.of(proposals, taxonomy)
    if likeness is not None:
        said = {video: outcomes.Outcome(o.proposals, o.consistent, o.decisions, likeness) for video, o in said.items()}
    suggested.send(SuggestionSet, outcomes=said, model_version=make_model(), taxonomy_version=taxonomy)


def first(line):
    return ReviewTask.objects.filter(business_line=line).order_by("-priority", "pk").first()


@pytest.fixture
def tag():
    return make_tag()


def test_suggestions_open_tasks_for_each_line_that_wants_a_person(tag, django_assert_max_num_queries):
    careful, trusting = make_line(overlap=2), make_line()
    LinePolicy.objects.create(business_line=trusting, auto_accept=0.9)
    taxonomy = publish()
    sure, unsure = make_video(), make_video()

    with django_assert_max_num_queries(15):
        tell({sure: {tag: 0.95}, unsure: {tag: 0.35}}, taxonomy)

    tasks = set(ReviewTask.objects.values_list("business_line", "video", "slot"))
    both = {(careful.pk, video.pk, slot) for video in (sure, unsure) for slot in (1, 2)}
    assert tasks == both | {(trusting.pk, unsure.pk, 1)}
    assert (first(careful).video, first(careful).why) == (unsure, {"unsure": 1, "rare": 1})


def test_a_task_leaves_the_queue_when_the_models_have_become_sure(tag):
    careful, trusting = make_line(), make_line(overlap=2)
    LinePolicy.objects.create(business_line=trusting, auto_accept=0.9)
    taxonomy, video = publish(), make_video()
    tell({video: {tag: 0.55}}, taxonomy)

    tell({video: {tag: 0.95}}, taxonomy)

    assert list(ReviewTask.objects.values_list("business_line", flat=True)) == [careful.pk]


@pytest.mark.parametrize("state", ["claimed", "skipped"])
def test_a_task_that_somebody_had_in_hand_stays(tag, state):
    line, reviewer = make_line(), make_user("annotator")
    LinePolicy.objects.create(business_line=line, auto_accept=0.9)
    taxonomy, video = publish(), make_video()
    tell({video: {tag: 0.55}}, taxonomy)
    ReviewTask.objects.update(state=state, reviewer=reviewer, lease_until=timezone.now() + timedelta(minutes=1))

    tell({video: {tag: 0.95}}, taxonomy)

    assert ReviewTask.objects.get().state == state


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


def test_what_was_said_of_a_drawn_clip_is_kept_though_nobody_has_to_look(tag, settings):
    settings.AUDIT_PERCENT = 100
    line = make_line()
    LinePolicy.objects.create(business_line=line, auto_accept=0.9)
    video = make_video()

    tell({video: {tag: 0.95}}, publish())

    assert ReviewTask.objects.get().audit
    assert Prospect.objects.get().video == video


def test_only_clips_with_a_task_are_prospects(tag):
    line = make_line()
    LinePolicy.objects.create(business_line=line, auto_accept=0.9)

    tell({make_video(): {tag: 0.95}}, publish())

    assert not Prospect.objects.exists()


def test_the_line_policy_says_what_unsure_means(tag):
    """0.8 is as sure as can be for one line, and just what the other one may or may not show."""
    lax, strict = make_line(), make_line()
    LinePolicy.objects.create(business_line=lax, threshold=0.05)
    LinePolicy.objects.create(business_line=strict, threshold=0.8)
    near, far = make_video(), make_video()

    tell({near: {tag: 0.8}, far: {tag: 0.06}}, publish())

    assert "unsure" in ReviewTask.objects.get(business_line=strict, video=near).why
    assert "unsure" not in ReviewTask.objects.get(business_line=lax, video=near).why
    assert "unsure" in ReviewTask.objects.get(business_line=lax, video=far).why


def test_recallers_that_disagree_are_a_reason(tag):
    line, other, video = make_line(), make_tag(), make_video()
    both, one = {"words": 0.9, "pictures": 0.8}, {"words": 0.9}

    tell({video: {tag: 0.9, other: 0.9}}, publish(), {tag: both, other: one})

    assert first(line).why["split"] == 1
    _start, found = candidates.unpack([bytes(Prospect.objects.get().candidates)])
    assert dict(zip(found["tag"].tolist(), found["votes"].tolist(), strict=True)) == {tag.pk: 1.0, other.pk: 0.5}


def test_a_clip_unlike_all_that_were_learned_from_comes_first(tag):
    line, taxonomy, strange, usual = make_line(), publish(), make_video(), make_video()

    tell({strange: {tag: 0.9}}, taxonomy, likeness=0.1)
    tell({usual: {tag: 0.9}}, taxonomy, likeness=0.95)

    assert first(line).video == strange
    assert first(line).why["new"] == 1


def test_a_clip_without_any_proposal_says_so():
    line, video = make_line(), make_video()

    tell({video: {}}, publish())

    assert first(line).why == {"nothing_found": 1}


def test_tags_that_matter_more_to_a_line_come_earlier_there(tag):
    line, other, parent = make_line(), make_line(), make_tag()
    child = make_tag(parent=parent)
    TagWeight.objects.create(business_line=line, tag=parent, weight=3)
    plain, wanted = make_video(), make_video()

    tell({plain: {tag: 0.9}, wanted: {child: 0.9}}, publish())

    assert first(line).video == wanted
    assert first(line).why["worth"] == 1
    assert "worth" not in ReviewTask.objects.get(business_line=other, video=wanted).why
