"""The gate before a promotion, on plain numbers."""

from ml.registry.objections import objections, stale

GOOD = {"recall_at_20": 0.9, "precision": 0.8, "recall": 0.8, "f1": 0.8, "gap": 0.85, "ece": 0.05, "videos": 100}


def test_nothing_speaks_against_an_equal_candidate():
    assert objections(GOOD, GOOD) == []


def test_nothing_speaks_against_a_better_candidate():
    assert objections(GOOD | {"f1": 0.9, "ece": 0.01}, GOOD) == []


def test_a_metric_that_falls_is_an_objection():
    (reason,) = objections(GOOD | {"f1": 0.7}, GOOD)

    assert reason == "F1 got worse, from 0.800 to 0.700"


def test_a_worse_calibration_is_an_objection():
    (reason,) = objections(GOOD | {"ece": 0.2}, GOOD)

    assert "calibration error" in reason


def test_noise_is_no_objection():
    assert objections(GOOD | {"f1": 0.795}, GOOD) == []


def test_a_metric_that_was_not_measured_is_an_objection():
    candidate = {name: value for name, value in GOOD.items() if name != "gap"}

    assert objections(candidate, GOOD) == ["global average precision was not measured"]


def test_a_handful_of_test_videos_is_an_objection():
    assert objections(GOOD | {"videos": 4}, GOOD) == ["only 4 test videos: its metrics say little"]


def test_an_older_taxonomy_is_an_objection():
    assert stale(2, 3) == ["it learned taxonomy version 2, the active model version 3"]
    assert stale(3, 3) == []
