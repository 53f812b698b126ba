"""Pretraining a backbone on clips nobody has labelled."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from ml.__main__ import main
from ml.layers.backbone import load_config
from ml.pretraining import frame_training, frames
from ml.pretraining.clip_frames import Clip, ClipFrames
from ml.pretraining.frame_settings import FrameSettings
from ml.pretraining.partial import PretrainingError
from tests.ml.media_files import make_clip, picture

TINY = {"size": 32, "steps": 3, "batch": 8, "queue": 16, "frames": 2}


def silent_stage(name):
    return lambda done, total, loss: None


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """16 clips of one second, the first two of one programme."""
    folder = tmp_path_factory.mktemp("clips")
    made = [make_clip(folder / f"{i}.mp4", 1, (32, 32), 4, None, (15 * i, 255 - 15 * i, 90)) for i in range(17)]
    return [Clip("program A" if i < 2 else f"video {i}", path) for i, path in enumerate(made)]


def make_frames(things=12, each=3):
    scenes = [picture(0.3 * j, (32, 32), (20 * i, 255 - 20 * i, 77)) for i in range(things) for j in range(each)]
    return ClipFrames(np.stack(scenes), np.repeat(np.arange(things), each))


def test_frames_are_spread_over_clips_and_know_their_programme(clips, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no clip")

    taken = ClipFrames.taken([*clips[:3], Clip("video x", broken)], 32, 10, 2, silent_stage(""))

    assert taken.pictures.shape == (6, 32, 32, 3)
    assert taken.owners.tolist() == [0, 0, 0, 0, 1, 1]
    assert [rows.tolist() for rows in taken.groups] == [[0, 1, 2, 3], [4, 5]]


def test_no_more_videos_are_read_than_asked_for(clips):
    assert len(ClipFrames.taken(iter(clips), 32, 4, 1, silent_stage("")).pictures) == 4


def test_a_pair_is_of_one_thing_and_of_two_frames_where_there_are_two():
    made = ClipFrames(np.zeros((7, 2, 2, 3), np.uint8), np.array([0, 0, 0, 1, 2, 2, 0]))
    random = np.random.default_rng(0)

    for _ in range(20):
        one, other = made.pairs(np.array([2, 0, 1]), random)
        assert made.owners[one].tolist() == made.owners[other].tolist() == [2, 0, 1]
        assert (one != other).tolist() == [True, True, False]


@pytest.mark.parametrize("method", ["moco", "simclr"])
def test_the_loss_falls_below_chance(method):
    losses = []
    settings = FrameSettings(**TINY | {"method": method, "steps": 24, "rate": 5e-3, "temperature": 0.5})

    frame_training.learn(make_frames(), settings, lambda done, total, loss: losses.append(loss))

    assert len(losses) == 24
    assert np.mean(losses[-6:]) < np.mean(losses[3:9]) < np.log(17) + 1


def test_an_interrupted_pretraining_ends_as_if_it_had_not_been(clips, tmp_path, monkeypatch):
    settings = FrameSettings(**TINY)
    whole = frames.pretrain(clips, tmp_path / "whole", settings, silent_stage)
    monkeypatch.setattr(frames, "SECONDS", 0.0)

    def killed(name):
        def step(done, total, loss):
            if loss is not None and done == 2:
                raise KeyboardInterrupt

        return step

    with pytest.raises(KeyboardInterrupt):
        frames.pretrain(clips, tmp_path / "again", settings, killed)
    again = frames.pretrain([], tmp_path / "again", settings, silent_stage)  # its frames are there already

    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "again"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert again == whole
    assert whole["frames"] == 34
    assert whole["things"] == 16
    assert not (tmp_path / "again.partial").exists()
    assert load_config(tmp_path / "again").size == 32
    assert json.loads((tmp_path / "again" / "pretraining.json").read_text())["settings"]["model"] == "test_resnet"


def test_too_few_clips_are_told(clips, tmp_path):
    with pytest.raises(PretrainingError, match="frames of 3 videos or programmes; at least 16"):
        frames.pretrain(clips[:4], tmp_path / "out", FrameSettings(**TINY), silent_stage)


def test_settings_that_do_not_go_together_are_refused():
    with pytest.raises(ValueError, match="shorter than a batch"):
        FrameSettings(batch=64, queue=48)
    with pytest.raises(ValueError, match="unknown method 'byol'; known: moco, simclr"):
        FrameSettings(method="byol")


def test_it_works_from_the_command_line(clips, tmp_path, capsys):
    rows = [{"id": i, "media": clip.media.name, "program": "A" if i < 2 else ""} for i, clip in enumerate(clips)]
    listed = clips[0].media.parent / "videos.jsonl"
    listed.write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = [part for name, value in TINY.items() for part in (f"--{name}", str(value))]

    assert main(["pretrain", "frames", str(tmp_path / "out"), str(listed), *options]) == 0
    assert json.loads(capsys.readouterr().out)["things"] == 16
    assert main(["pretrain", "frames", str(tmp_path / "bad"), str(listed), "--method", "byol"]) == 1
    assert "unknown method 'byol'" in capsys.readouterr().err
