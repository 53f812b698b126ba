"""The small stack is honest about what it learned from, and replays are repeatable."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, ndcg_score

from annotation.sampling import STRATEGIES, find
from annotation.simulation import labelled_set, replay
from annotation.simulation.learner import Learner
from annotation.simulation.replay import Course
from ml.types import Snapshot
from tests.annotation.simulation.labelled import make_set, make_snapshot

COURSE = Course(first=10, growth=0.5, most=0.6)


@pytest.fixture(scope="module")
def known():
    return make_set()


def test_a_tag_above_a_tag_that_holds_holds_too(known):
    sport, ball = known.labels[:, 0], known.labels[:, 1]

    assert (sport >= ball).all()
    assert known.labels.shape == (120, 5)
    assert known.pool == 96


def test_a_set_without_a_part_says_which():
    snapshot = make_snapshot(10)
    train = Snapshot("x", snapshot.vocabulary, snapshot.split("train"))

    with pytest.raises(ValueError, match="x has 8 clips to learn from and 0 to be judged on"):
        labelled_set.of(train, "x")


def test_what_the_head_says_of_its_own_clips_is_what_it_would_say_without_them(known):
    rows = np.arange(30)
    whole = Learner(known, 0)
    whole.learn(rows)

    for out in (0, 7, 29):
        others = Learner(known, 0)
        others.learn(np.delete(rows, out))
        # The mean that scores are counted from has the clip in it: that much they may differ.
        assert whole.recalled[0, out] == pytest.approx(others.recalled[0, out], abs=2 / 30)
        assert whole.recalled[1, out] == pytest.approx(others.recalled[1, out], abs=1e-4)


def test_labels_teach(known):
    learner = Learner(known, 0)
    learner.learn(np.arange(5))
    first = replay.judged(known, learner)

    learner.learn(np.arange(5, 96))

    last = replay.judged(known, learner)
    assert last.labels == 96
    assert last.tags > first.tags + 0.05
    assert last.clips > 0.9
    assert ((learner.confidence >= 0) & (learner.confidence <= 1)).all()


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_a_replay_can_be_repeated_and_buys_more_and_more(known, name):
    first, again = (list(replay.replay(known, find(name), 1, COURSE)) for _ in range(2))

    assert first == again
    assert [point.labels for point in first] == [10, 15, 22, 33, 49, 73]


def test_every_strategy_starts_from_the_same_clips(known):
    starts = {next(replay.replay(known, find(name), 3, COURSE)) for name in STRATEGIES}

    assert len(starts) == 1


def test_a_strategy_sees_what_the_product_would_keep(known):
    learner = Learner(known, 0)
    learner.learn(np.arange(20))

    pool = replay.seen(known, learner, np.arange(20, 96), 5, COURSE)

    assert len(pool) == 76
    assert (pool.confidence >= replay.LEAST).all()
    assert set(np.round(pool.votes * 6) / 6) <= {0, 1 / 3, 1 / 2, 2 / 3, 1}
    assert pool.need == pytest.approx(1 / np.sqrt(1 + known.labels[:20].sum(axis=0)))


def test_only_in_a_backlog_are_the_texts_known_that_are_judged(known):
    learner = Learner(known, 0)
    learner.learn(np.arange(20))

    plain, told = (
        replay.seen(known, learner, np.arange(20, 96), 5, replace(COURSE, backlog=backlog)) for backlog in (False, True)
    )

    assert not plain.targets.size
    assert (told.targets == known.vectors[96:]).all()


def test_a_backlog_changes_what_is_chosen_and_not_what_chance_does(known):
    def labels(name, backlog):
        return list(replay.replay(known, find(name), 1, replace(COURSE, backlog=backlog)))

    assert labels("random", True) == labels("random", False)
    assert labels("mixture", True) != labels("mixture", False)


def test_scores_are_those_of_an_established_library(known):
    random = np.random.default_rng(0)
    sure, truth = random.random((60, 8)).astype(np.float32), random.random((60, 8)) < 0.3
    truth[:, 7] = False
    truth[0] = False
    some = truth.any(axis=1)

    assert replay.mean_precision(sure, truth, firm=1) == pytest.approx(
        np.mean([average_precision_score(truth[:, tag], sure[:, tag]) for tag in range(7)])
    )
    assert replay.ndcg(sure, truth, 5) == pytest.approx(ndcg_score(truth[some], sure[some], k=5))
