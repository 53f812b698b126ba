"""Hierarchical multi-label sets in ARFF: the class attribute holds a tree (`a/b/c`) or edges of a graph (`a/b`)."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.layers.class_graph import ClassGraph, read_paths
from ml.types import Array

# File endings: what is learned from (validation videos included, as the published figures do), and what is judged on.
_PART = re.compile(r"[._](?P<part>trainvalid|train|valid|test)\.arff(\.gz)?$", re.IGNORECASE)


@dataclass(frozen=True)
class HierarchySet:
    """Rows (n, features) with NaN where unknown, and their classes (n, classes), ancestors included."""

    graph: ClassGraph
    train: Array
    train_labels: NDArray[np.bool_]
    test: Array
    test_labels: NDArray[np.bool_]

    def inner(self, share: float = 0.75) -> HierarchySet:
        """The rows to learn from divided once more, to choose settings without a look at the test rows."""
        order = np.random.default_rng(0).permutation(len(self.train))
        first, second = np.split(order, [int(share * len(order))])
        rows, labels = self.train, self.train_labels
        return HierarchySet(self.graph, rows[first], labels[first], rows[second], labels[second])


def find(data: Path) -> dict[str, dict[str, list[Path]]]:
    """Name of each set below a folder -> its files to learn from and to test on."""
    found: dict[str, dict[str, list[Path]]] = {}
    for path in sorted(data.rglob("*.arff*")):
        if match := _PART.search(path.name):
            role = "test" if match["part"].lower() == "test" else "train"
            name = path.name[: match.start()].removesuffix("_corr").lower()
            found.setdefault(name, {"train": [], "test": []})[role].append(path)
    return {name: files for name, files in found.items() if files["train"] and files["test"]}


def read(files: dict[str, list[Path]]) -> HierarchySet:
    """Nominal features become one column a value."""
    parts = {role: [_Arff(path) for path in paths] for role, paths in files.items()}
    paths, graph = parts["train"][0].classes()
    rows = {role: np.concatenate([arff.rows() for arff in found]) for role, found in parts.items()}
    row = {path: number for number, path in enumerate(paths)}
    labels = {}
    for role, found in parts.items():
        said = np.zeros((len(rows[role]), len(paths)), bool)
        for i, line in enumerate(line for arff in found for line in arff.data):
            said[i, [row[name] for name in line[-1].split("@") if name in row]] = True
        labels[role] = graph.completed(said)
    return HierarchySet(graph, rows["train"], labels["train"], rows["test"], labels["test"])


class _Arff:
    def __init__(self, path: Path) -> None:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="latin-1") as file:
            lines = [line.strip() for line in file]
        start = next(i for i, line in enumerate(lines) if line.lower() == "@data")
        kinds = [line.split(None, 2)[2].strip() for line in lines[:start] if line.lower().startswith("@attribute")]
        self.kinds, self.hierarchy = kinds[:-1], kinds[-1].split(None, 1)[1]
        # The values may themselves be separated by blanks, and a line may end in a comment.
        self.data = [[value.strip() for value in line.split("%")[0].split(",")] for line in lines[start + 1 :] if line]

    def rows(self) -> Array:
        columns: list[NDArray[np.float32]] = []
        for number, kind in enumerate(self.kinds):
            values = [line[number] for line in self.data]
            if kind.startswith("{"):
                for nominal in (value.strip() for value in kind.strip("{}").split(",")):
                    columns.append(np.array([np.nan if v == "?" else float(v == nominal) for v in values], np.float32))
            else:
                columns.append(np.array([np.nan if v == "?" else float(v) for v in values], np.float32))
        return np.stack(columns, axis=1)

    def classes(self) -> tuple[list[str], ClassGraph]:
        """Names of the classes and how they hang together; an artificial root is left out."""
        names = [name.strip() for name in self.hierarchy.split(",")]
        if not any(name.startswith("root/") for name in names):
            paths = sorted({"/".join(n.split("/")[:i]) for n in names for i in range(1, n.count("/") + 2)})
            return paths, read_paths(paths)
        edges = [tuple(name.split("/")) for name in names]
        nodes = sorted({node for edge in edges for node in edge} - {"root"})
        row = {node: number for number, node in enumerate(nodes)}
        above: list[list[int]] = [[] for _ in nodes]
        for parent, child in edges:
            if parent != "root":
                above[row[child]].append(row[parent])
        return nodes, ClassGraph(tuple(map(tuple, above)))
