"""From a snapshot to a bundle."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from ml import bundle
from ml.feature_store import FeatureStore
from ml.layers import peers, precision
from ml.pipeline import Pipeline
from ml.training import examples, line_calibration, stacks, workplace
from ml.training.evaluation import evaluate, judge, numbers
from ml.training.journal import Cancelled, Journal, Progress
from ml.training.line_calibration import LineCalibration
from ml.training.stages import CHUNK, Stages
from ml.types import Proposal, Snapshot

Lines = tuple[Mapping[int, LineCalibration], Mapping[int, Any]]  # and their names in each language

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

    `warm` is the active bundle: weights start from it, what has not changed since is copied from it, and it is judged
    on the same test split for comparison. `clips` finds the media that the snapshot names, when they are not files
    below its `media_root`. `out/metrics.json` holds {candidate, active, recallers, reliability, lines, loss, seconds,
    notes}.

    `out` appears whole or not at all. Killed on its way and started again with the same arguments, the training goes on
    after the last finished part, and inside a long one from its last checkpoint (`ml.training.workplace`). Processes
    that `torchrun` started train together; the first one writes and reports.

    Raises SnapshotError, ValueError (stack), FileExistsError (`out`), Busy, Cancelled.
    """
    torch.set_num_threads(1)
    frozen, config = examples.read(snapshot, clips), stacks.read(stack)
    examples.check(frozen)
    former = None if warm is None else bundle.read(warm)
    terms = config.get("training", {})
    ticket = {"snapshot": frozen.hash, "config": config, "warm": None if former is None else asdict(former.manifest)}
    journal = Journal(report if peers.leads() else lambda progress: None, cancelled)
    with (
        _cleared_when_refused(out),
        workplace.opened(out, ticket, terms.get("checkpoint_seconds", workplace.CHECKPOINT_SECONDS)) as place,
        precision.trained_in(terms.get("precision", "float32")),
    ):
        if told := peers.told(place.noted()):
            journal.go_on(told)
        before = None if warm is None else Pipeline.load(warm, store)
        stages = Stages(frozen, config, place, store, journal, before, former)
        pipeline, metrics = stages.run(), {}
        if peers.leads():
            manifest = examples.read_manifest(snapshot)
            names = {int(line): name for line, name in manifest.get("lines", {}).items()}
            metrics = _metrics(pipeline, before, frozen, journal, (stages.lines, names))
            (place.bundle / "metrics.json").write_text(json.dumps(metrics, indent=2), encoding="utf-8")
            bundle.write_tags(place.bundle / bundle.TAGS, frozen.vocabulary)
            version = manifest.get("taxonomy_version")
            bundle.seal(place.bundle, _manifest(out.name, config, stages, frozen.hash, version, warm))
    return dict(peers.told(metrics)["candidate"])


@contextmanager
def _cleared_when_refused(out: Path) -> Iterator[None]:
    """What was cancelled, or cannot go well the next time either, is not left for a next start."""
    try:
        yield
    except (Cancelled, ValueError):
        workplace.forget(out)
        raise


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
        parts=stages.fingerprints,
    )


def _metrics(
    pipeline: Pipeline, former: Pipeline | None, snapshot: Snapshot, journal: Journal, lines: Lines
) -> dict[str, Any]:
    proposals = _proposals("evaluate", pipeline, snapshot, journal)
    result = _judged(pipeline, snapshot, proposals)
    before = None
    if former is not None:
        stage = "evaluate the active version"
        before = numbers(_judged(former, snapshot, _proposals(stage, former, snapshot, journal)))
    return {
        "candidate": numbers(result),
        "active": before,
        "recallers": result["recallers"],
        "reliability": result["reliability"],
        "programs": result["programs"],
        "lines": line_calibration.judge(proposals, snapshot.split("test"), snapshot.vocabulary, *lines),
        "loss": journal.curves(),
        "seconds": {stage: round(seconds, 2) for stage, seconds in journal.seconds.items()},
        "notes": list(dict.fromkeys(journal.notes)),
    }


def _proposals(stage: str, pipeline: Pipeline, snapshot: Snapshot, journal: Journal) -> list[list[Proposal]]:
    videos, step = snapshot.split("test"), journal.stage(stage)
    proposals: list[list[Proposal]] = []
    for start in range(0, len(videos), CHUNK):
        proposals += pipeline.propose([example.video for example in videos[start : start + CHUNK]])
        step(len(proposals), len(videos), None)
    return proposals


def _judged(pipeline: Pipeline, snapshot: Snapshot, proposals: list[list[Proposal]]) -> dict[str, Any]:
    return judge(proposals, snapshot.split("test"), snapshot.vocabulary, list(pipeline.recallers))
