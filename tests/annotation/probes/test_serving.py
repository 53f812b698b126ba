"""Which claims become probes, and what is seeded or left out."""

import pytest

from annotation import queue, waiting
from annotation.models import Probe, ReviewTask, TrustPolicy
from annotation.probes import lots, serving
from tagging.models import Suggestion, VideoTag
from tests.annotation.factories import make_review, make_task, publish
from tests.factories import make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def tags():
    return [make_tag() for _ in range(4)]


@pytest.fixture
def model():
    return make_model()


def suggest(tags, model, **kw):
    video = make_video()
    scores = dict(zip(tags, (0.95, 0.85, 0.8, 0.4), strict=False))
    made = make_suggestions(video, scores, model=model, taxonomy=publish())
    Suggestion.objects.filter(suggestion_set=made).update(recallers={"fused.v1": 0.7}, **kw)
    return video


def claim_all(line, reviewer, videos):
    """Claim a task of each video; returns the probes by task."""
    for video in videos:
        make_task(line, video=video)
        task = queue.claim(reviewer, line)
        ReviewTask.objects.filter(pk=task.pk).update(state="done", lease_until=None)
    return {probe.task_id: probe for probe in Probe.objects.filter(reviewer=reviewer)}


def test_the_keyed_hash_decides_which_claims_are_probes(line, tags, model):
    TrustPolicy.objects.create(business_line=line, blind=20, wrong=0, missing=25)
    reviewer = make_user(lines=(line,))

    probes = claim_all(line, reviewer, [suggest(tags, model) for _ in range(12)])

    def kind(task):
        lot = 100 * lots.lot(serving.key(), "probe", task.pk, reviewer.pk)
        return "blind" if lot < 20 else "missing" if lot < 45 else None

    tasks = ReviewTask.objects.filter(reviewer=reviewer)
    assert {task.pk: kind(task) for task in tasks if kind(task)} == {pk: probe.kind for pk, probe in probes.items()}
    assert probes, "no lot fell on a probe"


def test_lines_have_the_shares_of_the_settings_until_they_say_otherwise(line, tags, model, settings):
    settings.PROBE_PERCENT = 90
    reviewer = make_user()
    videos = [suggest(tags, model) for _ in range(8)]

    probed = claim_all(line, reviewer, videos[:6])
    TrustPolicy.objects.create(business_line=line, blind=0, wrong=0, missing=0)

    assert probed
    assert claim_all(line, reviewer, videos[6:]) == probed


def one_probe(line, kind, make, tries=30):
    """Claim clips until one of them is a probe of that kind."""
    TrustPolicy.objects.create(business_line=line, **({"blind": 0, "wrong": 0, "missing": 0} | {kind: 30}))
    reviewer = make_user()
    for _ in range(tries):
        probes = claim_all(line, reviewer, [make()])
        if probes:
            return next(iter(probes.values()))
    return None


def test_a_tag_that_is_left_out_is_one_the_model_is_sure_of(line, tags, model):
    probe = one_probe(line, "missing", lambda: suggest(tags, model))

    assert probe.tag in tags[:3]
    assert probe.shown is None


def test_nothing_is_left_out_of_a_single_suggestion(line, tags, model):
    assert one_probe(line, "missing", lambda: suggest(tags[:1], model), tries=12) is None


def test_a_clip_without_suggestions_is_no_blind_one(line):
    assert one_probe(line, "blind", make_video, tries=12) is None


def test_a_seeded_tag_is_one_that_the_model_proposed_for_a_clip_like_this(line, tags, model):
    seeds = [make_tag() for _ in range(2)]
    alike = suggest(seeds[:1], model)
    suggest(seeds[1:], model)
    evidence = {"spans": [], "similar": [alike.pk], "moment": None}

    probe = one_probe(line, "wrong", lambda: suggest(tags, model, evidence=evidence))

    assert probe.tag == seeds[0]
    assert probe.shown == [0.95, {"fused.v1": 0.7}, {}]


@pytest.mark.parametrize("why_not", ["said of this clip", "given to this clip", "above", "below", "words", "windows"])
def test_what_might_be_right_or_would_be_noticed_is_not_seeded(line, tags, model, why_not):
    seed = make_tag()
    if why_not == "above":
        tags = [make_tag(parent=seed) for _ in range(2)]
    if why_not == "below":
        seed = make_tag(parent=tags[0])
    donor = suggest([seed], model)
    told = {"words": {"spans": [["title", 0, 1]]}, "windows": {"windows": [5.0, [0.5]]}}.get(why_not)
    if told:
        Suggestion.objects.filter(suggestion_set__video=donor).update(evidence=told)

    def make():
        video = suggest([tags[0], seed] if why_not == "said of this clip" else tags, model)
        if why_not == "given to this clip":
            VideoTag.objects.create(video=video, business_line=line, tag=seed, source="review")
        return video

    probe = one_probe(line, "wrong", make, tries=8)

    assert probe is None or probe.tag != seed


def test_a_clip_that_was_reviewed_before_is_not_probed(line, tags, model):
    TrustPolicy.objects.create(business_line=line, blind=30, wrong=30, missing=30)
    for _ in range(6):
        make_task(line, video=suggest(tags, model))
        task = queue.claim(make_user(), line)
        Probe.objects.all().delete()
        make_review(task, [])
        ReviewTask.objects.filter(pk=task.pk).update(state="waiting", reviewer=None)
        assert queue.claim(make_user(), line).pk == task.pk
        ReviewTask.objects.filter(pk=task.pk).update(state="skipped")

    assert not Probe.objects.exists()


def test_a_probed_task_that_nobody_needs_any_more_goes_with_its_probe(line, tags, model):
    probe = one_probe(line, "blind", lambda: suggest(tags, model))
    ReviewTask.objects.filter(pk=probe.task_id).update(state="waiting", reviewer=None)

    waiting.close_tasks([(probe.task.video_id, line.pk)])

    assert not ReviewTask.objects.filter(pk=probe.task_id).exists()
    assert not Probe.objects.exists()


def test_the_audit_slice_is_shown_as_it_is(line, tags, model):
    TrustPolicy.objects.create(business_line=line, blind=30, wrong=30, missing=30)
    reviewer = make_user()
    for _ in range(8):
        make_task(line, video=suggest(tags, model), audit=True)
        task = queue.claim(reviewer, line)
        ReviewTask.objects.filter(pk=task.pk).update(state="done", lease_until=None)

    assert not Probe.objects.exists()
