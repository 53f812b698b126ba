"""The active version's pipeline, loaded once a process. Only workers call this: loading imports torch."""

from __future__ import annotations

import atexit
import gc
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from ml.feature_store import FeatureStore
from ml.registry import archive
from ml.registry.models import ModelVersion

if TYPE_CHECKING:
    from ml.pipeline import Pipeline


def active() -> tuple[ModelVersion, Pipeline] | None:
    """The active version and its pipeline; None before the first promotion.

    Asks the database each time, so a promotion reaches every worker with its next batch.
    Raises ml.bundle.BundleError when the bundle's folder is missing or damaged.
    """
    version = ModelVersion.objects.active()
    return (version, _load(folder(version))) if version else None


def folder(version: ModelVersion) -> Path:
    """The version's bundle on this machine; brought from the archive when another machine trained it."""
    if not version.folder.is_dir():
        archive.bring(f"bundles/{version.bundle}", version.folder)
    return version.folder


@lru_cache(maxsize=1)  # the former version's memory is given back as soon as the next one is needed
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
