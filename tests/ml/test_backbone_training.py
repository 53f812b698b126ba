import json

import numpy as np
import pytest
import torch

from ml.modality import backbone_training
from ml.modality.backbone_training import Schedule
from ml.modality.extractor import Material
from ml.modality.frames import BackboneConfig, FrameExtractor
from tests.ml.media_files import picture

CONFIG = BackboneConfig.of("test_resnet", 64)
COLOURS = [(200, 60, 60), (60, 200, 60), (60, 60, 200), (200, 200, 60)]


def make_frames():
    """40 frames of 4 scenes that differ in colour, and their tags."""
    frames = np.stack([picture(i * 0.1, (64, 64), COLOURS[i % 4]) for i in range(40)])
    return frames, np.eye(4, dtype=np.float32)[np.arange(40) % 4]


def train(out, **kw):
    losses = []
    frames, targets = make_frames()
    options = {"config": CONFIG, "schedule": Schedule(steps=30, batch=8)} | kw
    backbone_training.train(frames, targets, out, step=lambda done, total, loss: losses.append(loss), **options)
    return losses


def extractor(folder) -> FrameExtractor:
    return FrameExtractor.build({"weights": "bundle"}, folder, "cpu")


def test_the_loss_falls_and_frames_of_a_scene_come_together(tmp_path):
    losses = train(tmp_path / "out")

    frames, _ = make_frames()
    rows = extractor(tmp_path / "out").extract([Material(frames=frames)])[0]["frames"]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    likeness = rows @ rows.T - 2 * np.eye(len(rows))
    assert np.mean(losses[-5:]) < 0.5 * losses[0]
    assert (likeness.argmax(1) % 4 == np.arange(40) % 4).all()


def test_the_same_seed_gives_the_same_weights(tmp_path):
    short = Schedule(steps=5, batch=8)
    train(tmp_path / "a", schedule=short)
    train(tmp_path / "b", schedule=short)

    assert extractor(tmp_path / "a").name == extractor(tmp_path / "b").name


def test_training_goes_on_from_an_earlier_backbone(tmp_path):
    train(tmp_path / "first")

    untouched = train(tmp_path / "warm", warm=tmp_path / "first", schedule=Schedule(steps=5, batch=8, rate=0.0))

    assert len(untouched) == 10  # two epochs of five batches are more than the five steps asked for
    cold, warm = (dict(extractor(tmp_path / name).backbone.named_parameters()) for name in ("first", "warm"))
    assert all(torch.equal(cold[name], warm[name]) for name in cold)


def test_an_ended_training_leaves_nothing(tmp_path):
    def stop(done, total, loss):
        if done == 2:
            raise InterruptedError

    frames, targets = make_frames()
    with pytest.raises(InterruptedError):
        backbone_training.train(frames, targets, tmp_path / "out", config=CONFIG, step=stop)
    assert not (tmp_path / "out").exists()


def test_a_saved_backbone_is_never_overwritten(tmp_path):
    train(tmp_path / "out", schedule=Schedule(steps=1))

    with pytest.raises(FileExistsError):
        train(tmp_path / "out", schedule=Schedule(steps=1))
    assert json.loads((tmp_path / "out" / "config.json").read_text())["model"] == "test_resnet"


def test_nothing_to_look_at_is_no_training(tmp_path):
    nothing = np.zeros((0, 64, 64, 3), np.uint8)

    with pytest.raises(ValueError, match="no frames"):
        backbone_training.train(nothing, np.zeros((0, 3), np.float32), tmp_path / "out", config=CONFIG)


def test_attention_is_an_augmentation_like_another(tmp_path):
    losses = train(tmp_path / "out", schedule=Schedule(steps=1, epochs=1, batch=8, augmentation="attention"))

    assert len(losses) == 5
    assert losses[-1] < losses[0]
    assert extractor(tmp_path / "out").dim == 96  # only the backbone is kept


def test_an_unknown_augmentation_is_named():
    with pytest.raises(ValueError, match="unknown augmentation 'mirrors'; known: attention, plain"):
        Schedule(augmentation="mirrors")
