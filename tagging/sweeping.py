"""What people and workers left behind on the disk: uploads that nobody imports, files of workers that died."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from tagging.models import Import, Video

ABANDONED = 48 * 3600  # seconds; an upload waits half as long for its columns to be named
KEPT = timedelta(days=14)  # so long an import that is over may be started again, and its broken clips examined again


def sweep() -> int:
    """Delete what is left behind; how many files and folders."""
    if not (old := [path for path in _found() if time.time() - path.stat().st_mtime > ABANDONED]):
        return 0
    needed = _needed()
    gone = [path for path in old if path.name not in needed]
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(gone)


def _found() -> list[Path]:
    """Files on their way in, a folder an upload, and the unfinished bundles of trainings that were killed."""
    places = (Path(settings.MEDIA_ROOT) / "incoming", Path(settings.IMPORT_ROOT))
    left = [path for place in places if place.is_dir() for path in place.iterdir()]
    return left + list(Path(settings.BUNDLE_ROOT).glob(".*-*/"))  # a finished one has lost its dot


def _needed() -> set[str]:
    """Names of the folders below IMPORT_ROOT that an import still reads, or may read again."""
    pending = Video.objects.filter(imported_by=OuterRef("pk"), media_state=Video.MediaState.PENDING)
    wanted = Q(finished_at=None) | Q(finished_at__gt=Now() - KEPT) | Exists(pending)
    root = Path(settings.IMPORT_ROOT).resolve()
    paths = Import.objects.filter(wanted, path__startswith=f"{root}/").values_list("path", flat=True)
    return {Path(path).relative_to(root).parts[0] for path in paths}
