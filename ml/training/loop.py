"""From a snapshot to a bundle."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from ml import bundle
from ml.feature_store import FeatureStore
from ml.pipeline import Pipeline
from ml.training import examples, stacks
from ml.training.evaluation import evaluate, judge, numbers
from ml.training.journal import Cancelled, Journal, Progress
from ml.training.stages import CHUNK, Stages
from ml.types import Proposal, Snapshot

__all__ = ["Cancelled", "Progress", "evaluate", "train"]


def train(
    snapshot: Path,
    out: Path,
    *,
    store: FeatureStore,
    stack: str = "small",
    warm: Path | None = None,
    clips: examples.Clips | None = None,
    report: Callable[[Progress], None] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, float]:
    """Train every part of a stack, write the bundle to `out`, and return its metrics on the test split.

    `warm` is the active bundle: weights start from it, and it is judged on the same test split for comparison.
    `clips` finds the media that the snapshot names, when they are not files below its `media_root`.
    `out/metrics.json` holds {candidate, active, recallers, reliability, loss, seconds, notes}. Raises SnapshotError,
    ValueError (stack), FileExistsError (`out`), Cancelled; `out` appears whole or not at all.
    """
    torch.set_num_threads(1)
    frozen, config = examples.read(snapshot, clips), stacks.read(stack)
    examples.check(frozen)
    journal = Journal(report, cancelled)
    with bundle.writing(out) as folder:
        former = None if warm is None else Pipeline.load(warm, store)
        stages = Stages(frozen, config, folder, store, journal, former, warm)
        pipeline = stages.run()
        metrics = _metrics(pipeline, former, frozen, journal)
        (folder / "metrics.json").write_text(json.dumps(metrics, indent=2), encoding="utf-8")
        bundle.write_tags(folder / bundle.TAGS, frozen.vocabulary)
        version = examples.read_manifest(snapshot).get("taxonomy_version")
        bundle.seal(folder, _manifest(out.name, config, stages, frozen.hash, version, warm))
    return dict(metrics["candidate"])


def _manifest(
    name: str, config: dict[str, Any], stages: Stages, snapshot: str, version: int | None, warm: Path | None
) -> bundle.Manifest:
    ranking = config["ranking"]
    return bundle.Manifest(
        name=name,
        stack=config["name"],
        config=config,
        recallers=list(stages.recallers),
        ranker=ranking["ranker"],
        calibrator=ranking["calibrator"],
        snapshot=snapshot,
        taxonomy_version=version,
        parent=None if warm is None else warm.name,
    )


def _metrics(pipeline: Pipeline, former: Pipeline | None, snapshot: Snapshot, journal: Journal) -> dict[str, Any]:
    result = _tested("evaluate", pipeline, snapshot, journal)
    before = None if former is None else _tested("evaluate the active version", former, snapshot, journal)
    return {
        "candidate": numbers(result),
        "active": None if before is None else numbers(before),
        "recallers": result["recallers"],
        "reliability": result["reliability"],
        "loss": journal.curves(),
        "seconds": {stage: round(seconds, 2) for stage, seconds in journal.seconds.items()},
        "notes": journal.notes,
    }


def _tested(stage: str, pipeline: Pipeline, snapshot: Snapshot, journal: Journal) -> dict[str, Any]:
    videos, step = snapshot.split("test"), journal.stage(stage)
    proposals: list[list[Proposal]] = []
    for start in range(0, len(videos), CHUNK):
        proposals += pipeline.propose([example.video for example in videos[start : start + CHUNK]])
        step(len(proposals), len(videos), None)
    return judge(proposals, videos, snapshot.vocabulary, list(pipeline.recallers))
