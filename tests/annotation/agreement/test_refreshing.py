"""Figures of agreement and skills, kept in tables and refreshed when reviews come or go."""

from uuid import uuid4

import pytest

from annotation import reviews
from annotation.agreement import dawid_skene, gold_answers, refreshing, reports
from annotation.models import Consensus, Figure, Probe, ProbeAnswer, Review, ReviewTask, Skill, Verdict, Window
from tests.annotation.agreement.factories import given
from tests.annotation.factories import make_task, publish
from tests.annotation.probes.factories import LOOKS, make_gold
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [make_user() for _ in range(3)]


@pytest.fixture
def tags():
    sports = make_tag("Sports")
    return [make_tag(name, parent=sports) for name in ("Slam dunk", "Streetball")]


@pytest.fixture
def reviewed(line, people, tags):
    """Forty clips that three people reviewed: the third says the opposite of the others on every second one."""
    taxonomy = publish()
    line.overlap = 3
    line.save()
    videos = [make_video() for _ in range(40)]
    tasks = ReviewTask.objects.bulk_create(
        ReviewTask(video=video, business_line=line, slot=slot, state="done", reviewer=person, done_at=video.created_at)
        for video in videos
        for slot, person in enumerate(people, 1)
    )
    for task in tasks:
        task.current_review = Review(task=task, reviewer=task.reviewer, operation=uuid4(), taxonomy_version=taxonomy)
    Review.objects.bulk_create(task.current_review for task in tasks)
    for task in tasks:
        task.current_review_id = task.current_review.pk
    ReviewTask.objects.bulk_update(tasks, ["current_review"])
    Verdict.objects.bulk_create(
        Verdict(
            review=task.current_review,
            tag=tag,
            choice="accept" if yes == (tag == tags[0]) else "reject",
            confidence=0.9 if tag == tags[0] else 0.4,
        )
        for place, task in enumerate(tasks)
        for tag in tags
        for yes in [(place // 3 % 3 > 0) != (task.slot == 3 and place // 3 % 2 == 0)]
    )
    return videos


def test_a_line_is_measured(line, people, tags, reviewed, django_assert_max_num_queries):
    assert refreshing.refresh(line)

    with django_assert_max_num_queries(4):
        report = reports.of_line(line)

    assert (report.window.clips, report.window.reviews) == (40, 120)
    assert 0 < report.alpha.value < 1
    assert report.alpha.low < report.alpha.value < report.alpha.high
    assert [figure.tag for figure in report.branches] == [tags[0].parent]
    assert {figure.tag for figure in report.tags} == set(tags)
    agreeing = [alpha for alpha, _kappa in report.pairs if {alpha.first, alpha.second} == set(people[:2])]
    assert [alpha.value for alpha in agreeing] == [1]
    assert report.pairs[-1][0] == agreeing[0], "the lowest come first"


def test_reviewers_skills_are_learned_and_weigh(line, people, tags, reviewed):
    refreshing.refresh(line)

    skills = {skill.reviewer: skill for skill in Skill.objects.filter(business_line=line)}
    assert skills[people[0]].sensitivity > 0.9
    assert skills[people[2]].sensitivity < 0.7
    assert skills[people[0]].answers == 80
    assert set(skills) == {*people, None}
    assert given(reviewed[0], line) == {"Streetball"}, "it was settled anew"
    assert Consensus.objects.filter(video=reviewed[0], given=True).get().confidence > 0.9


def test_nothing_new_is_nothing_to_do(line, reviewed, django_assert_num_queries):
    refreshing.refresh(line)

    with django_assert_num_queries(5):
        assert not refreshing.refresh(line)


def test_an_undone_review_is_left_out(line, people, reviewed):
    refreshing.refresh(line)

    reviews.undo(reviewer=people[0], operation=uuid4())

    assert refreshing.refresh(line)
    assert Window.objects.get().reviews == 119


def test_probed_reviews_are_left_out(line, people, reviewed):
    for task in ReviewTask.objects.filter(video=reviewed[0])[:2]:
        Probe.objects.create(task=task, reviewer=task.reviewer, kind="blind")
    Probe.objects.create(task=ReviewTask.objects.filter(video=reviewed[1])[0], reviewer=make_user(), kind="blind")

    refreshing.refresh(line)

    window = Window.objects.get()
    assert (window.clips, window.reviews) == (39, 117), "one review of the first clip is left, which tells nothing"


def test_clips_with_one_review_tell_nothing(line, reviewed):
    other = make_line()

    assert not refreshing.refresh(other)
    refreshing.refresh_all()

    assert set(Figure.objects.values_list("business_line", flat=True)) == {line.pk}


def test_few_clips_teach_nothing_of_reviewers(line, reviewed):
    ReviewTask.objects.filter(video__in=reviewed[15:]).update(state="skipped")

    refreshing.refresh(line)

    assert Window.objects.get().clips == 15
    assert not Skill.objects.exists()
    assert Figure.objects.filter(measure="alpha", tag=None, first=None).exists()


def test_a_line_without_a_report_has_an_empty_one(line):
    report = reports.of_line(line)

    assert (report.window, report.alpha, report.tags) == (None, None, ())


def test_the_page_shows_what_was_measured(client, sign_in, line, people, reviewed):
    refreshing.refresh(line)
    sign_in("admin")

    page = client.get("/quality/agreement/").text
    rows = client.get("/quality/agreement/agreement.csv").text.splitlines()
    skills = client.get("/quality/agreement/skills.csv").text

    assert "40 clips" in page
    assert "Slam dunk" in page
    assert rows[0] == "line,measure,about,name,figure,figure_low,figure_high,clips"
    assert {row.split(",")[2] for row in rows[1:]} == {"line", "branch", "tag", "pair"}
    assert people[2].username in skills


def test_the_model_is_believed_as_gold_clips_bear_it_out(line, people, tags, reviewed):
    """It is wrong about each gold clip, and those who saw what it says agree with it."""
    refreshing.refresh(line)
    before, figures = Skill.objects.get(business_line=line, reviewer=None), set(Figure.objects.values_list("pk"))
    model, taxonomy = make_model(), publish()
    for _ in range(12):
        gold = make_gold(line, never=(tags[0],))
        make_suggestions(gold.video, {tags[0]: 0.9}, model=model, taxonomy=taxonomy)
        task = ReviewTask.objects.filter(video=gold.video, state="spare").first()
        ReviewTask.objects.filter(pk=task.pk).update(state="done", reviewer=people[0])
        probe = Probe.objects.create(task=task, reviewer=people[0], kind="gold", gold=gold)
        values = {"task": task, "reviewer": people[0], "operation": uuid4(), "taxonomy_version": taxonomy}
        review = Review.objects.create(kind="gold", **values)
        ProbeAnswer.objects.create(review=review, probe=probe)
        Verdict.objects.create(review=review, tag=tags[0], choice="accept", confidence=0.9)

    assert refreshing.refresh(line), "though no review of the clips that they share came or went"

    skills = {skill.reviewer: skill for skill in Skill.objects.filter(business_line=line)}
    assert skills[None].specificity < before.specificity
    assert skills[None].sensitivity + skills[None].specificity == pytest.approx(1, abs=0.1), "next to a coin"
    first = skills[people[0]]
    own = dawid_skene.Skill(first.sensitivity, first.specificity)
    assert own.swayed(first.independence).specificity < 0.8, "and so did the first reviewer, where it was sure"
    assert first.independence == pytest.approx(0.8)
    assert skills[people[0]].answers == 92
    assert set(Figure.objects.values_list("pk")) == figures, "they rest on the same reviews"
    assert not refreshing.refresh(line), "nothing came since"


def test_what_reviewers_take_over_makes_the_model_count_for_less(line, people, reviewed):
    assert gold_answers.independence(line.pk) == pytest.approx(0.8), "one of five, before anything was seeded"
    task = ReviewTask.objects.filter(business_line=line).first()
    for number in range(15):
        review = Review.objects.create(
            task=task, reviewer=people[0], operation=uuid4(), taxonomy_version=task.current_review.taxonomy_version
        )
        values = {"task": make_task(line), "reviewer": people[0], "tag": make_tag()}
        probe = Probe.objects.create(kind="wrong", shown=LOOKS, **values)
        ProbeAnswer.objects.create(review=review, probe=probe, choice="accept" if number < 9 else "reject")

    assert gold_answers.independence(line.pk) == pytest.approx(1 - 10 / 20)
