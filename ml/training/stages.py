"""The stages of a training in the order they depend on each other. Each part is saved as soon as it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ml.feature_store import FeatureStore
from ml.modality.extraction import Modality
from ml.parts import TrainingSet, find
from ml.pipeline import MODALITY, RANKING, RECALL, Pipeline, recall
from ml.ranking import CALIBRATORS, RANKERS, Calibrator, Ranker
from ml.ranking.candidates import CandidatePool
from ml.recall import RECALLERS, Recaller
from ml.training import backbone, folds, hearing
from ml.training.journal import Journal
from ml.types import Array, Example, Features, Snapshot, VideoInput, Vocabulary

TRAINED = {"timm.v1": backbone.provide, "vggish.v1": hearing.provide}  # extractors whose weights may come from here
CHUNK = 128  # videos between two looks at whether to stop


@dataclass
class Stages:
    """One training: what it reads and where it writes. The test split is not looked at here."""

    snapshot: Snapshot
    config: dict[str, Any]
    folder: Path  # of the new bundle
    store: FeatureStore
    journal: Journal
    warm: Pipeline | None = None
    warm_folder: Path | None = None
    recallers: dict[str, Recaller] = field(default_factory=dict)

    def run(self) -> Pipeline:
        """Train everything and return the pipeline that the bundle will hold."""
        modality = self.modality()
        data = self.training_set(modality, "train")
        budgets = self.train_recallers(data, modality)
        pool = folds.candidates(data, self.recallers, self.config, self.journal)
        ranker = self.train_ranker(data, pool)
        calibrator = self.calibrate(data, pool, ranker, self.training_set(modality, "dev"))
        return Pipeline(self.snapshot.vocabulary, modality, self.store, self.recallers, budgets, ranker, calibrator)

    def modality(self) -> Modality:
        """Extractors of what the training videos have, the image backbone trained or taken over."""
        reviewed = [example for example in self.snapshot.examples if example.split != "test"]
        if not any(example.video.media for example in reviewed):
            self.journal.notes.append("No video has media: the visual and sound parts are left out.")
            self.config["modality"] = {n: part for n, part in self.config["modality"].items() if n == "text"}
        sections = self.config["modality"]
        for name, settings in sections.items():
            if provide := TRAINED.get(settings["extractor"]):
                former = None if self.warm_folder is None else self.warm_folder / MODALITY / name
                train, target = self.snapshot.split("train"), self.folder / MODALITY / name
                provide(settings, target, train, self.snapshot.vocabulary, self.journal, former)
        modality = Modality.build(sections, self.folder / MODALITY)
        for name in sorted(set(sections) - set(modality.names)):
            self.journal.notes.append(f"The weights for {name} are missing: its parts are left out.")
        return modality

    def training_set(self, modality: Modality, split: str) -> TrainingSet:
        """The videos of a split with their features."""
        reviewed = self.snapshot.split(split)
        features = self.features(modality, reviewed, split)
        names = tag_names(modality, self.snapshot.vocabulary, self.store)
        tags, rejected = ([getattr(example, field) for example in reviewed] for field in ("tags", "rejected"))
        return TrainingSet(self.snapshot.vocabulary, names, features, tags, rejected)

    def features(self, modality: Modality, reviewed: Sequence[Example], split: str) -> list[Features]:
        step, found = self.journal.stage(f"features of {split}"), []  # type: Any, list[Features]
        for start in range(0, len(reviewed), CHUNK):
            found += modality.features([example.video for example in reviewed[start : start + CHUNK]], self.store)
            step(len(found), len(reviewed), None)
        return found

    def train_recallers(self, data: TrainingSet, modality: Modality) -> dict[str, int]:
        """Train every recaller whose modalities are there; their budgets."""
        for name, settings in self.config["recall"].items():
            recaller = find(RECALLERS, name)
            if missing := set(recaller.needs) - set(modality.names):
                self.journal.notes.append(f"{name} is left out: there is no {' and no '.join(sorted(missing))}.")
                continue
            former = self.warm.recallers.get(name) if self.warm else None
            step = self.journal.stage(name)
            trained: Recaller = recaller.train(data, settings.get("settings", {}), step=step, warm=former)
            trained.save(self.folder / RECALL / name)
            self.recallers[name] = trained
        return {name: int(self.config["recall"][name]["candidates"]) for name in self.recallers}

    def train_ranker(self, data: TrainingSet, pool: CandidatePool) -> Ranker:
        ranking = self.config["ranking"]
        name: str = ranking["ranker"]
        former = self.warm.ranker if self.warm and isinstance(self.warm.ranker, find(RANKERS, name)) else None
        settings, step = ranking.get("settings", {}), self.journal.stage(name)
        ranker: Ranker = find(RANKERS, name).train(data, pool, settings, step=step, warm=former)
        ranker.save(self.folder / RANKING / name)
        return ranker

    def calibrate(self, data: TrainingSet, pool: CandidatePool, ranker: Ranker, dev: TrainingSet) -> Calibrator:
        """On the dev split; a small one is joined by the training videos, scored by folds that have not seen them."""
        budgets = {name: self.config["recall"][name]["candidates"] for name in self.recallers}
        judged = recall(self.recallers, budgets, dev.features, dev.vocabulary)
        ranked, said, weight = ranker.score(dev.features, judged), *_truth(judged, dev)
        if len(dev) < self.config["calibration_videos"]:
            self.journal.notes.append(
                "The dev split is small: the calibration also learned from folds of the train split."
            )
            scores, (truth, known) = folds.ranker_scores(data, pool, self.config, self.journal), _truth(pool, data)
            # The image backbone has seen the train split whole, so the folds flatter it: both splits get an equal say.
            known = known * np.float32(len(dev) / len(data))
            judged, ranked = judged.joined(pool), np.concatenate([ranked, scores])
            said, weight = np.concatenate([said, truth]), np.concatenate([weight, known])
        ranking = self.config["ranking"]
        calibrator = find(CALIBRATORS, ranking["calibrator"])
        step = self.journal.stage(ranking["calibrator"])
        fitted: Calibrator = calibrator.fit(judged, ranked, said, weight, ranking.get("calibration", {}))
        step(1, 1, None)
        fitted.save(self.folder / RANKING / ranking["calibrator"])
        return fitted


def _truth(pool: CandidatePool, data: TrainingSet) -> tuple[Array, Array]:
    """Of each pair whether the tag was said (1), and whether that is known (0 for unsaid ancestors of said tags)."""
    return pool.look_up(data.positive), 1 - pool.look_up(data.implied)


def tag_names(modality: Modality, vocabulary: Vocabulary, store: FeatureStore) -> Array:
    """(tags, width) sentence embedding of each tag's names and aliases; width 0 without a sentence encoder."""
    texts = [VideoInput(tag.id, title=", ".join(tag.names or (tag.name,))) for tag in vocabulary]
    found = [item.text for item in modality.features(texts, store)] if "text" in modality.names else []
    width = max((len(row) for row in found if row is not None), default=0)
    rows = [np.zeros(width, np.float32) if row is None else row for row in found]
    return np.stack(rows).astype(np.float32) if width else np.zeros((len(vocabulary), 0), np.float32)
