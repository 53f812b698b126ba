"""From videos nobody has labelled to a folder that a stack's backbone starts from; what was interrupted goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import torch

from ml.layers import accelerator, checkpoints
from ml.layers.backbone import BackboneConfig, save
from ml.pretraining import frame_training
from ml.pretraining.clip_frames import Clip, ClipFrames
from ml.pretraining.frame_settings import FrameSettings
from ml.pretraining.partial import PretrainingError, publish, working
from ml.pretraining.settings import Stage

FIGURES = "pretraining.json"
LEAST = 16  # videos or programmes: contrast needs others
SECONDS = 60.0  # between two checkpoints


def pretrain(clips: Iterable[Clip], out: Path, settings: FrameSettings, stage: Stage) -> dict[str, float]:
    """Train on frames of `clips` and write `out`: config.json, model.safetensors, pretraining.json.

    Called again after an interruption it goes on: `clips` are not read again once their frames are taken. Returns how
    many frames of how many things there were, and the last loss. Raises PretrainingError.
    """
    torch.set_num_threads(1)
    with working(out, asdict(settings)) as folder:
        frames = ClipFrames.load(folder)
        if frames is None:
            taken = ClipFrames.taken(clips, settings.size, settings.videos, settings.frames, stage("frames"))
            taken.save(folder)
            frames = taken
        if len(frames.groups) < LEAST:
            raise PretrainingError(
                f"There are frames of {len(frames.groups)} videos or programmes; at least {LEAST} are needed."
            )
        return _trained(frames, folder, out, settings, stage)


def _trained(frames: ClipFrames, folder: Path, out: Path, settings: FrameSettings, stage: Stage) -> dict[str, float]:
    device = accelerator.name()
    tell, losses = stage(settings.method), [0.0]

    def step(done: int, total: int, loss: float | None) -> None:
        losses.append(loss or 0.0)
        tell(done, total, loss)

    with checkpoints.kept_in(folder / "checkpoints", SECONDS):
        backbone = frame_training.learn(frames, settings, step, device)
    figures = {
        "frames": float(len(frames.pictures)),
        "things": float(len(frames.groups)),
        "loss": sum(losses[-20:]) / len(losses[-20:]),
    }
    ready = folder / "ready"
    shutil.rmtree(ready, ignore_errors=True)
    save(backbone, BackboneConfig.of(settings.model, settings.size), ready)
    told = {"settings": asdict(settings), "learned": figures}
    (ready / FIGURES).write_text(json.dumps(told, indent=2), encoding="utf-8")
    publish(ready, out)
    return figures
