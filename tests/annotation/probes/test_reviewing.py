"""Reviewing a probed clip: what is shown, what is stored, what the reviewer finds again."""

import uuid

import pytest

from annotation import priority_words, reviews, snapshots, tag_figures, workbench
from annotation.models import ProbeAnswer, Review, ReviewTask, Verdict
from annotation.verdicts import Said
from tagging.models import Suggestion, VideoTag
from taxonomy.models import BusinessLine, Rule
from tests.annotation.factories import claim, make_review, make_task, publish
from tests.annotation.probes.factories import make_probe
from tests.factories import make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def dunk():
    return make_tag("Slam dunk")


@pytest.fixture
def seed():
    return make_tag("Ice hockey")


@pytest.fixture
def task(line, dunk, street, seed):
    video = make_video(title="He dunks at the street court")
    make_suggestions(video, {dunk: 0.9, street: 0.6}, model=make_model(), taxonomy=publish())
    make_task(line, video=video, why={"unsure": 2})
    return claim(make_user(lines=(line,)), line)


def shown(task):
    return [p.tag for p in workbench.clip(task).proposals]


def accept_all(task, **kw):
    clip = workbench.clip(task)
    said = [Said(p.tag, "accept") for p in clip.proposals]
    return make_review(task, [*said, *kw.pop("more", [])], model_version=clip.model_version, **kw)


def tags_of(task):
    return set(VideoTag.objects.filter(video=task.video_id).values_list("tag", flat=True))


def test_a_blind_clip_shows_nothing_that_the_models_said(task):
    make_probe(task, "blind")

    clip = workbench.clip(task)

    assert clip.proposals == []
    assert clip.why == priority_words.why({"nothing_found": 1})
    assert all(not segment.tags for field in clip.text_fields for segment in field.segments)


def test_tags_found_blind_are_labels_but_tell_nothing_of_the_suggestions(task, dunk):
    make_probe(task, "blind")

    review = make_review(task, [Said(dunk.pk, "add")], model_version=workbench.clip(task).model_version)

    assert tags_of(task) == {dunk.pk}
    assert review.verdicts.get().suggestion is None
    figures = tag_figures.load(dunk.pk, BusinessLine.objects.all())
    assert (figures.videos, figures.proposed) == (1, 0)


def test_a_seeded_tag_is_shown_among_the_others(task, dunk, street, seed):
    make_probe(task, "wrong", seed)

    assert shown(task) == [dunk.pk, seed.pk, street.pk]


def test_an_accepted_seed_is_neither_a_label_nor_a_verdict_nor_training_data(task, dunk, street, seed):
    probe = make_probe(task, "wrong", seed)

    review = accept_all(task)

    assert tags_of(task) == {dunk.pk, street.pk}
    assert not Verdict.objects.filter(tag=seed).exists()
    (answer,) = ProbeAnswer.objects.all()
    assert (answer.probe, answer.review, answer.choice) == (probe, review, "accept")
    (video,) = snapshots._videos({dunk.pk, street.pk, seed.pk})
    assert (video["tags"], video["rejected"]) == (sorted([dunk.pk, street.pk]), [])


def test_a_rejected_seed_is_no_negative_example(task, dunk, street, seed):
    make_probe(task, "wrong", seed)

    said = [Said(dunk.pk, "accept"), Said(street.pk, "accept"), Said(seed.pk, "reject", "wrong")]
    make_review(task, said, model_version=workbench.clip(task).model_version)

    (video,) = snapshots._videos({dunk.pk, street.pk, seed.pk})
    assert video["rejected"] == []
    assert ProbeAnswer.objects.get().choice == "reject"


def test_a_probed_review_is_no_figure_of_acceptance(task, dunk, seed):
    make_probe(task, "wrong", seed)

    accept_all(task)

    assert tag_figures.load(dunk.pk, BusinessLine.objects.all()).proposed == 0
    assert tag_figures.load(seed.pk, BusinessLine.objects.all()).proposed == 0


def test_what_only_a_seed_made_possible_goes_with_it(task, dunk, street, seed):
    crowd = make_tag("Crowd")
    Rule.objects.create(kind="requires", subject=crowd).others.add(seed)
    publish()
    make_probe(task, "wrong", seed)

    accept_all(task, more=[Said(crowd.pk, "add")])

    assert tags_of(task) == {dunk.pk, street.pk}


