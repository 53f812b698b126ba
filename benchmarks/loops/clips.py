"""Real surveillance clips: every one decoded, with its sound, and suggested tags for; footage held out as a whole."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from benchmarks.loops import steps
from tagging.models import Media, SuggestionSet, Video
from taxonomy.models import Tag

HELD_OUT = 0.3  # share of the sources that the training does not see


def run(data: Path) -> dict[str, object]:
    with (data / "clips" / "clips.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    steps.import_taxonomy(
        steps.write_csv("tags.csv", [{"id": label, "name": label, "kind": "content"} for label in ("fight", "noFight")])
    )
    line, media = steps.make_line(), data / "clips"
    learnt = [row for row in rows if not _held_out(row["source"])]
    rest = [row for row in rows if _held_out(row["source"])]
    mapping = {"external_id": "file", "media": "file"}
    figures: dict[str, object] = {"clips": len(rows), "held_out": len(rest)}
    figures["import"] = steps.import_videos(
        steps.write_csv("learnt.csv", learnt), "clips", mapping=mapping | {"tags": "label"}, line=line, media=media
    )
    steps.import_videos(steps.write_csv("rest.csv", rest), "clips", mapping=mapping, media=media)
    version, figures["training_s"] = steps.train()
    figures["test_split"] = steps.metrics(version)
    Video.objects.update(reviewed_at=None)  # so that every clip is suggested tags for, not only the held-out ones
    figures["suggested"], figures["suggesting_s"] = steps.suggest()
    figures["decoded"] = Media.objects.count()
    figures["with_sound"] = Media.objects.exclude(audio_codec="").count()
    figures["with_suggestions"] = SuggestionSet.objects.filter(suggestions__isnull=False).distinct().count()
    return figures | {"held_out_accuracy": _accuracy(rest)}


def _held_out(source: str) -> bool:
    return int(hashlib.sha256(source.encode()).hexdigest()[:8], 16) / 2**32 < HELD_OUT


def _accuracy(rows: list[dict[str, str]]) -> float:
    names = dict(Tag.objects.values_list("pk", "name"))
    found = steps.confidences(Video.objects.all())
    right = [[names[tag] for tag in steps.top(found[row["file"]], 1)] == [row["label"]] for row in rows]
    return round(sum(right) / len(right), 3)
