"""ESC-10, five official folds: statistics of the front end, a narrow VGGish trained on the spot, and both together."""

from __future__ import annotations

import dataclasses
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from benchmarks.sets import esc10, seeds
from benchmarks.sets.esc10 import Sounds
from ml.layers.kernel_machine import KernelMachine
from ml.layers.pooling import sound_centre, sound_vector
from ml.layers.vggish import VggishConfig
from ml.modality import logmel, sound_training
from ml.modality.sound_texture import TextureExtractor
from ml.modality.sound_training import Listener, SoundSchedule
from ml.modality.vggish import VggishExtractor
from ml.recall import sound_classifier
from ml.types import Array, Features, VideoInput

NETWORK = VggishConfig.narrow()
PLAIN = SoundSchedule(steps=0, epochs=80, batch=16, examples=2, blending=0.5, half=True)
MIXUP = dataclasses.replace(PLAIN, blending=0.0)
SCHEDULES = {
    "trained": PLAIN,
    "trained, mixup": MIXUP,
    "trained, mixup, whole clips": dataclasses.replace(MIXUP, epochs=30, batch=32, examples=5),
    "trained, no mixing": dataclasses.replace(MIXUP, mixing=0.0),
    "trained, no masks": dataclasses.replace(PLAIN, longest_mask=0, widest_mask=0),
    "trained, shift in time alone": dataclasses.replace(
        MIXUP, mixing=0.0, longest_mask=0, widest_mask=0, gain=0.0, pitch=0, tempo=0.0
    ),
}
SHIFTS = np.arange(0, 480, 24)  # frames from which the crops that vote begin, each as long as those trained on
WHOLE_SHIFTS = np.arange(0, 96, 16)  # the same of whole clips
GRID = {"svc__C": [3.0, 10.0, 30.0], "svc__gamma": [0.3, 1.0]}  # gamma is a multiple of 1 / width

Trial = dict[str, float]
Mask = NDArray[np.bool_]


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)
    parser.add_argument("--folds", type=int, nargs="*", default=[1, 2, 3, 4, 5], help="official folds to test on")
    parser.add_argument(
        "--pairs",
        action="store_true",
        help="leave out each fold and the next one, judge on both: settings for the one are chosen on the other",
    )


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    sounds = esc10.read(seeds.required(options.data))
    alone: dict[str, Callable[[Sounds, Mask, int], Trial]] = {"front end": _frozen, "kernel machine": _kernel}
    names = [*alone, *SCHEDULES]
    figures: dict[str, object] = {}
    for name in [n for n in names if seeds.wanted(n, options.only, names)]:
        trial = alone[name] if name in alone else _trained(SCHEDULES[name])
        count = 1 if name in alone else options.seeds  # what is trained in one step draws nothing
        trials = [_over_folds(trial, sounds, options, seed) for seed in range(count)]
        figures[name] = seeds.summary(trials)
        print(name, figures[name], file=sys.stderr, flush=True)
    return figures


def _over_folds(trial: Callable[[Sounds, Mask, int], Trial], sounds: Sounds, options: Namespace, seed: int) -> Trial:
    """Accuracy over all folds, and of each."""
    began = time.process_time()
    left_out = {fold: [fold, fold % 5 + 1] if options.pairs else [fold] for fold in options.folds}
    found = {fold: trial(sounds, np.isin(sounds.folds, folds), seed) for fold, folds in left_out.items()}
    print(seed, found, file=sys.stderr, flush=True)
    mean = {key: float(np.mean([each[key] for each in found.values()])) for key in found[options.folds[0]]}
    by_fold = {f"accuracy, fold {fold}": each["accuracy"] for fold, each in found.items()}
    return mean | by_fold | {"cpu_s": time.process_time() - began}


def _frozen(sounds: Sounds, held_out: Mask, seed: int) -> Trial:
    """What the SVM is tuned by, and which statistics it reads, is decided within the training folds."""
    machine, rows = _machine(sounds, held_out)
    heard = [_examples(bands) for bands in sounds.bands]
    summaries = [np.concatenate([part.mean(1), part.std(1)], axis=1) for part in heard]  # the rows of logmel.v1
    return {
        "accuracy": float(machine.score(rows[held_out], sounds.labels[held_out])),
        "nearest": nearest(summaries, sounds, held_out),
    }


def _kernel(sounds: Sounds, held_out: Mask, seed: int) -> Trial:
    """What sound_classifier.v1 learns from the rows of logmel.v2; its settings come from leaving examples out."""
    scores = _heard(sounds, held_out)
    return {"accuracy": float((scores.argmax(1) == sounds.labels[held_out]).mean())}


