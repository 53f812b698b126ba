"""Recallers: models that propose candidates (tag, score, evidence) from features.

To add one: write a file with a class that follows `Recaller`, and give it a line here. The name holds the version, so
that saved bundles keep their meaning. Nothing is imported before it is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ml.parts import Config, Step, TrainingSet
from ml.types import Array, Candidate, Features, FoundPhrase, Gallery, Vocabulary

RECALLERS = {
    "text_similarity.v1": "ml.recall.text_similarity.TextSimilarity",
    "visual_similarity.v1": "ml.recall.visual_similarity.VisualSimilarity",
    "sound_similarity.v1": "ml.recall.sound_similarity.SoundSimilarity",
    "sound_classifier.v1": "ml.recall.sound_classifier.SoundClassifier",
    "fused_similarity.v1": "ml.recall.fused_similarity.FusedSimilarity",
    "classifier.v1": "ml.recall.classifier.ClassifierRecaller",
    "text_classifier.v1": "ml.recall.text_classifier.TextClassifier",
    "hierarchical.v1": "ml.recall.hierarchical.HierarchicalRecaller",
    "extraction.v1": "ml.recall.extraction.ExtractionRecaller",
    "generation.v1": "ml.recall.generation.GenerationRecaller",
    "graph.v1": "ml.recall.graph.GraphRecaller",
    "graph.v2": "ml.recall.related.RelatedRecaller",
    "mentions.v1": "ml.recall.mentions.MentionRecaller",
    "faces.v1": "ml.recall.faces.FaceRecaller",
    "program.v1": "ml.recall.program.ProgramRecaller",
}


class Recaller(Protocol):
    """What every recaller does."""

    needs: ClassVar[tuple[str, ...]]  # modalities without which it is left out of a stack
    excludes_self: ClassVar[bool]  # its scores on videos it was trained on are as good as on others

    @classmethod
    def train(cls, data: TrainingSet, config: Config, *, step: Step, warm: Self | None = None) -> Self:
        """Learn from reviewed videos; `warm` is the same recaller of the active bundle."""

    def recall(self, features: Sequence[Features], k: int) -> list[list[Candidate]]:
        """Per video at most `k` candidates of known, assignable tags with a score above 0, best first."""

    def save(self, folder: Path) -> None:
        """Write into a new folder; an existing one is an error."""

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, device: str = "cpu") -> Self:
        """The recaller that `save` wrote."""


@runtime_checkable
class Localiser(Protocol):
    """A recaller that can be asked about parts of a clip."""

    def logits(self, features: Sequence[Features], columns: NDArray[np.int64]) -> Array:
        """(videos, columns) how much speaks for these tags of the vocabulary."""


@runtime_checkable
class Reader(Protocol):
    """A recaller that also finds what the vocabulary has no name for."""

    def unknown_phrases(self, features: Sequence[Features]) -> list[list[FoundPhrase]]:
        """Per video, phrases that no tag is called by."""


@runtime_checkable
class Comparer(Protocol):
    """A recaller that compares clips with those it learned from."""

    nearest: list[float | None]  # of the last `recall`: a video's cosine to the most alike one; None: not comparable


@runtime_checkable
class Witness(Protocol):
    """A recaller that knows what nobody could learn from reviews: its score is a confidence of its own."""

    def know(self, gallery: Gallery) -> None:
        """Recognise these people from now on, and nobody else."""

    def newcomers(self, features: Sequence[Features]) -> list[list[Candidate]]:
        """Per video, candidates of tags that the vocabulary does not have: made after the stack was trained."""
