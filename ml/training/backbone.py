"""The stack's image backbone: taken over from the active bundle, or trained on the frames of reviewed clips."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import media
from ml.layers import accelerator
from ml.layers.backbone import CONFIG, BackboneConfig, load_config
from ml.modality import backbone_training, weights
from ml.modality.weights import BUNDLED
from ml.parts import Step, indicator, with_ancestors
from ml.training.journal import Journal
from ml.types import Array, Example, Vocabulary

MOST_FRAMES = 4000


def provide(
    settings: Mapping[str, Any],
    folder: Path,
    examples: Sequence[Example],
    vocabulary: Vocabulary,
    journal: Journal,
    former: Path | None,
) -> None:
    """Write the backbone of `settings` (the [modality.frames] section) to `folder`, unless it is a pretrained one.

    `former` is the backbone of the active bundle. It is copied, so that cached frame features stay valid, except
    when the stack says `retrain`.
    """
    if settings.get("weights") != BUNDLED:
        return
    if former is not None and former.is_dir() and not settings.get("retrain", False):
        shutil.copytree(former, folder)
        return
    config = BackboneConfig.of(settings["model"], settings.get("size"), float(settings.get("fps", 1.0)))
    frames, targets = _frames(config, examples, vocabulary, journal.stage("frames for the backbone"))
    if len(frames) < 2:
        journal.notes.append("No frames could be read, so there is no image backbone and nothing visual.")
        return
    schedule = backbone_training.Schedule(**settings.get("training", {}))
    device = accelerator.name()
    warm = _start(settings, config, journal)
    step = journal.stage("backbone")
    backbone_training.train(
        frames, targets, folder, config=config, schedule=schedule, warm=warm, step=step, device=device
    )


def _start(settings: Mapping[str, Any], config: BackboneConfig, journal: Journal) -> Path | None:
    """The folder of a pretrained backbone that the stack says to start from; a useless one is told, not obeyed."""
    if not settings.get("start"):
        return None
    folder = Path(settings["start"])
    if not (folder / weights.FILE).is_file() or not (folder / CONFIG).is_file():
        said = f"There is no pretrained backbone in {folder} (`manage.py pretrain frames` makes one)"
    elif (model := load_config(folder).model) != config.model:
        said = f"The pretrained backbone in {folder} is a {model}, not a {config.model}"
    else:
        return folder
    journal.notes.append(f"{said}: the image backbone starts from random weights.")
    return None


def _frames(
    config: BackboneConfig, examples: Sequence[Example], vocabulary: Vocabulary, step: Step
) -> tuple[NDArray[np.uint8], Array]:
    """Frames of the tagged clips (n, size, size, 3) and their clips' tags (n, tags); clips that fail are left out."""
    tagged = [example for example in examples if example.tags and example.video.media is not None]
    labels = indicator(with_ancestors([example.tags for example in tagged], vocabulary), vocabulary).toarray()
    labels = labels[:, labels.any(axis=0)]
    pictures: list[NDArray[np.uint8]] = []
    rows: list[int] = []
    for i, example in enumerate(tagged):
        step(i, len(tagged), None)
        assert example.video.media is not None
        try:
            found = media.decode(example.video.media, size=config.size, fps=config.fps).frames
        except (media.MediaError, OSError):
            continue  # its features will be missing too, and say so in the log
        if found is not None:
            pictures.append(found)
            rows += [i] * len(found)
        if len(rows) >= MOST_FRAMES:
            break
    if not pictures:
        return np.zeros((0, config.size, config.size, 3), np.uint8), np.zeros((0, labels.shape[1]), np.float32)
    return np.concatenate(pictures), labels[rows].astype(np.float32)
