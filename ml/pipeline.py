"""The whole stack for use: videos in, tags with one calibrated confidence and their reasons out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np
import torch

from ml import bundle as bundles
from ml import localisation
from ml.feature_store import FeatureStore
from ml.layers import accelerator
from ml.modality.extraction import Modality
from ml.parts import find
from ml.ranking import CALIBRATORS, RANKERS, Calibrator, Ranker
from ml.ranking.candidates import CandidatePool
from ml.recall import RECALLERS, Comparer, Localiser, Reader, Recaller, Witness
from ml.types import Array, Features, FoundPhrase, Gallery, Proposal, VideoInput, Vocabulary

MODALITY, RECALL, RANKING = "modality", "recall", "ranking"  # folders of a bundle


class Pipeline:
    """Features, recall, ranking. `timings` holds the CPU seconds of each stage of the last `propose`."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        modality: Modality,
        store: FeatureStore,
        recallers: Mapping[str, Recaller],
        budgets: Mapping[str, int],
        ranker: Ranker,
        calibrator: Calibrator,
    ) -> None:
        self.vocabulary, self.modality, self.store = vocabulary, modality, store
        self.recallers, self.budgets = dict(recallers), dict(budgets)  # by registered name; candidates a video
        self.ranker, self.calibrator = ranker, calibrator
        self.timings: dict[str, float] = {}
        self.gallery_version = 0  # of nobody
        self.phrases: dict[int, list[FoundPhrase]] = {}  # by video, what no tag is called by in the last `propose`
        self.likeness: dict[int, float] = {}  # by video, cosine to the most alike one that was learned from; likewise

    @classmethod
    def load(cls, bundle: Path, store: FeatureStore, device: str | None = None) -> Self:
        """Read, verify and build a bundle; CUDA is used when it is there."""
        torch.set_num_threads(1)
        device = device or accelerator.name()
        read = bundles.read(bundle)
        manifest, vocabulary = read.manifest, read.vocabulary
        modality = Modality.build(manifest.config["modality"], bundle / MODALITY, device)
        recallers = {
            name: find(RECALLERS, name).load(bundle / RECALL / name, vocabulary, device) for name in manifest.recallers
        }
        ranker = find(RANKERS, manifest.ranker).load(bundle / RANKING / manifest.ranker, vocabulary, device)
        calibrator = find(CALIBRATORS, manifest.calibrator).load(bundle / RANKING / manifest.calibrator)
        budgets = {name: manifest.config["recall"][name]["candidates"] for name in manifest.recallers}
        return cls(vocabulary, modality, store, recallers, budgets, ranker, calibrator)

    def propose(self, videos: Sequence[VideoInput]) -> list[list[Proposal]]:
        """Per video every candidate with its confidence, surest first, ties by tag id. Broken media do not stop it."""
        self.timings = {}
        features = self.modality.features(videos, self.store)
        self.timings |= self.modality.timings
        with self._timed("recall"):
            pool = recall(self.recallers, self.budgets, features, self.vocabulary)
            self.phrases, self.likeness = self._phrases(features), self._likeness(features)
        with self._timed("rank"):
            confidence = self.calibrator.confidence(pool, self.ranker.score(features, pool))
        answers = self._with_newcomers(self._proposals(pool, self._witnessed(pool, confidence)), features)
        with self._timed("time"):
            return self._followed(answers, features)

    def _phrases(self, features: Sequence[Features]) -> dict[int, list[FoundPhrase]]:
        found: dict[int, list[FoundPhrase]] = {}
        for reader in self.recallers.values():
            if isinstance(reader, Reader):
                for item, phrases in zip(features, reader.unknown_phrases(features), strict=True):
                    found.setdefault(item.video.id, []).extend(phrases)
        return {video: phrases for video, phrases in found.items() if phrases}

    def _likeness(self, features: Sequence[Features]) -> dict[int, float]:
        """The mean over what was compared: a clip is known when its words, pictures and sound are."""
        told = [recaller.nearest for recaller in self.recallers.values() if isinstance(recaller, Comparer)]
        found: dict[int, float] = {}
        for item, *said in zip(features, *told, strict=True):
            if known := [likeness for likeness in said if likeness is not None]:
                found[item.video.id] = float(np.mean(known))
        return found

    def know(self, gallery: Gallery) -> None:
        """Recognise these people from now on, and nobody else."""
        for witness in self._witnesses.values():
            witness.know(gallery)
        self.gallery_version = gallery.version

    @property
    def _witnesses(self) -> dict[str, Witness]:
        return {name: recaller for name, recaller in self.recallers.items() if isinstance(recaller, Witness)}

    def _witnessed(self, pool: CandidatePool, confidence: Array) -> Array:
        """What the calibrator could not learn, since nobody was known when the stack was trained, is not held down."""
        columns = [i for i, name in enumerate(pool.recallers) if name in self._witnesses]
        for column in columns:
            confidence = np.fmax(confidence, pool.scores[:, column])
        return confidence

    def _with_newcomers(self, answers: list[list[Proposal]], features: Sequence[Features]) -> list[list[Proposal]]:
        for name, witness in self._witnesses.items():
            for answer, found in zip(answers, witness.newcomers(features), strict=True):
                answer += [Proposal(tag, score, {name: score}, evidence) for tag, score, evidence in found]
                answer.sort(key=lambda proposal: (-proposal.confidence, proposal.tag))
        return answers

    def _followed(self, answers: list[list[Proposal]], features: Sequence[Features]) -> list[list[Proposal]]:
        by = next((recaller for recaller in self.recallers.values() if isinstance(recaller, Localiser)), None)
        return answers if by is None else localisation.followed(answers, features, by, self.vocabulary)

    def _proposals(self, pool: CandidatePool, confidence: Array) -> list[list[Proposal]]:
        answers: list[list[Proposal]] = [[] for _ in range(pool.videos)]
        tags = np.asarray(self.vocabulary.ids, dtype=np.int64)[pool.column]
        videos, ids, scores, sure = pool.video.tolist(), tags.tolist(), pool.scores.tolist(), confidence.tolist()
        for i in np.lexsort((tags, -confidence)).tolist():
            told = {name: score for name, score in zip(pool.recallers, scores[i], strict=True) if score == score}
            answers[videos[i]].append(Proposal(ids[i], sure[i], told, pool.evidence[i]))
        return answers

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.thread_time()
        yield
        self.timings[stage] = time.thread_time() - started


def recall(
    recallers: Mapping[str, Recaller],
    budgets: Mapping[str, int],
    features: Sequence[Features],
    vocabulary: Vocabulary,
) -> CandidatePool:
    """The union of what all recallers propose; `budgets` is the number of candidates each may name."""
    answers = {name: recaller.recall(features, budgets[name]) for name, recaller in recallers.items()}
    return CandidatePool.union(answers, vocabulary)
