"""Recall along the relations of the taxonomy: from the tags that the text names to what they have to do with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path as Folder
from typing import Any, ClassVar, Self

import numpy as np
from safetensors.numpy import load_file, save_file

from ml.layers.relation_paths import Edges, Path, PathConfig, Paths, edges
from ml.parts import Config, Step, TrainingSet, assignable, read_config, write_config
from ml.recall.mentions import MentionRecaller
from ml.types import Candidate, Evidence, Features, Hop, Span, Vocabulary


@dataclass(frozen=True)
class RelatedSettings:
    """The stack's settings of this recaller."""

    hops: int = 2
    decay: float = 0.8
    fan_out: int = 20
    together: int = 2  # videos that two tags must share to be linked without a relation
    strength: float = 10.0  # videos that what is usual for a relation's kind is worth


class RelatedRecaller:
    """Typed expansion, at most two hops and never through a hub; evidence is the path and the words it begins at.

    What sets it apart from `graph.v1`, a random walk over parents and company only: every kind of relation with a
    confidence of its own, learned from reviews where there are any, and each proposal with the one path that led there.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    excludes_self: ClassVar[bool] = False  # its confidences were counted on the videos that it was trained on

    def __init__(self, vocabulary: Vocabulary, graph: Edges, settings: RelatedSettings) -> None:
        self.vocabulary, self.graph, self.settings = vocabulary, graph, settings
        shape = PathConfig(settings.hops, settings.decay, settings.fan_out)
        self.paths = Paths(graph, len(vocabulary), shape)
        self.names, self.usable = MentionRecaller(vocabulary), assignable(vocabulary)

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        """Counts; nothing is learned step by step, so `warm` plays no part."""
        settings = RelatedSettings(**config)
        graph = edges(data.vocabulary, data.positive, settings.together, settings.strength)
        step(1, 1, None)
        return cls(data.vocabulary, graph, settings)

    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Score = certainty of the mention, times those of the relations. What the text names itself is left out."""
        column = self.vocabulary.column
        answers = []
        for named in self.names.recall(features, len(self.vocabulary)):
            reached = self.paths.reach({column[candidate.tag]: candidate.score for candidate in named})
            usable = [(score, place) for place, (score, _) in reached.items() if self.usable[place]]
            best = sorted(usable, key=lambda told: (-told[0], told[1]))[:k]
            spans = {column[candidate.tag]: candidate.evidence.spans for candidate in named}
            answers.append([self._candidate(score, reached[place][1], spans) for score, place in best])
        return answers

    def _candidate(self, score: float, path: Path, spans: Mapping[int, tuple[Span, ...]]) -> Candidate:
        ids = self.vocabulary.ids
        way = tuple(Hop(kind, ids[place]) for kind, place in path)
        return Candidate(way[-1].tag, score, Evidence(spans=spans[path[0][1]], path=way))

    def save(self, folder: Folder) -> None:
        """The edges by tag id."""
        kinds = sorted(set(self.graph.kind))
        write_config(folder, asdict(self.settings) | {"kinds": kinds})
        ids = np.array(self.vocabulary.ids, np.int64)
        place = {kind: i for i, kind in enumerate(kinds)}
        tensors: dict[str, np.ndarray[Any, Any]] = {
            "from": ids[self.graph.start],
            "to": ids[self.graph.end],
            "confidence": self.graph.confidence,
            "kind": np.array([place[kind] for kind in self.graph.kind], np.int64),
        }
        save_file(tensors, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Folder, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        """What `save` kept; edges to tags that the vocabulary no longer knows are dropped."""
        config, found = read_config(folder), load_file(folder / "model.safetensors")
        kinds, column = config.pop("kinds"), vocabulary.column
        known = [i for i in range(len(found["from"])) if found["from"][i] in column and found["to"][i] in column]
        start, end = (np.array([column[int(tag)] for tag in found[name][known]], np.int64) for name in ("from", "to"))
        graph = Edges(start, end, found["confidence"][known], tuple(kinds[kind] for kind in found["kind"][known]))
        return cls(vocabulary, graph, RelatedSettings(**config))
