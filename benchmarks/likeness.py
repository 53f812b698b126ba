"""Which clips are put into one group: copies found, and what else comes with them, by likeness and by pictures.

Real clips without words (--data DIR/clips) and exercises with words and pictures (--data DIR/exercises), some of them
uploaded again in several ways. The vectors are those of the product's small stack, trained on the originals.
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from annotation.groups.clusters import clusters
from annotation.groups.gathering import LIKENESS, MOST_IN_GROUP, NEIGHBOURS
from benchmarks.loops import exercises, steps
from benchmarks.sets import copies
from ml import copies as copies_of
from ml import look_alikes
from ml.registry import serving
from tagging import fingerprints, suggestions
from tagging.models import Video
from taxonomy.models import BusinessLine

LEAST = 0.5
THRESHOLDS = (0.7, 0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98)
COPIED = {"clips": 30, "exercises": 60}
EXERCISES = 400
WORDS = {"same words": ("title", "text"), "title alone": ("title",), "no words": ()}


@dataclass(frozen=True)
class Upload:
    id: str
    work: str  # what it is an upload of
    way: str  # empty: the original
    source: str  # of the footage: works of one source are neither alike nor different
    tags: frozenset[str]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--part", choices=tuple(COPIED), required=True)


def run(options: Namespace) -> dict[str, object]:
    folder = Path(tempfile.mkdtemp(prefix="uploads-"))
    made = {"clips": _clips, "exercises": _exercises}[options.part](options.data / options.part, folder)
    uploads = {upload.id: upload for upload, _row in made}
    tags = sorted({tag for upload in uploads.values() for tag in upload.tags})
    steps.import_taxonomy(steps.write_csv("tags.csv", [{"id": t, "name": t, "kind": "content"} for t in tags]))
    _take_in([row for upload, row in made if not upload.way], folder, steps.make_line())
    steps.train()
    _take_in([row for upload, row in made if upload.way], folder, None)
    _version, pipeline = serving.active() or (None, None)
    assert pipeline is not None
    videos = dict(Video.objects.values_list("pk", "external_id"))
    inputs = suggestions.inputs(list(videos))
    pairs = [
        (uploads[videos[a]], uploads[videos[b]], likeness)
        for a, b, likeness in look_alikes.pairs(pipeline, inputs, LEAST, NEIGHBOURS)
    ]
    known = fingerprints.of(list(videos))
    shown = copies_of.pairs(list(known), list(known.values()), NEIGHBOURS)
    same = [(uploads[videos[a]], uploads[videos[b]], likeness) for a, b, likeness in shown]
    by_usual = [pair for pair in pairs if pair[2] >= LIKENESS]
    return {
        "uploads": len(uploads),
        "copies": sum(bool(upload.way) for upload in uploads.values()),
        "by_pictures": _figures(LEAST, same, uploads),
        "by_pictures_and_likeness": _figures(LEAST, _each_once(same + by_usual), uploads),
        "by_likeness": {str(least): _figures(least, pairs, uploads) for least in THRESHOLDS},
    }


def _each_once(pairs: Iterable[tuple[Upload, Upload, float]]) -> list[tuple[Upload, Upload, float]]:
    return list({frozenset((a.id, b.id)): (a, b, likeness) for a, b, likeness in pairs}.values())


def _take_in(rows: list[dict[str, str]], folder: Path, line: BusinessLine | None) -> None:
    mapping = {"external_id": "id", "title": "title", "description": "text", "media": "media"}
    table = steps.write_csv(f"{'learnt' if line else 'rest'}.csv", rows)
    steps.import_videos(table, "uploads", mapping=mapping | ({"tags": "tags"} if line else {}), line=line, media=folder)


def _figures(
    least: float, pairs: Iterable[tuple[Upload, Upload, float]], uploads: Mapping[str, Upload]
) -> dict[str, object]:
    """Of pairs at least so alike what they are, and of the groups made of them how far one verdict holds for all."""
    found = [(a, b, likeness) for a, b, likeness in pairs if likeness >= least]
    copied = [a.way or b.way for a, b, _l in found if a.work == b.work and not (a.way and b.way)]
    asked = [upload.way for upload in uploads.values() if upload.way]
    kinds = [_kind(a, b) for a, b, _likeness in found]
    ids = {name: number for number, name in enumerate(uploads)}
    names = list(uploads)
    groups = clusters([(ids[a.id], ids[b.id], s) for a, b, s in found], most=MOST_IN_GROUP)
    within = [
        (uploads[names[a]], uploads[names[b]]) for group in groups for a, b in combinations(sorted(group.videos), 2)
    ]
    return {
        "pairs": len(found),
        "recall": round(len(copied) / len(asked), 3),
        "recall_by_way": {way: round(copied.count(way) / asked.count(way), 2) for way in dict.fromkeys(asked)},
        "different": round(kinds.count("different") / max(len(kinds), 1), 3),
        "same_footage": round(kinds.count("same footage") / max(len(kinds), 1), 3),
        "groups": len(groups),
        "grouped": sum(len(group.videos) for group in groups),
        "different_in_groups": round(float(np.mean([_kind(*two) == "different" for two in within] or [0])), 3),
        "tags_in_common": round(float(np.mean([_shared(*two) for two in within] or [0])), 3),
    }


def _kind(a: Upload, b: Upload) -> str:
    if a.work == b.work:
        return "copy"
    return "same footage" if a.source == b.source else "different"


def _shared(a: Upload, b: Upload) -> float:
    return len(a.tags & b.tags) / len(a.tags | b.tags)


def _clips(data: Path, folder: Path) -> list[tuple[Upload, dict[str, str]]]:
    with (data / "clips.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    made = []
    for number, row in enumerate(rows):
        work = Path(row["file"]).stem
        shutil.copy(data / row["file"], folder / f"{work}.mp4")
        ways = copies.WAYS if number % 3 == 0 and number < 3 * COPIED["clips"] else {}
        for way, how in ({"": copies.Way()} | ways).items():
            upload = Upload(f"{work} {way}".strip(), work, way, row["source"], frozenset({row["label"]}))
            if way:
                copies.make(data / row["file"], folder / f"{upload.id}.mp4", how)
            made.append(
                (upload, {"id": upload.id, "title": "", "text": "", "media": f"{upload.id}.mp4", "tags": row["label"]})
            )
    return made


def _exercises(data: Path, folder: Path) -> list[tuple[Upload, dict[str, str]]]:
    every = json.loads((data / "exercises.json").read_text(encoding="utf-8"))[:EXERCISES]
    made = []
    for number, exercise in enumerate(every):
        work, tags = str(exercise["id"]), exercises.labels(exercise)
        exercises.film([data / "photos" / name for name in exercise["images"]], folder / f"{work}.mp4")
        words = {"title": exercise["name"], "text": " ".join(exercise["instructions"])}
        copied = number % 5 == 0 and number < 5 * COPIED["exercises"]
        ways = {f"{way}, {said}": (how, kept) for way, how in _pictured() for said, kept in WORDS.items()}
        for way, (how, kept) in ({"": (copies.Way(), ("title", "text"))} | (ways if copied else {})).items():
            upload = Upload(f"{work} {way}".strip(), work, way, work, frozenset(tags))
            if way:
                copies.make(folder / f"{work}.mp4", folder / f"{upload.id}.mp4", how)
            told = {name: text if name in kept else "" for name, text in words.items()}
            made.append((upload, {"id": upload.id, **told, "media": f"{upload.id}.mp4", "tags": json.dumps(tags)}))
    return made


def _pictured() -> Iterable[tuple[str, copies.Way]]:
    return [(way, copies.WAYS[way]) for way in ("low bitrate", "cropped by a fifth", "caption bar")]
