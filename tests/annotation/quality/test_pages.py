"""Pages of figures say what was counted by hand."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.models import Consensus, Probe, ProbeAnswer, Skill, Trust
from annotation.quality.pages import PAGES
from taxonomy.models import Tag
from tests.annotation.quality.factories import make_reviewed, take_back
from tests.factories import make_line, make_model, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return make_line(slug="search", name="Search")


@pytest.fixture
def tags():
    return {name: make_tag(name, code=name.lower()) for name in ("Street", "League", "Court")}


@pytest.fixture
def editor(sign_in):
    return sign_in("editor")


def ago(**kw):
    return timezone.now() - timedelta(**kw)


def rows(client, page, table, **asked):
    """The file of a table."""
    answer = client.get(f"/quality/{page}/{table}.csv", asked)
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def dispute(line, tag, *, settled=False):
    told = {"confidence": 0.5, "given": False, "yes": 1, "no": 1, "silent": 0, "ruled": settled}
    Consensus.objects.create(video=make_video(), business_line=line, tag=tag, doubt=0 if settled else 1, **told)


def seed(review, tag, choice):
    """What was said of a tag that had been seeded as a wrong one."""
    told = {"kind": "wrong", "tag": tag, "shown": {"confidence": 0.9}}
    probe = Probe.objects.create(task=review.task, reviewer=review.reviewer, **told)
    ProbeAnswer.objects.create(review=review, probe=probe, choice=choice)


def some(row, *columns):
    return tuple(float(row[column]) if row[column] else None for column in columns)


def test_empty_pages_say_so(client, editor, line, settings, tmp_path):
    settings.SIMULATION_ROOT = tmp_path
    for page in PAGES:
        address = "/quality/" if page == "hurting" else f"/quality/{page}/"
        answer = client.get(address)
        assert answer.status_code == 200, page
        assert str(PAGES[page][0]) in answer.content.decode()


def test_what_is_not_there_is_not_found(client, editor, line):
    for address in (
        "/quality/?line=none", "/quality/?period=7", "/quality/tags/?order=none", "/quality/tags/?page=0",
        "/quality/tags/none.csv", "/quality/none/tags.csv", "/api/quality/none/",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address


def test_an_admin_sees_only_what_the_scope_says(client, editor, line, tags):
    other, reviewer = make_line(slug="other"), make_user()
    make_reviewed(line, reviewer, ("accept", tags["Street"]))
    make_reviewed(other, reviewer, ("accept", tags["Street"]))
    make_reviewed(line, reviewer, ("accept", tags["Street"]), at=ago(weeks=5))
    make_reviewed(line, reviewer, ("accept", tags["Street"]), at=ago(weeks=52))

    counts = [
        [some(row, "proposed") for row in rows(client, "tags", "tags", **asked)]
        for asked in ({}, {"line": "search"}, {"period": "3m"}, {"period": "all"})
    ]

    assert counts == [[(2,)], [(1,)], [(3,)], [(4,)]]


def test_tags_have_precision_recall_and_confusions(client, editor, line, tags):
    street, league, court = tags.values()
    reviewer = make_user()
    for choice in (("accept", street), ("accept", street), ("reject", street), ("reject", street, "general")):
        make_reviewed(line, reviewer, choice)
    make_reviewed(line, reviewer, ("replace", street, league))
    make_reviewed(line, reviewer, ("accept", league), audit=True)
    make_reviewed(line, reviewer, ("add", league), audit=True, model_version=make_model())
    make_reviewed(line, reviewer, ("replace", court, league), audit=True)
    take_back(make_reviewed(line, reviewer, ("replace", court, street)))

    found = {row["name"]: row for row in rows(client, "tags", "tags")}

    counts = ("accepted", "proposed", "wasted", "unclear", "given", "found", "missed")
    assert some(found["Street"], *counts) == (2, 5, 2, 1, 0, 0, 0)
    assert some(found["League"], *counts) == (1, 1, 3, 0, 3, 1, 2)
    assert some(found["Street"], "precision", "recall") == (0.4, None)
    assert some(found["League"], "precision", "recall") == (1.0, pytest.approx(1 / 3, abs=1e-6))
    pairs = [(row["name"], row["replacement_name"], row["count"]) for row in rows(client, "tags", "confusions")]
    assert sorted(pairs) == [("Court", "League", "1"), ("Street", "League", "1")]
    page = client.get("/quality/tags/", {"q": "leag", "order": "recall"}).content.decode()
    assert "League</a></th>" in page
    assert "Street</a></th><td class" not in page


def test_a_merged_tags_verdicts_are_its_heirs(client, editor, line, tags):
    street, league, court = tags.values()
    reviewer = make_user()
    make_reviewed(line, reviewer, ("accept", street), ("reject", league), ("accept", court))
    Tag.objects.filter(pk=street.pk).update(state="merged", merged_into=league)
    Tag.objects.filter(pk=league.pk).update(state="merged", merged_into=court)

    found = rows(client, "tags", "tags")

    assert [(row["name"], row["accepted"], row["proposed"]) for row in found] == [("Court", "2", "3")]


def test_reviewers_are_held_against_the_others(client, editor, line, tags):
    strict, lax, alone = (make_user(first_name=name) for name in ("Strict", "Lax", "Alone"))
    far = make_line()
    for _ in range(20):
        make_reviewed(line, strict, ("reject", tags["Street"]), confidence=0.65, seconds=8.0)
        make_reviewed(line, lax, ("accept", tags["Street"]), confidence=0.62, seconds=2.0, keystrokes=1, edits=0)
        make_reviewed(far, alone, ("accept", tags["Street"]), confidence=0.62)

    found = {row["name"]: row for row in rows(client, "reviewers", "reviewers")}

    assert some(found["Lax"], "reviews", "seconds", "keystrokes", "shown", "acceptance", "bias") == (20, 2, 1, 20, 1, 1)
    assert some(found["Strict"], "seconds", "keystrokes", "corrections", "acceptance", "bias") == (8, None, 1, 0, -1)
    assert some(found["Alone"], "acceptance", "bias") == (1, None)
    told = client.get("/api/quality/hurting/").json()["hurting"]
    worst = {row["name"]: row for row in told if row["kind"] == "reviewer"}
    assert {name: row["verdicts"] for name, row in worst.items()} == {"Lax": 20, "Strict": 20}
    assert worst["Lax"]["why"].startswith("Accepts 100 % (")
    assert " more than the others do" in worst["Lax"]["why"]
    assert " less than the others do" in worst["Strict"]["why"]


def test_reviewers_are_told_how_often_they_are_wrong(client, editor, line, tags):
    ann, bob = make_user(first_name="Ann"), make_user(first_name="Bob")
    told = {"business_line": line, "share": 0.5, "specificity": 0.9}
    Skill.objects.create(reviewer=ann, sensitivity=0.7, answers=200, **told)
    Skill.objects.create(reviewer=bob, sensitivity=0.7, answers=10, **told)
    for reviewer in (ann, bob):
        for n in range(5):
            review = make_reviewed(line, reviewer, ("accept", tags["Street"]), confidence=0.8)
            if n < 3:
                seed(review, tags["League"], "accept" if n else "reject")
    take_back(make_reviewed(line, ann, ("accept", tags["Court"]), confidence=0.8))

    found = {row["name"]: row for row in rows(client, "reviewers", "reviewers")}

    assert some(found["Ann"], "wrong", "seeds", "shown") == (0.2, pytest.approx(2 / 3, abs=1e-6), 2)
    assert some(found["Bob"], "wrong", "shown") == (None, 2)
    told = client.get("/api/quality/hurting/").json()["hurting"]
    (worst,) = [row for row in told if row["kind"] == "reviewer"]
    Trust.objects.create(reviewer=ann, business_line=line, right=90, wrong=10, rate=1.0)
    (ann_on_gold, _bob) = rows(client, "reviewers", "reviewers")
    assert some(ann_on_gold, "wrong") == (0.1,)
    assert (worst["name"], worst["verdicts"]) == ("Ann", pytest.approx(0.4))
    assert worst["why"] == "Is wrong in 20 % (15–26) of what others reviewed too."


def test_label_efficiency_shows_what_simulations_kept(client, editor, settings, tmp_path):
    settings.SIMULATION_ROOT = tmp_path
    curves = [
        {"strategy": name, "metric": "tags", "labels": [50, 100, 200], "mean": mean, "typical": typical}
        | {"low": [m - 0.05 for m in mean], "high": [m + 0.05 for m in mean], "needed": [typical]}
        for name, mean, typical in (("random", [0.2, 0.3, 0.5], 180.0), ("mixture", [0.2, 0.5, 0.6], 90.0))
    ]
    told = {"name": "exercise", "at": "2026-01-01T10:00:00+00:00", "pool": 400, "judged": 100, "tags": 20, "seeds": 3}
    told |= {"whole": {"tags": 0.55}, "goal": {"tags": 0.495}, "curves": curves}
    (tmp_path / "exercise.json").write_text(json.dumps(told))
    (tmp_path / "other.json").write_text('{"name": "other"}')

    needs = rows(client, "efficiency", "needs")
    assert [(row["strategy"], some(row, "labels", "of_random")) for row in needs] == [
        ("mixture", (90, 0.5)),
        ("random", (180, 1)),
    ]
    steps = rows(client, "efficiency", "curves")
    assert [some(row, "labels", "mean", "low") for row in steps if row["strategy"] == "mixture"] == [
        (50, 0.2, 0.15), (100, 0.5, 0.45), (200, 0.6, 0.55),
    ]  # fmt: skip
    page = client.get("/quality/efficiency/").content.decode()
    assert "other.json is no file of a simulation." in page
    assert page.count("<polyline") == page.count("<polygon") == 2


def test_what_hurts_most_comes_first(client, sign_in, line, tags):
    sign_in("admin")
    street, league, court = tags.values()
    reviewer = make_user()
    for _ in range(3):
        make_reviewed(line, reviewer, ("reject", street, "wrong"), ("reject", league, "guideline"))
    seen = {"model_version": make_model()}
    make_reviewed(line, reviewer, ("add", court), ("accept", street), ("accept", league), **seen)
    dispute(line, street)
    dispute(line, league, settled=True)

    told = client.get("/api/quality/hurting/").json()["hurting"]

    assert [(row["kind"], row["name"], row["verdicts"], row["of"]) for row in told] == [
        ("guideline", "League · Search", 3, 4),
        ("guideline", "Street · Search", 1, 1),
        ("tag", "Street", 3, 4),
        ("tag", "Court", 1, 1),
    ]
    assert told[1]["why"] == "Reviewers do not agree on 1 clip."
    assert told[2]["why"] == "Wrong: 3 of 4 proposals. Missing: 0."
    page = client.get("/quality/").content.decode()
    assert f"/taxonomy/guidelines/?tag={league.code}&amp;line=search" in page


def test_calibration_compares_confidence_with_acceptance(client, editor, line, tags):
    reviewer, model = make_user(), make_model()
    for choice, audit in (("accept", True), ("accept", False), ("reject", True), ("accept", False)):
        told = {"model_version": model, "confidence": 0.9, "audit": audit}
        make_reviewed(line, reviewer, (choice, tags["Street"]), **told)

    (found,) = rows(client, "calibration", "calibration")

    assert some(found, "version", "bin", "confidence", "shown", "accepted") == (model.pk, 9, 0.9, 4, 3)
    assert some(found, "share", "audit_shown", "audit_accepted") == (0.75, 2, 1)
    page = client.get("/quality/calibration/").content.decode()
    assert "calibration error 0.150, on the audit slice 0.400" in page


def test_versions_are_compared_tag_by_tag(client, editor, line, tags):
    reviewer, old, new = make_user(), make_model(), make_model()
    for n in range(10):
        told = {"model_version": old if n < 5 else new}
        for _ in range(4):
            make_reviewed(line, reviewer, ("reject" if n in (0, 5, 6) else "accept", tags["Street"]), **told)

    found = {row["version"]: row for row in rows(client, "versions", "tags")}

    assert some(found[str(old.pk)], "accepted", "proposed") == (16, 20)
    assert some(found[str(new.pk)], "accepted", "proposed") == (12, 20)
    assert "−20" in client.get("/quality/versions/").content.decode().replace("-20", "−20")


def test_the_newest_versions_that_people_worked_with_stand_beside_each_other(client, editor, line, tags):
    reviewer, models = make_user(), [make_model() for _ in range(6)]
    for model in models[:-1]:
        make_reviewed(line, reviewer, ("accept", tags["Street"]), model_version=model)

    for period in ("4w", "all"):
        shown = [row["version"] for row in rows(client, "versions", "versions", period=period)]
        assert shown == [str(model.pk) for model in reversed(models[1:-1])]


def test_tags_that_are_unused_confused_or_disputed_are_listed(client, editor, line, tags):
    street, league, court = tags.values()
    reviewer = make_user()
    make_reviewed(line, reviewer, ("replace", street, league))
    make_reviewed(line, reviewer, ("replace", league, street))
    for _ in range(5):
        make_reviewed(line, reviewer, ("reject", court, "minor"))

    confused = rows(client, "health", "confused")
    assert [(row["count"], row["there"], row["back"], row["proposed"]) for row in confused] == [("2", "1", "1", "2")]
    assert [(row["name"], row["proposed"]) for row in rows(client, "health", "unused")] == [("Court", "5")]
    dispute(line, court)
    disputed = rows(client, "health", "disputed")
    assert [(row["name"], row["unclear"], row["disputes"]) for row in disputed] == [("Court", "5", "1")]


def test_progress_tells_days_people_and_the_end(client, editor, line, tags):
    from tests.annotation.factories import make_task

    ann = make_user(first_name="Ann")
    for days in (1, 1, 3):
        make_reviewed(line, ann, ("accept", tags["Street"]), ("add", tags["Court"]), at=ago(days=days), seconds=6.0)
    take_back(make_reviewed(line, ann, ("accept", tags["Street"]), at=ago(days=1)))
    for _ in range(6):
        make_task(line)

    days = rows(client, "progress", "days")
    assert [row["reviews"] for row in days] == ["1", "0", "2", "0"]
    (person,) = rows(client, "progress", "people")
    assert some(person, "reviews", "seconds", "accepted", "added") == (3, 6, 3, 3)
    (queue,) = rows(client, "progress", "queues")
    assert (queue["waiting"], some(queue, "a_day")) == ("6", (pytest.approx(3 / 28, abs=1e-6),))
    assert queue["end"] == str(timezone.localdate() + timedelta(days=56))
    assert queue["earliest"] < queue["end"]
    assert queue["latest"] == ""


def test_pages_cost_the_same_however_much_there_is(
    client, editor, line, tags, django_assert_max_num_queries, settings, tmp_path
):
    settings.SIMULATION_ROOT = tmp_path
    for n in range(3):
        make_reviewed(line, make_user(first_name=f"R{n}"), ("reject", tags["Street"]), confidence=0.5)
    for page in PAGES:
        with django_assert_max_num_queries(24):
            client.get("/quality/" if page == "hurting" else f"/quality/{page}/")


def test_a_name_is_no_formula_in_a_spreadsheet(client, editor, line):
    make_reviewed(line, make_user(), ("accept", make_tag("=HYPERLINK(1)")))

    assert rows(client, "tags", "tags")[0]["name"] == "'=HYPERLINK(1)"
