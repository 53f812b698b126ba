"""Recall along what hangs together: from the tags that the text names over parents and co-occurrence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from safetensors.numpy import load_file, save_file
from scipy import sparse

from ml.layers.page_rank import Walk, WalkConfig
from ml.layers.selection import top
from ml.parts import Config, Step, TrainingSet, assignable, read_config, write_config
from ml.recall.mentions import MentionRecaller
from ml.types import Candidate, Evidence, Features, Span, Vocabulary

_BLOCK = 256  # videos at once


@dataclass(frozen=True)
class GraphSettings:
    """The stack's settings of this recaller."""

    going_on: float = 0.5
    fan_out: int = 20
    together: int = 2  # videos that two tags must share to be linked
    upward: float = 1.0  # weight of the link from a tag to its parent: it is true by meaning
    downward: float = 0.2  # from a parent to a tag under it: only a hint


class GraphRecaller:
    """Personalised PageRank that begins at the tags the text mentions; evidence is the words it began from.

    Tags are linked to their parents, and to tags they were said with more often than chance would have it (positive
    pointwise mutual information of the reviewed videos).
    """

    needs: ClassVar[tuple[str, ...]] = ()
    excludes_self: ClassVar[bool] = False  # its links were counted on the videos that it was trained on

    def __init__(self, vocabulary: Vocabulary, links: sparse.csr_matrix, settings: GraphSettings) -> None:
        self.vocabulary, self.links, self.settings = vocabulary, links, settings
        self.walk = Walk(links, WalkConfig(settings.going_on, fan_out=settings.fan_out))
        self.names, self.usable = MentionRecaller(vocabulary), assignable(vocabulary)

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        """Counts; nothing is learned step by step, so `warm` plays no part."""
        settings = GraphSettings(**config)
        links = kinship(data.vocabulary, settings) + companions(data.positive, settings.together)
        step(1, 1, None)
        return cls(data.vocabulary, sparse.csr_matrix(links), settings)

    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Score = share of the walk spent at the tag. Tags that the text itself names are left to `mentions`."""
        answers: list[list[Candidate]] = []
        for start in range(0, len(features), _BLOCK):
            named = self.names.recall(features[start : start + _BLOCK], len(self.vocabulary))
            seeds = np.zeros((len(named), len(self.vocabulary)))
            for i, candidates in enumerate(named):
                for candidate in candidates:
                    seeds[i, self.vocabulary.column[candidate.tag]] = candidate.score
            scores = self.walk.visits(seeds)
            scores[(seeds > 0) | ~self.usable | (scores <= 0)] = -np.inf
            for i, columns in enumerate(top(scores, k)):
                spans = {self.vocabulary.column[c.tag]: c.evidence.spans for c in named[i]}
                answers.append([self._candidate(int(c), float(scores[i, c]), spans) for c in columns])
        return answers

    def _candidate(self, column: int, score: float, spans: dict[int, tuple[Span, ...]]) -> Candidate:
        path = self.walk.path(np.array(sorted(spans)), column)
        # A place that only longer ways lead to was reached from all the words together.
        words = spans[path[0]] if path else tuple(span for mine in spans.values() for span in mine)
        return Candidate(self.vocabulary.tags[column].id, score, Evidence(spans=words))

    def path(self, features: Features, tag: int) -> list[int]:
        """Tag ids from a tag that the text names to this one, the way that speaks for it most."""
        seeds = [self.vocabulary.column[c.tag] for c in self.names.recall([features], len(self.vocabulary))[0]]
        columns = self.walk.path(np.array(sorted(seeds), dtype=np.int64), self.vocabulary.column[tag])
        return [self.vocabulary.tags[column].id for column in columns]

    def save(self, folder: Path) -> None:
        """The links by tag id."""
        write_config(folder, asdict(self.settings))
        ids, links = np.array(self.vocabulary.ids, np.int64), self.links.tocoo()
        tensors = {"from": ids[links.row], "to": ids[links.col], "weight": links.data.astype(np.float64)}
        save_file(tensors, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        found, column = load_file(folder / "model.safetensors"), vocabulary.column
        known = [i for i, pair in enumerate(zip(found["from"], found["to"], strict=True)) if set(pair) <= set(column)]
        places = [[column[int(tag)] for tag in found[name][known]] for name in ("from", "to")]
        shape = (len(vocabulary), len(vocabulary))
        links = sparse.csr_matrix((found["weight"][known], (places[0], places[1])), shape=shape)
        return cls(vocabulary, links, GraphSettings(**read_config(folder)))


def kinship(vocabulary: Vocabulary, settings: GraphSettings) -> sparse.csr_matrix:
    """(tags, tags) links between tags and their parents."""
    column = vocabulary.column
    pairs = [(column[t.id], column[t.parent]) for t in vocabulary if t.parent is not None and t.parent in column]
    child, parent = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    weights = np.repeat([settings.upward, settings.downward], len(pairs))
    places = (np.concatenate([child, parent]), np.concatenate([parent, child]))
    return sparse.csr_matrix((weights, places), shape=(len(vocabulary), len(vocabulary)))


def companions(said: sparse.csr_matrix, together: int) -> sparse.csr_matrix:
    """(tags, tags) positive PMI of being said of one video, over the log of the number of videos, so at most 1."""
    videos = said.shape[0]
    counts = sparse.coo_matrix(said.T @ said, dtype=np.float64)
    alone = np.asarray(said.sum(axis=0), dtype=np.float64).ravel()
    kept = (counts.row != counts.col) & (counts.data >= together)
    row, column = counts.row[kept], counts.col[kept]
    information = np.log(counts.data[kept] * videos / (alone[row] * alone[column])) / np.log(max(videos, 2))
    positive = information > 0
    places = (row[positive], column[positive])
    return sparse.csr_matrix((information[positive], places), shape=counts.shape)
