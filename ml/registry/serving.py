"""The pipelines of the versions on duty, each loaded once a process. Only workers call this: loading imports torch."""

from __future__ import annotations

import atexit
import gc
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from ml.feature_store import FeatureStore
from ml.registry import archive, canaries
from ml.registry.canaries import Duty
from ml.registry.models import ModelVersion

if TYPE_CHECKING:
    from ml.pipeline import Pipeline

_loaded: dict[Path, Pipeline] = {}  # by folder of the bundle: of the active version and of the canary, no other


def active() -> tuple[ModelVersion, Pipeline] | None:
    """The active version and its pipeline; None before the first promotion.

    Asks the database each time, so a promotion reaches every worker with its next batch.
    Raises ml.bundle.BundleError when the bundle's folder is missing or damaged.
    """
    duty = canaries.duty()
    return (duty.active, pipeline(duty.active, duty)) if duty else None


def pipeline(version: ModelVersion, duty: Duty) -> Pipeline:
    """Of a version on duty; pipelines of others are given back first. Raises ml.bundle.BundleError."""
    on_duty = {duty.active.folder} | ({duty.canary.version.folder} if duty.canary else set())
    _give_back(_loaded.keys() - on_duty)
    if version.folder not in _loaded:
        _loaded[version.folder] = _load(folder(version))
    return _loaded[version.folder]


def folder(version: ModelVersion) -> Path:
    """The version's bundle on this machine; brought from the archive when another machine trained it."""
    if not version.folder.is_dir():
        archive.bring(f"bundles/{version.bundle}", version.folder)
    return version.folder


def _load(folder: Path) -> Pipeline:
    from ml.pipeline import (
        Pipeline,
    )  # here, because the web process imports this module's neighbours and must stay light

    gc.unfreeze()
    pipeline = Pipeline.load(folder, FeatureStore(Path(settings.FEATURE_ROOT)))
    # What was loaded stays. Walking over torch's million objects in each collection costs a fifth of a batch.
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # libraries look for leaks when the process ends
    return pipeline


def _give_back(folders: set[Path]) -> None:
    """The memory of pipelines that are no longer on duty, their cycles included."""
    for folder in folders:
        del _loaded[folder]
    if folders:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
