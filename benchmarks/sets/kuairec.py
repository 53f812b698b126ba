"""KuaiRec: Chinese titles and the path of each video's category."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD

from benchmarks.sets.hierarchies import HierarchySet
from benchmarks.texts.task import UNKNOWN, Task
from ml.layers.class_graph import ClassGraph
from ml.layers.grams import GramTable

TEXT = ("caption", "cover_text", "hashtags")
WIDTH = 256  # of the texts' vectors


def as_hierarchy(folder: Path) -> HierarchySet:
    """TF-IDF of character n-grams, by singular values; learned from train.csv, judged on test.csv or else dev.csv."""
    judged = "test.csv" if (folder / "test.csv").is_file() else "dev.csv"
    with (folder / "taxonomy.csv").open(encoding="utf-8") as file:
        nodes = list(csv.DictReader(file))
    row = {node["id"]: number for number, node in enumerate(nodes)}
    graph = ClassGraph(tuple((row[node["parent_id"]],) if node["parent_id"] else () for node in nodes))
    paths = {_path(node, nodes, row): number for number, node in enumerate(nodes)}
    (texts, train), (others, test) = (_read(folder / name, paths, graph) for name in ("train.csv", judged))
    table = GramTable.count(texts)
    turn = TruncatedSVD(WIDTH, random_state=0).fit(table.encode(texts))
    vectors = [turn.transform(table.encode(part)).astype(np.float32) for part in (texts, others)]
    return HierarchySet(graph, vectors[0], train, vectors[1], test)


def as_task(folder: Path) -> Task:
    """Texts and their category on each level; further top levels are hints. Judged on dev.csv, and on test.csv too."""
    judged = [name for name in ("dev.csv", "test.csv") if (folder / name).is_file()]
    videos = {name: _videos(folder / name) for name in ("train.csv", *judged)}
    rest = [video for name in judged for video in videos[name]]
    named = [sorted({n for part in videos.values() for v in part if (n := _name(v, level))}) for level in (1, 2, 3)]
    row = [{name: number for number, name in enumerate(names)} for names in named]
    tops, hints = _tops(folder), _hints(videos["train.csv"])
    labels = lambda part: np.array([[row[n].get(_name(v, n + 1), UNKNOWN) for n in range(3)] for v in part])
    return Task(
        name=folder.name,
        texts=[_text(video) for video in videos["train.csv"]],
        labels=labels(videos["train.csv"]),
        judged=[_text(video) for video in rest],
        truth=labels(rest),
        parts=[name.removesuffix(".csv") for name in judged for _ in videos[name]],
        spaced=False,
        hints=hints[0],
        hint_classes=tuple(row[0].get(tops.get(top, ""), UNKNOWN) for top in hints[1]),
    )


def _videos(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _text(video: dict[str, str]) -> str:
    return "\n".join(video[field] for field in TEXT)


def _name(video: dict[str, str], level: int) -> str:
    """The category on a level; empty where the path ends above it."""
    path = video["category_path"].split(" > ")
    return " > ".join(path[:level]) if len(path) >= level else ""


def _tops(folder: Path) -> dict[int, str]:
    """Name of each top level."""
    with (folder / "taxonomy.csv").open(encoding="utf-8") as file:
        return {int(node["id"]): node["name"] for node in csv.DictReader(file) if not node["parent_id"]}


def _hints(videos: list[dict[str, str]]) -> tuple[NDArray[np.float32], list[int]]:
    """(videos, top levels), 1 where a video is said to belong to a top level as well, and the top levels."""
    said = [json.loads(video["extra_top_level"] or "[]") for video in videos]
    known = sorted({top for tops in said for top in tops})
    return np.array([[float(top in tops) for top in known] for tops in said], np.float32), known


def _path(node: dict[str, str], nodes: list[dict[str, str]], row: dict[str, int]) -> str:
    above = node["parent_id"]
    return f"{_path(nodes[row[above]], nodes, row)} > {node['name']}" if above else node["name"]


def _read(path: Path, paths: dict[str, int], graph: ClassGraph) -> tuple[list[str], NDArray[np.bool_]]:
    with path.open(encoding="utf-8") as file:
        videos = [video for video in csv.DictReader(file) if video["category_path"] in paths]
    said = np.zeros((len(videos), len(graph)), bool)
    said[np.arange(len(videos)), [paths[video["category_path"]] for video in videos]] = True
    return [_text(video) for video in videos], graph.completed(said)
