"""What all parts of the stack share: how they are found, what they are trained from, how they keep their settings.

A part is a recaller, a ranker or a calibrator. Tables of dotted paths name them (`text_similarity.v1`), the version is
part of the name so that a saved bundle keeps its meaning, and nothing is imported before it is built.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from ml.types import Array, Features, Vocabulary

Config = Mapping[str, Any]

# Told after each optimiser step: (steps done, steps in all, loss). It may raise to end the training.
Step = Callable[[int, int, float | None], None]


def find(table: Mapping[str, str], name: str) -> Any:
    """Return the class registered as `name`; an unknown name raises ValueError that lists the known ones."""
    if name not in table:
        raise ValueError(f"unknown part {name!r}; known: {', '.join(sorted(table))}")
    module, cls = table[name].rsplit(".", 1)
    return getattr(import_module(module), cls)


def silent(done: int, total: int, loss: float | None) -> None:
    """A step report that nobody listens to."""


def write_config(folder: Path, config: Config) -> None:
    """Start a part's folder with its settings; an existing folder is an error, artefacts never change."""
    folder.mkdir(parents=True)
    content = json.dumps(dict(config), indent=2, sort_keys=True, ensure_ascii=False)
    (folder / "config.json").write_text(content, encoding="utf-8")


def read_config(folder: Path) -> dict[str, Any]:
    """The settings that `write_config` kept."""
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return config


@dataclass(frozen=True)
class TrainingSet:
    """Videos with what reviewers said of them, and the tags that may be said."""

    vocabulary: Vocabulary
    names: Array  # (tags, name_dim), L2-normalised sentence embedding of each tag's names
    features: Sequence[Features]
    tags: Sequence[frozenset[int]]
    rejected: Sequence[frozenset[int]]

    def __len__(self) -> int:
        return len(self.features)

    def subset(self, rows: Sequence[int]) -> TrainingSet:
        """The same tags with only these videos."""
        return replace(
            self,
            features=[self.features[i] for i in rows],
            tags=[self.tags[i] for i in rows],
            rejected=[self.rejected[i] for i in rows],
        )

    @cached_property
    def positive(self) -> sparse.csr_matrix:
        """(videos, tags), 1 where a reviewer said the tag."""
        return indicator(self.tags, self.vocabulary)

    @cached_property
    def negative(self) -> sparse.csr_matrix:
        """(videos, tags), 1 where a reviewer rejected the tag."""
        return indicator(self.rejected, self.vocabulary)

    @cached_property
    def implied(self) -> sparse.csr_matrix:
        """(videos, tags), 1 at unsaid ancestors of a said tag: true by meaning, so never an example of "no"."""
        ancestors = _ancestors(self.vocabulary)
        sets = [frozenset(a for tag in tags for a in ancestors.get(tag, ())) - tags for tags in self.tags]
        return indicator(sets, self.vocabulary)


def indicator(sets: Sequence[frozenset[int]], vocabulary: Vocabulary) -> sparse.csr_matrix:
    """(sets, tags) float32 matrix of ones; tags that the vocabulary does not know are left out."""
    column = vocabulary.column
    columns = [sorted(column[tag] for tag in tags if tag in column) for tags in sets]
    ends = np.cumsum([0] + [len(row) for row in columns])
    indices = np.fromiter((c for row in columns for c in row), dtype=np.int64, count=int(ends[-1]))
    return sparse.csr_matrix((np.ones(len(indices), np.float32), indices, ends), shape=(len(sets), len(vocabulary)))


def with_ancestors(sets: Sequence[frozenset[int]], vocabulary: Vocabulary) -> list[frozenset[int]]:
    """Said tags and what is true with them by meaning: all that lies above."""
    ancestors = _ancestors(vocabulary)
    return [tags.union(*(ancestors.get(tag, ()) for tag in tags)) for tags in sets]


def assignable(vocabulary: Vocabulary) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(tags,) whether a tag may be proposed at all."""
    return np.array([tag.assignable for tag in vocabulary], dtype=bool)


def _ancestors(vocabulary: Vocabulary) -> dict[int, tuple[int, ...]]:
    parent = {tag.id: tag.parent for tag in vocabulary}

    def climb(tag: int) -> tuple[int, ...]:
        found: list[int] = []
        above = parent[tag]
        while above in parent and above not in found:
            found.append(above)
            above = parent[above]
        return tuple(found)

    return {tag: climb(tag) for tag in parent}
