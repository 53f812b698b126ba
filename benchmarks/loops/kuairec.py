"""KuaiRec: import its tree and videos, train on them, and rank the categories of the held-out videos a level."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.loops import steps
from tagging.models import Video
from taxonomy.models import Tag

MAPPING = {"external_id": "video_id", "title": "caption", "description": "hashtags", "cover_text": "cover_text"}


def run(data: Path) -> dict[str, object]:
    folder = data / "kuairec"
    steps.import_taxonomy(folder / "taxonomy.csv")
    line = steps.make_line()
    figures: dict[str, object] = {"categories": Tag.objects.count()}
    figures["import"] = steps.import_videos(
        folder / "train.csv", "kuairec", mapping=MAPPING | {"tags": "category_path"}, line=line
    )
    version, figures["training_s"] = steps.train()
    figures["test_split"] = steps.metrics(version)
    steps.import_videos(folder / "dev.csv", "kuairec-dev", mapping=MAPPING)
    figures["suggested"], figures["suggesting_s"] = steps.suggest()
    return figures | _levels(folder / "dev.csv")


def _levels(path: Path) -> dict[str, object]:
    """Top-1 and top-5 of each level: a category's score is the sum of the confidences in its branch."""
    tags = {tag.pk: tag for tag in Tag.objects.all()}
    ancestors = {pk: _path(pk, tags) for pk in tags}
    found = steps.confidences(Video.objects.filter(source="kuairec-dev"))
    hits: dict[str, list[bool]] = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            names = row["category_path"].split(" > ")
            ranked = _by_level(found[row["video_id"]], ancestors)
            for level, name in enumerate(names, 1):
                for k in (1, 5):
                    said = [tags[tag].name for tag in steps.top(ranked[level], k)]
                    hits[f"level{level}_top{k}"].append(name in said)
    return {name: round(sum(values) / len(values), 3) for name, values in sorted(hits.items())}


def _path(pk: int, tags: Mapping[int, Tag]) -> list[int]:
    """From the top of the tree down to the tag."""
    path = [pk]
    while parent := tags[path[0]].parent_id:
        path.insert(0, parent)
    return path


def _by_level(scores: Mapping[int, float], ancestors: Mapping[int, list[int]]) -> dict[int, dict[int, float]]:
    levels: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for tag, confidence in scores.items():
        for level, node in enumerate(ancestors[tag], 1):
            levels[level][node] += confidence
    return levels
