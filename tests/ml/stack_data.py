"""Small made-up videos for the tests of the stack: the features of three kinds of scenes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml import parts
from ml.feature_store import FeatureStore
from ml.parts import TrainingSet
from ml.pipeline import Pipeline, recall
from ml.ranking.calibration import LogisticCalibrator
from ml.ranking.contrastive import ContrastiveRanker
from ml.recall import RECALLERS
from ml.types import FACE_WIDTH, Features, Gallery, Tag, VideoInput, Vocabulary

SPORT, GAME, COOKING, STAR, RAIN, GROUP = 10, 20, 30, 40, 50, 60

VOCABULARY = Vocabulary(
    (
        Tag(SPORT, "Sport", ("Sport", "运动")),
        Tag(GAME, "Ball game", ("Ball game", "球赛", "match"), parent=SPORT),
        Tag(COOKING, "Cooking", ("Cooking", "做饭"), kind="program"),
        Tag(STAR, "Night sky", ("Night sky", "星空")),
        Tag(RAIN, "Rain", ("Rain", "下雨")),  # no video has it
        Tag(GROUP, "Everything", ("Everything",), assignable=False),
    )
)
SCENES = {
    "an exciting ball game in the stadium 球赛": frozenset({SPORT, GAME}),
    "cooking soup for friends 做饭": frozenset({COOKING}),
    "a long night sky with a comet 星空": frozenset({STAR}),
}


def directions(count: int, width: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def make_features(
    i: int, text: bool = True, frames: bool = True, sound: bool = True, faces: bool = True, **video
) -> Features:
    """Video i shows scene i mod 3; its features scatter a little around the scene's."""
    scene, noise = i % len(SCENES), np.random.default_rng(1000 + i)
    near = lambda rows, spread: (rows + spread * noise.normal(size=rows.shape)).astype(np.float32)
    meaning = near(directions(3, 16, seed=1)[scene], 0.1)
    title = list(SCENES)[scene] if text else ""
    return Features(
        VideoInput(**{"id": 100 + i, "title": f"{title} {i}" if text else ""} | video),
        text=meaning / np.linalg.norm(meaning) if text else None,
        frames=near(np.abs(directions(3, 8, seed=2)[[scene] * 4]), 0.05) if frames else None,
        frame_times=np.arange(4, dtype=np.float32) if frames else None,
        sound=near(directions(3, 6, seed=3)[[scene] * 2], 0.05) if sound else None,
        faces=near(directions(3, FACE_WIDTH, seed=5)[[scene] * 2], 0.01) if faces else None,
        face_places=np.array([[0, 0.4, 0.2, 0.6, 0.5], [1, 0.5, 0.2, 0.7, 0.5]], np.float32) if faces else None,
    )


# Two of those who are seen in the scenes, of which one has a tag that may not be given.
GALLERY = Gallery((STAR, GROUP), directions(3, FACE_WIDTH, seed=5)[[2, 0]], 1)


def make_training_set(videos: int = 24, **kw) -> TrainingSet:
    features = [make_features(i, **kw) for i in range(videos)]
    tags = [list(SCENES.values())[i % len(SCENES)] for i in range(videos)]
    rejected = [frozenset({STAR}) if COOKING in mine else frozenset() for mine in tags]
    return TrainingSet(VOCABULARY, directions(len(VOCABULARY), 16, seed=4), features, tags, rejected)


def make_pipeline(
    names: Sequence[str], modality: Any, store: FeatureStore, data: TrainingSet | None = None, **settings: Any
) -> Pipeline:
    """A whole stack of these recallers with these settings, trained for the fraction of a second."""
    data, budgets = data or make_training_set(12), dict.fromkeys(names, 5)
    recallers = {name: parts.find(RECALLERS, name).train(data, settings, step=parts.silent) for name in names}
    pool = recall(recallers, budgets, data.features, data.vocabulary)
    ranker = ContrastiveRanker.train(data, pool, {"dim": 8, "epochs": 1, "least_steps": 1}, step=parts.silent)
    said, ones = pool.look_up(data.positive), np.ones(len(pool), np.float32)
    calibrator = LogisticCalibrator.fit(pool, ranker.score(data.features, pool), said, ones, {})
    return Pipeline(data.vocabulary, modality, store, recallers, budgets, ranker, calibrator)


def make_snapshot(folder: Path, videos: int = 40, **changes) -> Path:
    """A text-only snapshot folder; `changes` maps a split to tags that all its videos get instead."""
    folder.mkdir(parents=True)
    tags = [
        {
            "id": t.id,
            "name": t.name,
            "names": list(t.names),
            "parent": t.parent,
            "kind": t.kind,
            "assignable": t.assignable,
        }
        for t in VOCABULARY
    ]
    rows = []
    for i in range(videos):
        text, said = list(SCENES.items())[i % len(SCENES)]
        split = ("train", "train", "train", "dev", "test")[i % 5]
        said = changes.get(split, said)
        rows.append({"id": i, "title": f"{text} {i}", "tags": sorted(said), "rejected": [], "split": split})
    for name, lines in (("tags.jsonl", tags), ("videos.jsonl", rows)):
        (folder / name).write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    seal_snapshot(folder)
    return folder


def seal_snapshot(folder: Path) -> None:
    content = (folder / "tags.jsonl").read_bytes() + (folder / "videos.jsonl").read_bytes()
    manifest = {
        "hash": hashlib.sha256(content).hexdigest(),
        "format": 1,
        "taxonomy_version": 1,
        "media_root": str(folder),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
