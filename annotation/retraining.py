"""One training run, from the reviews to a candidate in the registry."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError

from annotation import snapshots
from annotation.snapshots import Taken
from ml.feature_store import FeatureStore
from ml.registry import archive, runs, serving
from ml.registry.models import ModelVersion, TrainingRun
from ml.registry.tracker import Tracker, heartbeat
from tagging import clips

if TYPE_CHECKING:
    from ml.training.loop import Progress

log = logging.getLogger(__name__)


def retrain(pk: int, listen: Callable[[Progress], None] | None = None) -> ModelVersion | None:
    """Train run `pk` to its end; `listen` hears the progress too. Imports torch, so only workers and commands call it.

    None: another worker has the run, or it was cancelled, or it failed for a reason that the run now tells.
    When the database is away or the process dies, the run stays unfinished and is taken over by the next worker.
    """
    if (run := runs.take(pk)) is None:
        return None
    try:
        with heartbeat(run):
            return _train(run, listen)
    except DatabaseError:
        raise
    except ValueError as reason:  # too few reviews, an empty test split, an unknown stack: its sentence is for people
        log.warning("%s failed: %s", run, reason)
        runs.fail(run, str(reason))
    except Exception as error:  # whatever it is, the run must not start over for ever
        runs.fail(run, f"{type(error).__name__}: {error}")
        raise
    return None


def _train(run: TrainingRun, listen: Callable[[Progress], None] | None) -> ModelVersion | None:
    from ml.training import loop  # only here: it imports torch

    taken = _snapshot(run)
    tracker, store = Tracker(run), FeatureStore(Path(settings.FEATURE_ROOT))
    active = ModelVersion.objects.active()
    warm = serving.folder(active) if active else None
    warm = warm if warm and warm.is_dir() else None
    name = f"{Path(run.stack).stem}-{taken.hash[:8]}-{uuid4().hex[:6]}"  # a stack may be the path of its file
    out = Path(settings.BUNDLE_ROOT) / name

    def report(progress: Progress) -> None:
        tracker.report(progress)
        if listen:
            listen(progress)

    try:
        loop.train(
            taken.folder,
            out,
            store=store,
            stack=run.stack,
            warm=warm,
            clips=clips.StoredClip,
            report=report,
            cancelled=tracker.cancelled,
        )
    except loop.Cancelled:
        runs.cancelled(run)
        return None
    archive.keep(out, f"bundles/{name}")  # before anybody is told of it
    return _register(run, taken, name, _metrics(out / "metrics.json", active), active)


def _snapshot(run: TrainingRun) -> Taken:
    """The run's own when it was begun before, else what reviewers say now."""
    if run.snapshot:
        return snapshots.read(run.snapshot)
    taken = snapshots.take()
    runs.keep_snapshot(run, taken.folder.name)
    return taken


def _metrics(path: Path, active: ModelVersion | None) -> dict[str, Any]:
    """The candidate's numbers, and as its rival's those of the active version on the same test videos."""
    content = json.loads(path.read_text(encoding="utf-8"))
    metrics = content["candidate"] | {name: content[name] for name in ("recallers", "reliability", "seconds", "notes")}
    if active and content["active"]:
        metrics["rival"] = {"version": active.pk, "metrics": content["active"]}
    return metrics


def _register(
    run: TrainingRun, taken: Taken, name: str, metrics: dict[str, Any], active: ModelVersion | None
) -> ModelVersion | None:
    version = runs.finish(
        run,
        bundle=name,
        snapshot_hash=taken.hash,
        taxonomy_version=taken.taxonomy_version,
        metrics=metrics,
        parent=active,
    )
    if version is None:  # cancelled, or finished by the worker that took it over from us
        archive.forget(f"bundles/{name}")
        shutil.rmtree(Path(settings.BUNDLE_ROOT) / name)
    return version
