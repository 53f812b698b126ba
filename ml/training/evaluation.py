"""What a pipeline is worth on reviewed videos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ml.feature_store import FeatureStore
from ml.pipeline import Pipeline
from ml.training import examples, metrics, namings
from ml.training.metrics import Ranked
from ml.types import Example, Proposal, Vocabulary

THRESHOLD = 0.5  # confidence from which a tag counts as said


def evaluate(bundle: Path, snapshot: Path, *, store: FeatureStore, split: str = "test") -> dict[str, Any]:
    """Metrics of a saved bundle on one split of a snapshot (see `judge`)."""
    frozen = examples.read(snapshot)
    videos = frozen.split(split)
    if not videos:
        raise examples.SnapshotError(f"The {split} split of {snapshot} is empty.")
    pipeline = Pipeline.load(bundle, store)
    proposals = pipeline.propose([example.video for example in videos])
    return judge(proposals, videos, frozen.vocabulary, list(pipeline.recallers))


def judge(
    proposals: Sequence[Sequence[Proposal]],
    videos: Sequence[Example],
    vocabulary: Vocabulary,
    recallers: Sequence[str],
) -> dict[str, Any]:
    """Plain numbers, with `recallers` (recall of each, and of their `union`) the `reliability` curve, and
    that of naming `programs`.

    Proposed tags that the vocabulary does not know, and unsaid ancestors of said tags, count neither way.
    """
    counted = [_counted(mine, video, vocabulary) for mine, video in zip(proposals, videos, strict=True)]
    ranked = [_ranked(mine, video, vocabulary) for mine, video in zip(counted, videos, strict=True)]
    precision, recall, f1 = metrics.precision_recall_f1(ranked, THRESHOLD)
    confidence = np.concatenate([video.scores for video in ranked])
    curve = metrics.reliability(confidence, np.concatenate([video.hits for video in ranked]))
    return {
        "recall_at_20": metrics.recall_at(ranked, 20),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "gap": metrics.gap(ranked),
        "ece": metrics.expected_calibration_error(curve),
        "ndcg_at_5": metrics.ndcg_at(ranked, 5),
        "hit_at_1": metrics.hit_at_1(ranked),
        "perr": metrics.precision_at_truths(ranked),
        "videos": float(len(videos)),
        "candidates_a_video": len(confidence) / max(len(videos), 1),
        "recallers": _recall_of_recallers(counted, videos, vocabulary, recallers),
        "reliability": [asdict(part) for part in curve],
        "programs": [asdict(part) for part in namings.curve(proposals, videos, vocabulary)],
    }


def numbers(result: dict[str, Any]) -> dict[str, float]:
    """Only the plain numbers of a result."""
    return {name: value for name, value in result.items() if isinstance(value, float)}


def _counted(proposals: Sequence[Proposal], video: Example, vocabulary: Vocabulary) -> list[Proposal]:
    implied = frozenset(a for tag in video.tags for a in above(tag, vocabulary)) - video.tags
    return [p for p in proposals if p.tag in vocabulary and p.tag not in implied]


def above(tag: int, vocabulary: Vocabulary) -> set[int]:
    """The known tags over one, all the way up."""
    found: set[int] = set()
    while tag in vocabulary:
        parent = vocabulary.tags[vocabulary.column[tag]].parent
        if parent is None or parent in found:
            break
        found.add(parent)
        tag = parent
    return found


def _ranked(proposals: Sequence[Proposal], video: Example, vocabulary: Vocabulary) -> Ranked:
    scores = np.array([p.confidence for p in proposals], np.float32)
    hits = np.array([p.tag in video.tags for p in proposals], np.float32)
    return Ranked(scores, hits, sum(tag in vocabulary for tag in video.tags))


def _recall_of_recallers(
    proposals: Sequence[Sequence[Proposal]],
    videos: Sequence[Example],
    vocabulary: Vocabulary,
    recallers: Sequence[str],
) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in ("union", *recallers)}
    for mine, video in zip(proposals, videos, strict=True):
        truths = sum(tag in vocabulary for tag in video.tags)
        for name, shares in found.items():
            right = sum(p.tag in video.tags for p in mine if name == "union" or name in p.recallers)
            if truths:
                shares.append(right / truths)
    return {name: float(np.mean(shares)) if shares else 0.0 for name, shares in found.items()}
