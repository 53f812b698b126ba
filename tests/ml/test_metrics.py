"""Metrics against values worked out by hand."""

import numpy as np
import pytest

from ml.training import metrics
from ml.training.metrics import Ranked


def ranked(hits: str, truths: int, scores=None) -> Ranked:
    marks = np.array([float(mark) for mark in hits], np.float32)
    scores = np.linspace(1, 0.1, len(marks)) if scores is None else scores
    return Ranked(np.array(scores, np.float32), marks, truths)


ONE = [ranked("101", 2)]  # true tags a and b; ranked a, x, b


def test_one_video_two_tags_one_error():
    assert metrics.gap(ONE) == pytest.approx((1 + 2 / 3) / 2)
    assert metrics.precision_at_truths(ONE) == pytest.approx(0.5)
    assert metrics.hit_at_1(ONE) == 1
    assert metrics.recall_at(ONE, 2) == pytest.approx(0.5)
    assert metrics.ndcg_at(ONE, 3) == pytest.approx((1 + 0.5) / (1 + 0.6309), abs=1e-4)


def test_a_perfect_ranking_is_worth_one():
    videos = [ranked("11", 2), ranked("1", 1)]
    for value in (metrics.gap(videos), metrics.ndcg_at(videos, 5), metrics.precision_at_truths(videos)):
        assert value == pytest.approx(1.0)


def test_true_tags_beyond_the_top_20_are_missed():
    assert metrics.gap([ranked("1" * 25, 25)]) == pytest.approx(20 / 25)


def test_the_pool_is_ranked_across_videos():
    videos = [ranked("1", 1, [0.3]), ranked("0", 0, [0.9])]
    assert metrics.gap(videos) == pytest.approx(0.5)


def test_a_video_without_true_tags_does_not_count_for_recall():
    assert metrics.recall_at([ranked("1", 1), ranked("0", 0)], 5) == 1
    assert metrics.precision_at_truths([ranked("0", 0)]) == 0


def test_no_videos_give_no_division_by_zero():
    assert metrics.gap([]) == metrics.recall_at([], 5) == metrics.hit_at_1([]) == 0
    assert metrics.precision_recall_f1([], 0.5) == (0, 0, 0)
    assert metrics.expected_calibration_error([]) == 0


def test_precision_recall_and_f1_count_emitted_tags():
    videos = [ranked("101", 2, [0.9, 0.6, 0.4]), ranked("1", 3, [0.5])]
    assert metrics.precision_recall_f1(videos, 0.5) == pytest.approx((2 / 3, 2 / 5, 0.5))


def test_bins_hold_equally_many():
    confidence = np.linspace(0, 1, 31).astype(np.float32)
    curve = metrics.reliability(confidence, (confidence > 0.5).astype(np.float32), bins=15)
    assert [part.count for part in curve] == [3] + [2] * 14
    assert curve[0].accuracy == 0
    assert curve[-1].accuracy == 1


def test_the_calibration_error_is_the_mean_distance():
    confidence, hits = np.array([0.2] * 5 + [0.8] * 5, np.float32), np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1], np.float32)
    curve = metrics.reliability(confidence, hits, bins=2)
    assert metrics.expected_calibration_error(curve) == pytest.approx((0 + 0.2) / 2)
