"""The steps of the loop, each through the use case that the product's own pages call."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from annotation import retraining
from ml.registry import promotion, runs
from ml.registry.models import ModelVersion
from tagging import intake, probing, suggestions
from tagging.models import Import, LinePolicy, Suggestion, Video
from taxonomy.models import BusinessLine


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def make_line() -> BusinessLine:
    line = BusinessLine.objects.create(slug="benchmark", name="Benchmark")
    LinePolicy.objects.create(business_line=line, threshold=0.3, limit=10)
    return line


def write_csv(name: str, rows: Iterable[Mapping[str, object]]) -> Path:
    """A table in the benchmark's own folder."""
    path = Path(settings.VAR) / name
    content = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(content[0]))
        writer.writeheader()
        writer.writerows(content)
    return path


def import_taxonomy(path: Path) -> None:
    call_command("import_taxonomy", str(path), verbosity=0)


def import_videos(
    path: Path, source: str, *, mapping: Mapping[str, str], line: BusinessLine | None = None, media: Path | None = None
) -> dict[str, object]:
    """Import a table, examine its media, and tell how long it took and what failed."""
    begun = time.perf_counter()
    done = intake.run(
        intake.start(path, source=source, mapping=mapping, media_folder=media or path.parent, business_line=line)
    )
    if done.state != Import.State.DONE:
        raise RuntimeError(done.error)
    rows = time.perf_counter() - begun
    while count := probing.examine_waiting():
        say(f"  {count} media examined")
    return {
        "imported": done.imported,
        "failed": done.errors.count(),
        "rows_s": round(rows, 1),
        "media_s": round(time.perf_counter() - begun - rows, 1),
    }


def train(stack: str = "small") -> tuple[ModelVersion, float]:
    """Retrain a stack (a name or a file) on the reviews and promote what comes out; returns it and the seconds."""
    begun = time.perf_counter()
    version = retraining.retrain(runs.start(stack).pk, lambda p: say(f"  {p.stage} {p.done}/{p.total} {p.loss or ''}"))
    if version is None:
        raise RuntimeError("the training did not give a version")
    promotion.promote(version, despite=True)
    return version, round(time.perf_counter() - begun, 1)


def suggest() -> tuple[int, float]:
    """Suggest tags for all that waits; returns how many videos that were, and the seconds."""
    begun, videos = time.perf_counter(), 0
    while count := suggestions.suggest_batch():
        videos += count
        say(f"  {videos} videos have suggestions")
    return videos, round(time.perf_counter() - begun, 1)


def confidences(videos: Iterable[Video]) -> dict[str, dict[int, float]]:
    """Suggested tags of each video by its external id."""
    found: dict[str, dict[int, float]] = {video.external_id: {} for video in videos}
    rows = Suggestion.objects.filter(suggestion_set__video__external_id__in=found)
    for external_id, tag, confidence in rows.values_list("suggestion_set__video__external_id", "tag_id", "confidence"):
        found[external_id][tag] = confidence
    return found


def top(scores: Mapping[int, float], k: int) -> Sequence[int]:
    return sorted(scores, key=lambda tag: (-scores[tag], tag))[:k]


def metrics(version: ModelVersion) -> dict[str, object]:
    return {name: round(value, 4) for name, value in version.metrics.items() if isinstance(value, (int, float))}
