"""How the benchmarks of ranking count: by hand."""

import numpy as np
import pytest

from benchmarks import recall
from benchmarks.sets import judging
from ml.parts import TrainingSet
from ml.ranking.candidates import CandidatePool
from ml.training.metrics import Ranked
from ml.types import Candidate, Features, Tag, VideoInput, Vocabulary

VOCABULARY = Vocabulary(tuple(Tag(i, name) for i, name in enumerate("abcd")))


def make_part(*said: set[int]) -> TrainingSet:
    features = [Features(VideoInput(i)) for i in range(len(said))]
    return TrainingSet(
        VOCABULARY, np.zeros((4, 0), np.float32), features, [frozenset(s) for s in said], [frozenset()] * len(said)
    )


def pool(**answers) -> CandidatePool:
    found = {name: [[Candidate(*c) for c in video] for video in videos] for name, videos in answers.items()}
    return CandidatePool.union(found, VOCABULARY)


BOTH = pool(words=[[(0, 0.9), (1, 0.5)], []], pictures=[[(1, 3.0), (2, 2.0)], [(3, 1.0)]])
PART = make_part({0, 2}, {2})


def test_recall_is_the_mean_share_of_a_videos_tags_among_its_candidates():
    assert recall._recall(BOTH, PART) == pytest.approx((1 + 0) / 2)
    assert recall._recall(recall._of(BOTH, ["words"]), PART) == pytest.approx((0.5 + 0) / 2)
    assert recall._of(BOTH, ["words"]).column.tolist() == [0, 1]


def test_reciprocal_ranks_add_up():
    # Pairs in order: a, b, c of the first video, d of the second.
    np.testing.assert_allclose(recall._reciprocal(BOTH), [1 / 61, 1 / 62 + 1 / 61, 1 / 62, 1 / 61], rtol=1e-6)


def test_thresholds_emit_as_many_tags_or_reach_as_much_accuracy_as_asked():
    sure = np.linspace(1, 0.01, 100, dtype=np.float32)
    assert (sure >= judging._for_tags(sure, 10)).sum() == 31  # 3.12 a video
    hits = np.r_[np.ones(20), 0, np.zeros(79)]
    least = judging._for_accuracy(sure, hits)
    assert (sure >= least).sum() == 22  # 20 of 22 are 0.909, of 23 0.870
    assert judging._for_accuracy(sure, np.zeros(100)) > 1
    videos = [
        Ranked(np.array([0.9, 0.2], np.float32), np.array([1, 1], np.float32), 2),
        Ranked(np.array([0.8], np.float32), np.zeros(1, np.float32), 1),
    ]
    assert judging._emitted(videos, 0.5) == (0.5, 1.0)
