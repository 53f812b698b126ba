"""Beam search that writes nothing but tags: every step stays inside the trie of their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.layers.tag_generator import BEGIN, FINISH, SEPARATOR
from ml.layers.tag_trie import END, Trie

# Token sequences of one length (beams, length) -> log-probabilities of the next token (beams, tokens).
Next = Callable[[NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Beam:
    """What one way of writing says."""

    tokens: tuple[int, ...]  # from BEGIN
    score: float  # sum of log-probabilities
    node: int = 0  # of the trie
    begun: float = 0.0  # score where the name that is being written began
    since: int = 1  # tokens written when it began
    tags: tuple[tuple[int, float], ...] = ()  # node where each name ended, and its mean log-probability
    finished: bool = False


@dataclass(frozen=True)
class BeamConfig:
    """Beams are compared by score / length ** penalty (Wu et al. 2016, equation 14, without its constants)."""

    beams: int = 5
    penalty: float = 0.6
    names: int = 6  # tags that one beam writes at most
    longest: int = 64


def search(following: Next, trie: Trie, config: BeamConfig) -> list[Beam]:
    """Beams, best first; an empty trie gives none."""
    if not trie.children[0]:
        return []
    alive, done = [Beam((BEGIN,), 0.0)], []  # type: list[Beam], list[Beam]
    for _ in range(config.longest):
        scores = following(np.array([beam.tokens for beam in alive], dtype=np.int64))
        grown = [new for beam, row in zip(alive, scores, strict=True) for new in _grow(beam, row, trie, config)]
        grown.sort(key=lambda beam: (-_worth(beam, config), beam.tokens))
        best = grown[: config.beams]
        done += [beam for beam in best if beam.finished]
        alive = [beam for beam in best if not beam.finished]
        if not alive:
            break
    return sorted([*done, *alive], key=lambda beam: (-_worth(beam, config), beam.tokens))[: config.beams]


def tags_of(beams: list[Beam], trie: Trie) -> dict[int, float]:
    """Each tag that any beam wrote whole, and the best of its mean log-probabilities."""
    found: dict[int, float] = {}
    for beam in beams:
        for node, score in beam.tags:
            for tag in trie.meanings[node]:
                found[tag] = max(found.get(tag, -np.inf), score)
    return found


def _worth(beam: Beam, config: BeamConfig) -> float:
    return beam.score / max(1, len(beam.tokens) - 1) ** config.penalty


def _grow(beam: Beam, row: NDArray[np.float64], trie: Trie, config: BeamConfig) -> list[Beam]:
    found = []
    if beam.node == 0 and beam.tags:  # between two names the writing may finish
        found.append(_step(beam, FINISH, row, finished=True))
    if beam.node == 0 and len(beam.tags) >= config.names:
        return found
    said = {node for node, _ in beam.tags}  # nothing is said twice
    for token in trie.allowed(beam.node, said):
        if token != END:
            found.append(_step(beam, token, row, node=trie.children[beam.node][token]))
            continue
        closed = _step(beam, SEPARATOR, row)
        mean = (closed.score - beam.begun) / (len(closed.tokens) - beam.since)
        tags = (*beam.tags, (beam.node, mean))
        found.append(Beam(closed.tokens, closed.score, 0, closed.score, len(closed.tokens), tags))
    return found


def _step(beam: Beam, token: int, row: NDArray[np.float64], node: int = 0, finished: bool = False) -> Beam:
    tokens, score = (*beam.tokens, token), beam.score + float(row[token])
    return Beam(tokens, score, node, beam.begun, beam.since, beam.tags, finished)
