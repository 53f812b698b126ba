"""One training run, from the reviews to a candidate in the registry."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

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


class TakenOver(Exception):
    """Another worker has the run now; it goes on with what lies there."""


def retrain(pk: int, listen: Callable[[Progress], None] | None = None) -> ModelVersion | None:
    """Train run `pk` to its end; `listen` hears the progress too. Imports torch, so only workers and commands call it.

    None: another worker has the run, or it was cancelled, or it failed for a reason that the run now tells.
    When the database is away or the process dies, the run stays unfinished and is taken over by the next worker, which
    goes on after the last finished part where it sees the same disk.
    """
    from ml.training.workplace import Busy  # only here: it imports torch

    if (run := runs.take(pk)) is None:
        return None
    try:
        with heartbeat(run):
            return _train(run, listen)
    except DatabaseError:
        raise
    except (TakenOver, Busy) as reason:  # it is not ours, or not yet: beat sends it again
        log.warning("%s: %r", run, reason)
    except ValueError as reason:  # too few reviews, an empty test split, an unknown stack: its sentence is for people
        log.warning("%s failed: %s", run, reason)
        runs.fail(run, str(reason))
        clear_away(run)
    except Exception as error:  # whatever it is, the run must not start over for ever
        runs.fail(run, f"{type(error).__name__}: {error}")
        clear_away(run)
        raise
    return None


def _train(run: TrainingRun, listen: Callable[[Progress], None] | None) -> ModelVersion | None:
    from ml.training import loop, workplace  # only here: they import torch

    taken = _snapshot(run)
    tracker, store = Tracker(run), FeatureStore(Path(settings.FEATURE_ROOT))
    active = ModelVersion.objects.active()
    warm = serving.folder(active) if active else None
    warm = warm if warm and warm.is_dir() else None
    out = _bundle(run)
    workplace.sweep(out.parent, but=out)  # one run at a time: others are over

    def report(progress: Progress) -> None:
        tracker.report(progress)
        if listen:
            listen(progress)

    def cancelled() -> bool:
        if (stop := tracker.cancelled()) and runs.lost(run):
            raise TakenOver
        return stop

    try:
        if not out.is_dir():  # it is there when a worker died between training and telling
            loop.train(
                taken.folder,
                out,
                store=store,
                stack=run.stack,
                warm=warm,
                clips=clips.StoredClip,
                report=report,
                cancelled=cancelled,
            )
    except loop.Cancelled:
        runs.cancelled(run)
        return None
    archive.keep(out, f"bundles/{out.name}")  # before anybody is told of it
    return _register(run, taken, out.name, _metrics(out / "metrics.json", active), active)


def clear_away(run: TrainingRun) -> None:
    """What a run that is over left of its bundle."""
    from ml.training import workplace  # only here: it imports torch

    if run.snapshot and not runs.lost(run):
        workplace.forget(_bundle(run))


def _bundle(run: TrainingRun) -> Path:
    """Where the run's bundle goes: the same place for every worker that takes it over."""
    unique = hashlib.sha256(f"{run.pk} {run.created_at.isoformat()}".encode()).hexdigest()
    return Path(settings.BUNDLE_ROOT) / f"{run.stack_name}-{run.snapshot[:8]}-{unique[:6]}"


def _snapshot(run: TrainingRun) -> Taken:
    """The run's own when it was begun before, else what reviewers say now."""
    if run.snapshot:
        return snapshots.read(run.snapshot)
    at = timezone.now()
    taken = snapshots.take()
    runs.keep_snapshot(run, taken.folder.name, at)
    return taken


def _metrics(path: Path, active: ModelVersion | None) -> dict[str, Any]:
    """The candidate's numbers, and as its rival's those of the active version on the same test videos."""
    content = json.loads(path.read_text(encoding="utf-8"))
    kept = ("recallers", "reliability", "programs", "lines", "seconds", "notes")
    metrics = content["candidate"] | {name: content[name] for name in kept}
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
    if version is None and not runs.lost(run):  # cancelled in the last moment
        archive.forget(f"bundles/{name}")
        shutil.rmtree(Path(settings.BUNDLE_ROOT) / name)
    return version
