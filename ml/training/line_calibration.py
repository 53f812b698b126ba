"""What the stack's confidence means to the reviewers of each business line.

All lines share one confidence. A line with stricter guidelines than others accepts fewer of the tags that are 70 %
sure; slope and offset of its log-odds say how many, drawn to "as it is" where verdicts are few (`ml.ranking.shrunk`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ml.ranking import shrunk
from ml.ranking.candidates import CandidatePool
from ml.training import metrics
from ml.training.evaluation import above
from ml.types import Array, Example, Proposal, Vocabulary

FEWEST = 20  # videos that a line must have reviewed
POOLING = 40.0  # verdicts that the prior is worth


@dataclass(frozen=True)
class LineCalibration:
    """confidence of the line = sigmoid(slope * log-odds + offset)."""

    slope: float
    offset: float
    videos: int  # that it was learned from

    def apply(self, confidence: Array) -> Array:
        share: Array = 1 / (1 + np.exp(-(self.slope * _log_odds(confidence) + self.offset)))
        return share


def fit(
    pool: CandidatePool, confidence: Array, known: Array, videos: Sequence[Example], vocabulary: Vocabulary
) -> dict[int, LineCalibration]:
    """By line, from the candidates of reviewed videos, their calibrated confidence, and how much each pair counts."""
    lines = sorted({line for video in videos for line in video.lines})
    place = {line: i for i, line in enumerate(lines)}
    ids = vocabulary.ids
    pairs, group, said = [], [], []
    implied = [{line: _implied(tags, vocabulary) for line, tags in video.lines.items()} for video in videos]
    for pair, (row, column) in enumerate(zip(pool.video.tolist(), pool.column.tolist(), strict=True)):
        for line, tags in videos[row].lines.items():
            if ids[column] not in implied[row][line]:  # true by meaning, said or not
                pairs.append(pair)
                group.append(place[line])
                said.append(ids[column] in tags)
    kept, groups = np.array(pairs, dtype=np.int64), np.array(group, dtype=np.int64)
    truth = np.array(said, dtype=np.float32)
    slope, offset = shrunk.fit(
        _log_odds(confidence[kept]), truth, known[kept], groups, len(lines), POOLING / 4
    )  # a verdict at even odds has a curvature of a quarter
    reviewed = {line: sum(line in video.lines for video in videos) for line in lines}
    found = {line: LineCalibration(float(slope[i]), float(offset[i]), reviewed[line]) for line, i in place.items()}
    return {line: calibration for line, calibration in found.items() if calibration.videos >= FEWEST}


def judge(
    proposals: Sequence[Sequence[Proposal]],
    videos: Sequence[Example],
    vocabulary: Vocabulary,
    lines: Mapping[int, LineCalibration],
    names: Mapping[int, Any],
) -> dict[str, Any]:
    """By line: its calibration, and how well confidences hold on the test videos that it reviewed, with and without."""
    found: dict[str, Any] = {}
    for line, calibration in lines.items():
        shared, hits = [], []
        for mine, video in zip(proposals, videos, strict=True):
            if (said := video.lines.get(line)) is not None:
                counted = [proposal for proposal in mine if proposal.tag not in _implied(said, vocabulary)]
                shared += [proposal.confidence for proposal in counted]
                hits += [proposal.tag in said for proposal in counted]
        confidence, true = np.array(shared, np.float32), np.array(hits, np.float32)
        before = metrics.reliability(confidence, true)
        curve = metrics.reliability(calibration.apply(confidence), true)
        found[str(line)] = asdict(calibration) | {
            "names": names.get(line, {}),
            "reliability": [asdict(part) for part in curve],
            "ece": metrics.expected_calibration_error(curve),
            "ece_shared": metrics.expected_calibration_error(before),
        }
    return found


def _implied(tags: frozenset[int], vocabulary: Vocabulary) -> set[int]:
    """Unsaid tags over said ones."""
    return {tag for said in tags for tag in above(said, vocabulary)} - tags


def _log_odds(confidence: Array) -> Array:
    share = np.clip(confidence.astype(np.float64), 1e-6, 1 - 1e-6)
    odds: Array = (np.log(share) - np.log1p(-share)).astype(np.float32)
    return odds
