"""KuaiRec: Chinese titles and the path of each video's category."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD

from benchmarks.sets.hierarchies import HierarchySet
from benchmarks.sets.labelled_text import Split
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


def as_texts(folder: Path, level: int) -> Split:
    """Texts and their category on one level; videos whose path ends above it are left out."""
    judged = "test.csv" if (folder / "test.csv").is_file() else "dev.csv"
    parts = []
    for name in ("train.csv", judged):
        with (folder / name).open(encoding="utf-8") as file:
            videos = [(video, video["category_path"].split(" > ")) for video in csv.DictReader(file)]
        parts.append([("\n".join(v[f] for f in TEXT), " > ".join(p[:level])) for v, p in videos if len(p) >= level])
    names = {name: number for number, name in enumerate(sorted({name for part in parts for _, name in part}))}
    texts, labels = ([[item[n] for item in part] for part in parts] for n in (0, 1))
    train, test = (np.array([names[name] for name in part]) for part in labels)
    return Split(f"level{level}", texts[0], train, texts[1], test)


def _path(node: dict[str, str], nodes: list[dict[str, str]], row: dict[str, int]) -> str:
    above = node["parent_id"]
    return f"{_path(nodes[row[above]], nodes, row)} > {node['name']}" if above else node["name"]


def _read(path: Path, paths: dict[str, int], graph: ClassGraph) -> tuple[list[str], NDArray[np.bool_]]:
    with path.open(encoding="utf-8") as file:
        videos = [video for video in csv.DictReader(file) if video["category_path"] in paths]
    said = np.zeros((len(videos), len(graph)), bool)
    said[np.arange(len(videos)), [paths[video["category_path"]] for video in videos]] = True
    return ["\n".join(video[field] for field in TEXT) for video in videos], graph.completed(said)
