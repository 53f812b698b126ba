"""Recall of people by their faces, from a gallery of those who agreed to be recognised."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ml.layers.face_tracks import nearest, tracks
from ml.parts import Config, Step, TrainingSet, assignable, read_config, write_config
from ml.types import FACE_WIDTH, Array, Candidate, Evidence, Features, Gallery, Region, Vocabulary


@dataclass(frozen=True)
class FaceSettings:
    """Distances of dlib's embeddings; it calls 0.6 the same person where two photos are compared once.

    We are stricter: a gallery is many comparisons, and who is not recognised can be added by hand.
    """

    near: float = 0.55
    spread: float = 0.05  # how fast certainty goes down around `near`
    margin: float = 0.05  # by which the second likeliest person must be farther away
    same: float = 0.45  # within a clip
    votes: float = 0.5  # of the faces of a track that must agree


class FaceRecaller:
    """Each track of faces votes for one person; evidence is the clearest face and when the person is to be seen.

    Nothing is learned from videos: who is in the gallery today is recognised today, who is taken out no longer.
    """

    needs: ClassVar[tuple[str, ...]] = ("faces",)
    excludes_self: ClassVar[bool] = True

    def __init__(self, vocabulary: Vocabulary, settings: FaceSettings) -> None:
        self.vocabulary, self.settings = vocabulary, settings
        self.usable = {t.id for t, usable in zip(vocabulary, assignable(vocabulary), strict=True) if usable}
        self.know(Gallery())

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        step(1, 1, None)
        return cls(data.vocabulary, FaceSettings(**config))

    def know(self, gallery: Gallery) -> None:
        """Recognise these people from now on, and nobody else."""
        self.people = sorted(set(gallery.tags))
        place = {tag: i for i, tag in enumerate(self.people)}
        self.owners = np.array([place[tag] for tag in gallery.tags], dtype=np.int64)
        self.known = gallery.faces

    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Score = how sure it is that this is the person, above 0.5."""
        return [[c for c in self.recognised(item) if c.tag in self.usable][:k] for item in features]

    def newcomers(self, features: Sequence[Features]) -> list[list[Candidate]]:
        """People of whom the vocabulary did not know yet when the stack was trained."""
        return [[c for c in self.recognised(item) if c.tag not in self.vocabulary] for item in features]

    def recognised(self, features: Features) -> list[Candidate]:
        """Everybody who is to be seen, the surest first."""
        faces, places = features.faces, features.face_places
        if faces is None or places is None or not len(self.known) or faces.shape[1] != FACE_WIDTH:
            return []
        distances = nearest(faces, self.known, self.owners, len(self.people))
        best: dict[int, Candidate] = {}
        for rows in tracks(faces, places[:, 0], self.settings.same):
            found = self._vote(distances[rows], places[rows])
            if found and found.score > best.get(found.tag, found._replace(score=0.0)).score:
                best[found.tag] = found
        return sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.tag))

    def _vote(self, distances: Array, places: Array) -> Candidate | None:
        """distances (faces, people) and places (faces, 5) of one track."""
        order = np.sort(distances, axis=1)
        clear = order[:, 0] <= self.settings.near
        if distances.shape[1] > 1:
            clear &= order[:, 1] - order[:, 0] >= self.settings.margin
        votes = np.bincount(distances.argmin(axis=1)[clear], minlength=distances.shape[1])
        person = int(votes.argmax())
        if not votes[person] or votes[person] < self.settings.votes * len(distances):
            return None
        said = np.flatnonzero(clear & (distances.argmin(axis=1) == person))
        return Candidate(self.people[person], self._sure(distances[said, person]), _evidence(places, said, distances))

    def _sure(self, distances: Array) -> float:
        middle = float(np.median(distances))
        return 1 / (1 + math.exp((middle - self.settings.near) / self.settings.spread))

    def save(self, folder: Path) -> None:
        """The settings: faces of people are never part of a bundle, which nobody could take them out of."""
        write_config(folder, asdict(self.settings))

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        return cls(vocabulary, FaceSettings(**read_config(folder)))


def _evidence(places: Array, said: NDArray[np.int64], distances: Array) -> Evidence:
    """The clearest face, and from the first to the last time that the person was seen."""
    clearest = said[int(distances[said].min(axis=1).argmin())]
    times = places[said, 0]
    region = Region(*(round(float(value), 4) for value in places[clearest]))
    return Evidence(moment=(float(times.min()), float(times.max()) + 1.0), region=region)