def test_a_tag_that_is_left_out_may_be_added_and_is_a_label_then(task, dunk, street):
    make_probe(task, "missing", dunk)

    assert shown(task) == [street.pk]
    with pytest.raises(reviews.Refused):
        make_review(
            task,
            [Said(dunk.pk, "accept"), Said(street.pk, "accept")],
            model_version=workbench.clip(task).model_version,
        )
    accept_all(task, more=[Said(dunk.pk, "add")])

    assert tags_of(task) == {dunk.pk, street.pk}
    assert ProbeAnswer.objects.get().choice == "add"
    assert Verdict.objects.get(tag=dunk).suggestion is None


def test_a_tag_that_nobody_missed(task, dunk):
    make_probe(task, "missing", dunk)

    accept_all(task)

    assert ProbeAnswer.objects.get().choice == ""


def test_sent_twice_a_probed_review_gets_the_same_answer(task, seed):
    make_probe(task, "wrong", seed)
    operation = uuid.uuid4()
    said = [Said(p.tag, "accept") for p in workbench.clip(task).proposals]
    model = workbench.clip(task).model_version

    first, second = (make_review(task, said, operation=operation, model_version=model) for _ in range(2))

    assert first == second
    assert ProbeAnswer.objects.count() == 1
    with pytest.raises(reviews.OperationReused):
        make_review(task, said[:1], operation=operation, model_version=model)


def test_undone_it_comes_back_with_what_was_said_of_the_seed(task, dunk, street, seed):
    make_probe(task, "wrong", seed)
    clip = workbench.clip(task)
    said = [Said(dunk.pk, "accept"), Said(street.pk, "accept"), Said(seed.pk, "replace", "", dunk.pk)]
    make_review(task, said, model_version=clip.model_version)

    undoing = reviews.undo(reviewer=task.reviewer, operation=uuid.uuid4())

    again = workbench.clip(undoing.task)
    assert {p.tag: p.verdict for p in again.proposals} == {dunk.pk: "accept", seed.pk: "replace", street.pk: "accept"}
    assert tags_of(task) == set()
    accept_all(undoing.task)
    assert tags_of(task) == {dunk.pk, street.pk}
    in_force = ProbeAnswer.objects.filter(review__undone_by=None)
    assert [answer.choice for answer in in_force] == ["accept"]


def test_a_clip_that_is_reviewed_again_later_is_shown_as_it_is(task, dunk, street, seed):
    make_probe(task, "wrong", seed)
    accept_all(task)
    ReviewTask.objects.filter(pk=task.pk).update(state="waiting", reviewer=None)
    task = claim(task.reviewer, task.business_line)

    assert shown(task) == [dunk.pk, street.pk]


def test_the_reviewer_finds_what_they_said_of_a_seed_in_their_history(client, task, dunk, street, seed):
    make_probe(task, "wrong", seed)
    clip = workbench.clip(task)
    said = [Said(dunk.pk, "accept"), Said(street.pk, "replace", "", seed.pk), Said(seed.pk, "accept")]
    make_review(task, said, model_version=clip.model_version)
    client.force_login(task.reviewer)

    page = client.get("/history/").content.decode()
    (told,) = client.get("/api/reviews/").json()["results"]
    of_video = client.get(f"/api/videos/{task.video_id}/reviews/").json()["results"][0]

    assert "✓ Ice hockey" in page
    assert "Streetball → Ice hockey" in page
    sent = {(v["tag"], v["choice"], v["replacement"]) for v in told["verdicts"]}
    assert sent == {(dunk.pk, "accept", None), (street.pk, "replace", seed.pk), (seed.pk, "accept", None)}
    assert all(verdict["confidence"] for verdict in told["verdicts"])
    assert of_video == told
    client.force_login(make_user("admin"))
    stored = client.get(f"/api/videos/{task.video_id}/reviews/").json()["results"][0]["verdicts"]
    assert {(v["tag"], v["choice"]) for v in stored} == {(dunk.pk, "accept"), (street.pk, "reject")}


def test_answers_are_append_only(task, seed):
    make_probe(task, "wrong", seed)
    accept_all(task)

    with pytest.raises(Exception, match="append-only"):
        ProbeAnswer.objects.update(choice="reject")


def test_the_model_that_proposes_the_seed_after_all_makes_it_a_tag_like_others(task, seed):
    make_probe(task, "wrong", seed)
    made = Suggestion.objects.first().suggestion_set
    Suggestion.objects.create(suggestion_set=made, tag=seed, confidence=0.8, consistent=True, recallers={}, evidence={})

    accept_all(task)

    assert seed.pk in tags_of(task)
    assert Review.objects.get().verdicts.filter(tag=seed).exists()
