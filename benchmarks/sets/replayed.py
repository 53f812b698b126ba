"""Fully labelled sets whose texts are replayed: KuaiRec's titles with their categories, exercises with their tags."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.sets.composed import tags_of
from ml.types import Example, Snapshot, Tag, VideoInput, Vocabulary

TEST = 0.2  # of the exercises
SPLITS = 1000  # seeds from here on draw who is judged; those below draw the first labels


def kuairec(data: Path) -> Snapshot:
    """Judged on test.csv, or else dev.csv. A clip's tags are its category and its further top-level ones."""
    folder = data / "kuairec"
    with (folder / "taxonomy.csv").open(encoding="utf-8") as file:
        nodes = {int(node["id"]): node for node in csv.DictReader(file)}
    parents = {pk: int(node["parent_id"]) if node["parent_id"] else None for pk, node in nodes.items()}
    tags = tuple(Tag(pk, node["name"], (node["name"],), parents[pk]) for pk, node in nodes.items())
    ids = {_path(pk, nodes, parents): pk for pk in nodes}
    judged = "test.csv" if (folder / "test.csv").is_file() else "dev.csv"
    examples = []
    for name, split in (("train.csv", "train"), (judged, "test")):
        with (folder / name).open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["category_path"] in ids]
        for row in rows:
            said = {ids[row["category_path"]]} | set(json.loads(row["extra_top_level"] or "[]")) & nodes.keys()
            video = VideoInput(int(row["video_id"]), row["caption"], row["hashtags"], row["cover_text"])
            examples.append(Example(video, frozenset(said), split=split))
    return Snapshot("kuairec", Vocabulary(tags), examples)


def exercises(data: Path) -> Snapshot:
    """Names and instructions; a fifth, drawn once, is judged on."""
    rows = json.loads((data / "exercises" / "exercises.json").read_text(encoding="utf-8"))
    said = [tags_of(row) for row in rows]
    names = sorted({name for tags in said for name in tags})
    column = {name: number for number, name in enumerate(names)}
    test = set(np.random.default_rng(0).permutation(len(rows))[: int(TEST * len(rows))].tolist())
    examples = [
        Example(
            VideoInput(number, row["name"], " ".join(row["instructions"])),
            frozenset(column[name] for name in tags),
            split="test" if number in test else "train",
        )
        for number, (row, tags) in enumerate(zip(rows, said, strict=True))
    ]
    return Snapshot(
        "exercises", Vocabulary(tuple(Tag(n, name, (name.split(": ")[-1],)) for n, name in enumerate(names))), examples
    )


SETS = {"kuairec": kuairec, "exercises": exercises}


def split_anew(snapshot: Snapshot, seed: int) -> Snapshot:
    """As many clips as before are judged, drawn from all."""
    judged = len(snapshot.split("test"))
    drawn = set(np.random.default_rng(SPLITS + seed).permutation(len(snapshot.examples))[:judged].tolist())
    examples = [replace(e, split="test" if n in drawn else "train") for n, e in enumerate(snapshot.examples)]
    return replace(snapshot, examples=examples)


def _path(pk: int, nodes: dict[int, dict[str, str]], parents: dict[int, int | None]) -> str:
    above = parents[pk]
    name = nodes[pk]["name"]
    return name if above is None else f"{_path(above, nodes, parents)} > {name}"
