"""When a proposed tag is to be seen or heard: its score in each stretch of the clip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ml.layers import time_windows
from ml.recall import Localiser
from ml.types import Array, Features, Proposal, Vocabulary, Windows

MOST_TAGS = 20  # of a video: more are shown by hardly any policy
ROWS = 1024  # clips and windows that go through the network together

Answers = list[list[Proposal]]
Clip = tuple[int, float, list[Features]]  # row of the video, seconds of a window, its windows


def followed(answers: Answers, features: Sequence[Features], by: Localiser, vocabulary: Vocabulary) -> Answers:
    """The answers, with the windows of the surest tags of each clip that is longer than one."""
    told = [list(answer) for answer in answers]
    clips = ((i, *time_windows.cut(item)) for i, item in enumerate(features) if answers[i] and _moving(item))
    for group in _grouped(clip for clip in clips if len(clip[2]) > 1):
        _follow(told, features, group, by, vocabulary)
    return told


def _moving(features: Features) -> bool:
    return features.frames is not None or features.sound is not None


def _grouped(clips: Iterator[Clip]) -> Iterator[list[Clip]]:
    """Clips whose windows share a forward pass."""
    group: list[Clip] = []
    for clip in clips:
        if group and sum(len(windows) + 1 for _, _, windows in group) + len(clip[2]) + 1 > ROWS:
            yield group
            group = []
        group.append(clip)
    if group:
        yield group


def _follow(
    told: Answers, features: Sequence[Features], clips: Sequence[Clip], by: Localiser, vocabulary: Vocabulary
) -> None:
    known = {i: [n for n, p in enumerate(told[i][:MOST_TAGS]) if p.tag in vocabulary.column] for i, _, _ in clips}
    asked = {i: [vocabulary.column[told[i][n].tag] for n in places] for i, places in known.items()}
    columns = np.unique([column for mine in asked.values() for column in mine])
    if not len(columns):
        return
    rows: list[Features] = []
    for i, _, windows in clips:
        rows += [*windows, replace(features[i], frames=None, frame_times=None, sound=None)]
    logits = by.logits(rows, columns.astype(np.int64))
    start = 0
    for i, seconds, windows in clips:
        mine = logits[start : start + len(windows) + 1]
        start += len(windows) + 1
        if known[i]:
            _tell(told[i], known[i], seconds, mine[:, np.searchsorted(columns, asked[i])])


def _tell(proposals: list[Proposal], places: Sequence[int], seconds: float, logits: Array) -> None:
    """Give the proposals at `places` their windows, where any of them speaks for the tag.

    logits (windows + 1, places): of the windows, and last of what is known without pictures and sound.
    """
    confidence = np.array([proposals[n].confidence for n in places])
    scores = time_windows.scores(logits[:-1], logits[-1], confidence)
    for n, column in zip(places, scores.T.round(3).tolist(), strict=True):
        if any(column):
            evidence = proposals[n].evidence._replace(windows=Windows(seconds, tuple(column)))
            proposals[n] = proposals[n]._replace(evidence=evidence)
