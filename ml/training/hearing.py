"""The stack's sound network: taken over from the active bundle, or trained on the sound of reviewed clips."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml import media
from ml.layers import accelerator
from ml.layers.vggish import VggishConfig
from ml.modality import logmel, sound_training
from ml.modality.sound_training import SoundSchedule
from ml.modality.weights import BUNDLED
from ml.parts import Step, indicator, with_ancestors
from ml.training.journal import Journal
from ml.types import Array, Example, Vocabulary

MOST_SECONDS = 20_000  # of sound in all: 250 MB of half-precision frames
CLIP_SECONDS = 30  # of one clip


def provide(
    settings: Mapping[str, Any],
    folder: Path,
    examples: Sequence[Example],
    vocabulary: Vocabulary,
    journal: Journal,
    former: Path | None,
) -> None:
    """Write the network of `settings` (the [modality.sound] section) to `folder`, unless it is a pretrained one.

    `former` is the network of the active bundle. It is copied, so that cached features stay valid, except when the
    stack says `retrain`.
    """
    if settings.get("weights", BUNDLED) != BUNDLED:
        return
    if former is not None and former.is_dir() and not settings.get("retrain", False):
        shutil.copytree(former, folder)
        return
    sounds, targets = _sounds(examples, vocabulary, journal.stage("sounds for the sound network"))
    if len(sounds) < 2:
        journal.notes.append("No sound could be read, so there is no sound network and nothing heard.")
        return
    config = VggishConfig.narrow(int(settings.get("narrow", 8)))
    schedule = SoundSchedule(**settings.get("training", {}))
    device = accelerator.name()
    step = journal.stage("sound network")
    model = sound_training.train(sounds, targets, config=config, schedule=schedule, step=step, device=device)
    sound_training.keep(model, sounds, folder, device)


def _sounds(examples: Sequence[Example], vocabulary: Vocabulary, step: Step) -> tuple[list[Array], Array]:
    """Log-mel frames (n, 64) of the tagged clips and the clips' tags; clips without a whole example are left out."""
    tagged = [example for example in examples if example.tags and example.video.media is not None]
    labels = indicator(with_ancestors([example.tags for example in tagged], vocabulary), vocabulary).toarray()
    labels = labels[:, labels.any(axis=0)]
    found: dict[int, Array] = {}
    seconds = 0.0
    for i, example in enumerate(tagged):
        step(i, len(tagged), None)
        frames = _frames(example)
        if len(frames):
            found[i] = frames
            seconds += len(frames) * logmel.HOP / logmel.RATE
        if seconds >= MOST_SECONDS:
            break
    return list(found.values()), labels[list(found)].astype(np.float32)


def _frames(example: Example) -> Array:
    assert example.video.media is not None
    try:
        sound = media.decode(example.video.media, rate=logmel.RATE).sound
    except (media.MediaError, OSError):
        sound = None  # its features will be missing too, and say so in the log
    if sound is None:
        return np.zeros((0, logmel.BANDS), np.float32)
    return sound_training.frames(sound[: CLIP_SECONDS * logmel.RATE]).astype(np.float16)
