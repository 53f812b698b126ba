"""What the shared confidence means to each business line."""

import numpy as np
import pytest

from ml.ranking.candidates import CandidatePool
from ml.training import line_calibration
from ml.training.line_calibration import LineCalibration
from ml.types import Candidate, Example, Proposal, VideoInput
from tests.ml.stack_data import COOKING, GAME, SPORT, STAR, VOCABULARY

SEARCH, ADVERTS, NEW = 1, 2, 3


def drawn(videos: int = 400):
    """Search accepts as many of the tags as their confidence says, adverts half as many of the odds."""
    random = np.random.default_rng(0)
    tags = (COOKING, STAR)
    answers = [[Candidate(tag, 0.5) for tag in tags] for _ in range(videos)]
    pool = CandidatePool.union({"all": answers}, VOCABULARY)
    sure = random.uniform(0.05, 0.95, len(pool)).astype(np.float32)
    half = sure / (sure + 2 * (1 - sure))
    said = {line: random.random(len(pool)) < share for line, share in ((SEARCH, sure), (ADVERTS, half))}
    examples = []
    for i in range(videos):
        mine = np.flatnonzero(pool.video == i)
        lines = {n: frozenset(VOCABULARY.ids[pool.column[p]] for p in mine if said[n][p]) for n in said}
        if i < 3:
            lines[NEW] = lines[SEARCH]
        examples.append(Example(VideoInput(i), frozenset().union(*lines.values()), lines=lines))
    return pool, sure, examples


def test_a_strict_line_is_told_lower_confidences():
    pool, sure, examples = drawn()
    found = line_calibration.fit(pool, sure, np.ones(len(pool), np.float32), examples, VOCABULARY)
    assert set(found) == {SEARCH, ADVERTS}  # three clips say nothing of the new line
    assert found[SEARCH].offset == pytest.approx(0, abs=0.2)
    assert found[ADVERTS].offset == pytest.approx(-np.log(2), abs=0.25)
    assert found[ADVERTS].slope == pytest.approx(1, abs=0.2)
    assert found[ADVERTS].videos == 400
    assert found[ADVERTS].apply(np.array([0.5], np.float32))[0] == pytest.approx(1 / 3, abs=0.05)


def test_unsaid_tags_above_a_said_one_count_neither_way():
    pool = CandidatePool.union({"all": [[Candidate(SPORT, 0.5), Candidate(GAME, 0.5)]] * 30}, VOCABULARY)
    said = [Example(VideoInput(i), frozenset({GAME}), lines={SEARCH: frozenset({GAME})}) for i in range(30)]
    half, ones = np.full(60, 0.5, np.float32), np.ones(60, np.float32)
    assert line_calibration.fit(pool, half, ones, said, VOCABULARY)[SEARCH].offset > 0.5
    assert line_calibration.fit(pool, half, ones * 0, said, VOCABULARY)[SEARCH].offset == 0


def test_the_test_videos_of_a_line_tell_how_well_it_holds():
    videos = [Example(VideoInput(i), frozenset({GAME}), lines={SEARCH: frozenset({GAME})}) for i in range(4)]
    videos.append(Example(VideoInput(9), frozenset({STAR}), lines={ADVERTS: frozenset({STAR})}))
    proposals = [[Proposal(GAME, 0.5), Proposal(SPORT, 0.4)] for _ in videos]
    lines = {SEARCH: LineCalibration(1.0, 2.0, 40)}
    found = line_calibration.judge(proposals, videos, VOCABULARY, lines, {SEARCH: {"en": "Search"}})
    assert set(found) == {"1"}
    assert found["1"]["names"] == {"en": "Search"}
    assert sum(part["count"] for part in found["1"]["reliability"]) == 4  # sport lies above ball game
    assert found["1"]["ece_shared"] == pytest.approx(0.5)
    assert found["1"]["ece"] == pytest.approx(1 - 1 / (1 + np.exp(-2)), abs=1e-5)


def test_without_lines_there_is_nothing_to_learn():
    pool = CandidatePool.union({"all": [[Candidate(GAME, 0.5)]]}, VOCABULARY)
    nothing = [Example(VideoInput(0), frozenset({GAME}))]
    one = np.ones(1, np.float32)
    assert line_calibration.fit(pool, one, one, nothing, VOCABULARY) == {}
    assert line_calibration.judge([[]], nothing, VOCABULARY, {}, {}) == {}