def _heard(sounds: Sounds, held_out: Mask, rows: list[Array] | None = None) -> Array:
    """The machine's scores of what is held out; with the network's `rows` it reads these beside the statistics."""
    extractor = TextureExtractor()
    read = [_described(extractor.described(_examples(bands))) for bands in sounds.bands]
    if rows is not None:
        read = [np.concatenate([one, _described(other)]) for one, other in zip(read, rows, strict=True)]
    known = np.stack(read)
    return KernelMachine.fit(known[~held_out], sounds.targets[~held_out]).scores(known[held_out])


def _described(rows: Array) -> Array:
    found = sound_classifier.described(Features(VideoInput(0), sound=rows))
    return np.zeros(2 * rows.shape[1], np.float32) if found is None else found


def _machine(sounds: Sounds, held_out: Mask) -> tuple[GridSearchCV, Array]:
    """The SVM that does best within the training folds, and the statistics that it reads."""
    found = (_tuned(rows, sounds, ~held_out) for rows in statistics(sounds).values())
    _, machine, rows = max(found, key=lambda each: each[0])
    return machine, rows


def _tuned(rows: Array, sounds: Sounds, train: Mask) -> tuple[float, GridSearchCV, Array]:
    grid = GRID | {"svc__gamma": [share / rows.shape[1] for share in GRID["svc__gamma"]]}
    machine = make_pipeline(StandardScaler(), SVC())
    search = GridSearchCV(machine, grid, cv=PredefinedSplit(sounds.folds[train]))
    search.fit(rows[train], sounds.labels[train])
    return float(search.best_score_), search, rows


def statistics(sounds: Sounds) -> dict[str, Array]:
    """Per clip, over time and for each band: mean and deviation; with the deviation of steps; with quantiles."""
    moments = np.stack([np.concatenate([b.mean(0), b.std(0)]) for b in sounds.bands])
    steps = np.stack([np.diff(b, axis=0).std(0) for b in sounds.bands])
    quantiles = np.stack([np.percentile(b, [10, 25, 50, 75, 90, 100], axis=0).ravel() for b in sounds.bands])
    return {
        "moments": moments,
        "moments, steps": np.concatenate([moments, steps], axis=1),
        "moments, steps, quantiles": np.concatenate([moments, steps, quantiles], axis=1).astype(np.float32),
    }


def _trained(schedule: SoundSchedule) -> Callable[[Sounds, Mask, int], Trial]:
    def trial(sounds: Sounds, held_out: Mask, seed: int) -> Trial:
        train, test = ([b for b, out in zip(sounds.bands, held_out, strict=True) if out == side] for side in (0, 1))
        plan = dataclasses.replace(schedule, seed=seed)
        model = sound_training.train(train, sounds.targets[~held_out], config=NETWORK, schedule=plan)
        right = lambda scores: float((scores.argmax(1) == sounds.labels[held_out]).mean())
        scores = sound_training.voted(model, test, SHIFTS, examples=plan.examples)
        other, rows = np.maximum(_heard(sounds, held_out), 0.0), _rows(model, train, sounds)
        return {
            "accuracy": right(scores),
            "with the kernel machine": right(scores / scores.sum(1, keepdims=True) + other),
            "machine over both": right(_heard(sounds, held_out, rows)),
            "whole clips": right(sound_training.voted(model, test, WHOLE_SHIFTS)),
            "one whole clip": right(sound_training.voted(model, test, WHOLE_SHIFTS[:1])),
            "nearest": nearest(rows, sounds, held_out),
        }

    return trial


def _rows(model: Listener, train: list[Array], sounds: Sounds) -> list[Array]:
    """What vggish.v1 makes of every sound, its PCA fitted on the training sounds."""
    with TemporaryDirectory() as folder:
        sound_training.keep(model, train, Path(folder) / "network")
        extractor = VggishExtractor(Path(folder) / "network", "cpu")
        return [extractor.rows(_examples(bands)) for bands in sounds.bands]


def nearest(rows: list[Array], sounds: Sounds, held_out: Mask) -> float:
    """Accuracy of the most similar training sound, compared as sound_similarity.v1 compares."""
    features = [Features(VideoInput(i), sound=each) for i, each in enumerate(rows)]
    known = [item for item, out in zip(features, held_out, strict=True) if not out]
    centre = sound_centre(known)
    vectors = [sound_vector(item, centre) for item in features]
    width = next(len(vector) for vector in vectors if vector is not None)
    whole = np.stack([np.zeros(width, np.float32) if vector is None else vector for vector in vectors])
    found = (whole[held_out] @ whole[~held_out].T).argmax(axis=1)
    return float((sounds.labels[~held_out][found] == sounds.labels[held_out]).mean())


def _examples(bands: Array) -> Array:
    return bands.reshape(-1, logmel.EXAMPLE, logmel.BANDS)
