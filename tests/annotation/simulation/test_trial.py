"""What comes out of a simulation: curves with bands, labels needed, files that pages can show."""

import json
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from annotation.simulation import curves, drawing, tables, trial
from annotation.simulation.curves import Curve
from annotation.simulation.replay import Course, Point
from tests.annotation.simulation.labelled import make_set, make_snapshot

WHOLE = Point(400, 1.0, 0.5)


def run_of(*scores):
    return [Point(100 * 2**n, score, score / 2) for n, score in enumerate(scores)]


def test_labels_needed_are_read_between_two_points_by_their_logarithms():
    assert curves.labels_for(0.9, [100, 400], [0.8, 1.0]) == pytest.approx(200)
    assert curves.labels_for(0.9, [100, 400], [0.95, 1.0]) == 100
    assert curves.labels_for(0.9, [100, 400], [0.1, 0.8]) is None


def test_a_curve_has_the_mean_over_seeds_and_its_95_per_cent_band():
    found = curves.curve("random", "tags", [run_of(0.5, 0.8), run_of(0.7, 1.0), run_of(0.6, 0.9)], WHOLE)

    half = 4.30 * 0.1 / 3**0.5  # Student's t of two degrees of freedom
    assert found.labels == (100, 200)
    assert found.mean == pytest.approx((0.6, 0.9))
    assert found.high == pytest.approx((0.6 + half, 0.9 + half), abs=1e-4)
    assert found.needed == (None, pytest.approx(100 * 2 ** (2 / 3)), pytest.approx(200))


def test_what_half_the_seeds_do_not_reach_is_not_reached():
    reached, never = run_of(0.5, 1.0), run_of(0.5, 0.6)

    assert curves.curve("margin", "tags", [reached, never], WHOLE).typical is None
    assert curves.curve("margin", "tags", [reached, reached, never], WHOLE).typical == pytest.approx(100 * 2**0.8)


def test_strategies_are_measured_against_random():
    found = [
        curves.curve(name, "tags", [run], WHOLE)
        for name, run in (("random", run_of(0.5, 0.7, 0.9)), ("margin", run_of(0.5, 0.9)))
    ]

    assert curves.saved(found, "tags") == {"random": 1.0, "margin": pytest.approx(0.5)}


def test_the_share_of_random_has_an_interval_over_seeds():
    def curve(name, needed):
        return Curve(name, "tags", (), (), (), (), tuple(needed))

    base = [100.0 + n for n in range(9)]
    found = [curve("random", base), curve("half", [n / 2 for n in base]), curve("lost", [None] * 9)]
    luck = curve("luck", [n * (0.5 if n % 2 else 1.6) for n in base])

    told = curves.between([*found, luck], "tags")

    assert told["half"] == pytest.approx((0.5, 0.5), abs=0.04)
    assert told["lost"] is None
    assert told["luck"][0] < 1 < told["luck"][1]
    assert curves.between([curve("random", base[:2])], "tags") == {"random": None}


def test_the_picture_names_every_line():
    found = [curves.curve(name, "tags", [run_of(0.5, 0.8)], WHOLE) for name in ("random", "mixture")]

    picture = ElementTree.fromstring(drawing.svg(found, "a < b", 0.9))

    texts = [node.text for node in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"random", "mixture", "a < b", "100", "200"} <= set(texts)
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}polyline"))) == 2


def test_a_trial_is_kept_as_data_and_pictures(tmp_path):
    found = trial.run(make_set(60), ["random", "mixture"], 2, Course(10, 0.5, 0.5))

    files = trial.keep(found, tmp_path, datetime(2026, 1, 2, tzinfo=UTC))

    assert {path.name for path in files} == {"made.json", "made-tags.svg", "made-clips.svg"}
    (told,) = trial.kept(tmp_path)
    assert (told["name"], told["pool"], told["judged"], told["seeds"]) == ("made", 48, 12, 2)
    assert {(one["strategy"], one["metric"]) for one in told["curves"]} == {
        (name, metric) for name in ("random", "mixture") for metric in ("tags", "clips")
    }
    assert all(len(one["labels"]) == len(one["mean"]) == len(one["low"]) for one in told["curves"])
    assert found.summary()["clips"]["random"]["of_random"] in {1.0, None}
    assert trial.run(make_set(60), [], 2, Course(10, 0.5, 0.5, backlog=True)).name == "made-backlog"


def rows_of(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_table_names_tags_by_their_paths(tmp_path):
    path = rows_of(tmp_path / "t.jsonl", [{"title": "x", "tags": ["a > b", "c"], "split": "test"}, {"tags": ["a"]}])

    read = tables.read(path)

    names = {tag.id: tag.name for tag in read.vocabulary}
    assert sorted(names[tag] for tag in read.examples[0].tags) == ["b", "c"]
    parents = {tag.name: names.get(tag.parent) for tag in read.vocabulary}
    assert parents == {"a": None, "b": "a", "c": None}
    assert read.examples[0].split == "test"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1: not JSON"),
        ('{"title": "x"}', "line 1: an object with a list"),
        ('{"tags": [], "split": "dev"}', "known: train, test"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, line, said):
    path = tmp_path / "t.jsonl"
    path.write_text(line, encoding="utf-8")

    with pytest.raises(tables.TableError, match=said):
        tables.read(path)


def test_the_command_replays_a_table_and_tells_what_was_needed(tmp_path, settings, capsys):
    settings.SIMULATION_ROOT = tmp_path / "kept"
    snapshot = make_snapshot(80)
    names = {tag.id: tag.name for tag in snapshot.vocabulary}
    path = rows_of(
        tmp_path / "clips.jsonl",
        [
            {"title": e.video.title, "tags": [names[t] for t in sorted(e.tags)], "split": e.split}
            for e in snapshot.examples
        ],
    )

    asked = {"table": path, "strategy": ["mixture"], "first": 10, "growth": 0.5}
    call_command("simulate_active_learning", **asked, seeds=1)

    said = capsys.readouterr().out
    assert "clips: 64 clips to learn from, 16 to be judged on, 4 tags." in said
    assert "mixture" in said
    assert "margin" not in said
    assert (tmp_path / "kept" / "clips.json").is_file()
    call_command("simulate_active_learning", **asked, seeds=3, backlog=True)
    assert "mixture" in capsys.readouterr().out
    assert (tmp_path / "kept" / "clips-backlog.json").is_file()


@pytest.mark.django_db
def test_the_command_says_when_there_is_nothing_to_replay(tmp_path):
    with pytest.raises(CommandError, match="Nobody has reviewed a video yet"):
        call_command("simulate_active_learning")
    with pytest.raises(CommandError, match="No such file"):
        call_command("simulate_active_learning", table=tmp_path / "none.jsonl")
