"""The stages of a training in the order they depend on each other. Each part is saved as soon as it is trained."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ml.bundle import Bundle
from ml.feature_store import FeatureStore
from ml.layers import accelerator, peers
from ml.modality.extraction import Modality
from ml.parts import Config, Step, TrainingSet, find
from ml.pipeline import MODALITY, RANKING, RECALL, Pipeline, recall
from ml.ranking import CALIBRATORS, RANKERS, Calibrator, Ranker
from ml.ranking.candidates import CandidatePool
from ml.recall import RECALLERS, Recaller
from ml.training import backbone, fingerprints, hearing, language, line_calibration
from ml.training.folds import Folds
from ml.training.journal import Journal
from ml.training.line_calibration import LineCalibration
from ml.training.workplace import Workplace
from ml.types import Array, Example, Features, Snapshot, VideoInput, Vocabulary

# Extractors whose weights come from here, or are kept in the bundle.
TRAINED = {"timm.v1": backbone.provide, "vggish.v1": hearing.provide, "albert.v1": language.provide}
CHUNK = 128  # videos between two looks at whether to stop
Loader = Callable[[Path], Any]


@dataclass
class Stages:
    """One training: what it reads and where it writes. The test split is not looked at here.

    A part that an earlier start of this training finished is read from the workplace; one that the active bundle was
    trained to from the very same inputs and settings is copied from there.
    """

    snapshot: Snapshot
    config: dict[str, Any]
    place: Workplace
    store: FeatureStore
    journal: Journal
    warm: Pipeline | None = None
    warm_bundle: Bundle | None = None
    recallers: dict[str, Recaller] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)  # part's folder -> from what it was trained
    lines: dict[int, LineCalibration] = field(default_factory=dict)  # what confidence means to a business line

    def run(self) -> Pipeline:
        """Train everything and return the pipeline that the bundle will hold."""
        modality = self.modality()
        data = self.training_set(modality, "train")
        folds = Folds(data, self.config, self.journal, self.place, self.store)
        budgets = self.train_recallers(data, folds.digest, modality)
        pool = folds.candidates(self.recallers)
        ranker = self.train_ranker(data, folds.digest, pool)
        calibrator = self.calibrate(folds, pool, ranker, self.training_set(modality, "dev"))
        return Pipeline(self.snapshot.vocabulary, modality, self.store, self.recallers, budgets, ranker, calibrator)

    def part(self, folder: str, stage: str, fingerprint: str, train: Callable[[Step], Any], load: Loader) -> Any:
        """The part as it was left behind, as the active bundle has it, or trained now."""
        self.fingerprints[folder] = fingerprint
        if self.place.has(folder):
            return load(self.place.bundle / folder)
        if self.warm_bundle is not None and self.warm_bundle.manifest.parts.get(folder) == fingerprint:
            former = self.warm_bundle.folder / folder
            self.place.make(folder, lambda coming: shutil.copytree(former, coming))
            self.journal.notes.append(f"{stage} is unchanged: taken from the active version.")
            return load(self.place.bundle / folder)
        with self.place.keeping(stage):
            trained = train(self.journal.stage(stage))
            self.place.make(folder, trained.save)
        self.place.note(self.journal.told())
        return trained

    def modality(self) -> Modality:
        """Extractors of what the training videos have, the image backbone trained or taken over."""
        reviewed = [example for example in self.snapshot.examples if example.split != "test"]
        if not any(example.video.media for example in reviewed):
            self.journal.notes.append("No video has media: the visual and sound parts are left out.")
            self.config["modality"] = {n: part for n, part in self.config["modality"].items() if n == "text"}
        sections = self.config["modality"]
        for name, settings in sections.items():
            if settings["extractor"] in TRAINED and not self.place.has(f"{MODALITY}/{name}"):
                with self.place.keeping(name):
                    self.provide(name, settings)
        modality = Modality.build(sections, self.place.bundle / MODALITY)
        for name, reason in modality.missing.items():
            self.journal.notes.append(f"The weights for {name} are missing, so its parts are left out. {reason}")
        return modality

    def provide(self, name: str, settings: Mapping[str, Any]) -> None:
        """The weights of a modality's extractor. All processes train them, the first one writes them."""
        former = None if self.warm_bundle is None else self.warm_bundle.folder / MODALITY / name
        examples, vocabulary = self.snapshot.split("train"), self.snapshot.vocabulary
        with tempfile.TemporaryDirectory() as folder:
            trained = Path(folder) / name
            TRAINED[settings["extractor"]](settings, trained, examples, vocabulary, self.journal, former)
            if peers.told(trained.is_dir()):
                self.place.make(f"{MODALITY}/{name}", lambda coming: shutil.copytree(trained, coming))
        self.place.note(self.journal.told())

    def training_set(self, modality: Modality, split: str) -> TrainingSet:
        """The videos of a split with their features."""
        reviewed = self.snapshot.split(split)
        features = self.features(modality, reviewed, split)
        names = tag_names(modality, self.snapshot.vocabulary, self.store)
        tags, rejected = ([getattr(example, field) for example in reviewed] for field in ("tags", "rejected"))
        return TrainingSet(self.snapshot.vocabulary, names, features, tags, rejected)

    def features(self, modality: Modality, reviewed: Sequence[Example], split: str) -> list[Features]:
        """From the store, which lacks none afterwards; several processes fill it together."""
        step, found = self.journal.stage(f"features of {split}"), []  # type: Any, list[Features]
        if peers.count() > 1:
            for start in range(0, len(mine := peers.share(reviewed)), CHUNK):
                modality.features([example.video for example in mine[start : start + CHUNK]], self.store)
            peers.wait()
        for start in range(0, len(reviewed), CHUNK):
            found += modality.features([example.video for example in reviewed[start : start + CHUNK]], self.store)
            step(len(found), len(reviewed), None)
        return found

    def train_recallers(self, data: TrainingSet, digest: str, modality: Modality) -> dict[str, int]:
        """Train every recaller whose modalities are there; their budgets."""
        for name, settings in self.config["recall"].items():
            recaller = find(RECALLERS, name)
            if missing := set(recaller.needs) - set(modality.names):
                self.journal.notes.append(f"{name} is left out: there is no {' and no '.join(sorted(missing))}.")
                continue
            former, own = self.warm.recallers.get(name) if self.warm else None, settings.get("settings", {})
            self.recallers[name] = self.part(
                f"{RECALL}/{name}",
                name,
                fingerprints.of_part(name, own, digest),
                partial(_trained, recaller, data, own, former),
                partial(recaller.load, vocabulary=data.vocabulary, device=accelerator.name()),
            )
        return {name: int(self.config["recall"][name]["candidates"]) for name in self.recallers}

    def train_ranker(self, data: TrainingSet, digest: str, pool: CandidatePool) -> Ranker:
        name: str = self.config["ranking"]["ranker"]
        ranker, settings = find(RANKERS, name), self.config["ranking"].get("settings", {})
        former = self.warm.ranker if self.warm and isinstance(self.warm.ranker, ranker) else None
        trained: Ranker = self.part(
            f"{RANKING}/{name}",
            name,
            fingerprints.of_part(name, settings, digest, fingerprints.of_pool(pool)),
            lambda step: ranker.train(data, pool, settings, step=step, warm=former),
            partial(ranker.load, vocabulary=data.vocabulary, device=accelerator.name()),
        )
        return trained

    def calibrate(self, folds: Folds, pool: CandidatePool, ranker: Ranker, dev: TrainingSet) -> Calibrator:
        """On the dev split; a small one is joined by the training videos, scored by folds that have not seen them."""
        budgets = {name: self.config["recall"][name]["candidates"] for name in self.recallers}
        judged = recall(self.recallers, budgets, dev.features, dev.vocabulary)
        ranked, said, weight = ranker.score(dev.features, judged), *_truth(judged, dev)
        reviewed = self.snapshot.split("dev")
        if len(dev) < self.config["calibration_videos"]:
            self.journal.notes.append(
                "The dev split is small: the calibration also learned from folds of the train split."
            )
            scores, (truth, known) = folds.ranker_scores(pool), _truth(pool, folds.data)
            # The image backbone has seen the train split whole, so the folds flatter it: both splits get an equal say.
            known = known * np.float32(len(dev) / len(folds.data))
            judged, ranked = judged.joined(pool), np.concatenate([ranked, scores])
            reviewed = [*reviewed, *self.snapshot.split("train")]
            said, weight = np.concatenate([said, truth]), np.concatenate([weight, known])
        ranking = self.config["ranking"]
        calibrator = find(CALIBRATORS, ranking["calibrator"])
        step = self.journal.stage(ranking["calibrator"])
        fitted: Calibrator = calibrator.fit(judged, ranked, said, weight, ranking.get("calibration", {}))
        step(1, 1, None)
        self.lines = line_calibration.fit(judged, fitted.confidence(judged, ranked), weight, reviewed, dev.vocabulary)
        if not self.place.has(folder := f"{RANKING}/{ranking['calibrator']}"):
            self.place.make(folder, fitted.save)
        return fitted


def _trained(recaller: Any, data: TrainingSet, settings: Config, former: Recaller | None, step: Step) -> Any:
    return recaller.train(data, settings, step=step, warm=former)


def _truth(pool: CandidatePool, data: TrainingSet) -> tuple[Array, Array]:
    """Of each pair whether the tag was said (1), and whether that is known (0 for unsaid ancestors of said tags)."""
    return pool.look_up(data.positive), 1 - pool.look_up(data.implied)


def tag_texts(vocabulary: Vocabulary) -> list[VideoInput]:
    """Each tag as a text of its names and aliases."""
    return [VideoInput(tag.id, title=", ".join(tag.names or (tag.name,))) for tag in vocabulary]


def tag_names(modality: Modality, vocabulary: Vocabulary, store: FeatureStore) -> Array:
    """(tags, width) sentence embedding of each tag's names and aliases; width 0 without a sentence encoder."""
    found = [item.text for item in modality.features(tag_texts(vocabulary), store)] if "text" in modality.names else []
    width = max((len(row) for row in found if row is not None), default=0)
    rows = [np.zeros(width, np.float32) if row is None else row for row in found]
    return np.stack(rows).astype(np.float32) if width else np.zeros((len(vocabulary), 0), np.float32)
