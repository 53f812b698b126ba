"""When a tag holds in a clip: windows, their scores, and a network that was trained on whole clips asked about each."""

import numpy as np
import pytest

from ml import localisation
from ml.layers import time_windows
from ml.parts import TrainingSet, silent
from ml.recall.classifier import ClassifierRecaller
from ml.types import Features, Proposal, VideoInput
from tests.ml.stack_data import COOKING, GAME, STAR, VOCABULARY, directions

SCENES = np.abs(directions(2, 8, seed=2)) * 3
SOUNDS = directions(2, 6, seed=3) * 3


def clip(i: int, *scenes: int, sound: bool = True) -> Features:
    """Five seconds of each scene, a frame a second."""
    noise = np.random.default_rng(i)
    shown = np.repeat(scenes, 5)
    frames = SCENES[shown] + 0.05 * noise.normal(size=(len(shown), 8))
    rows = SOUNDS[shown] + 0.05 * noise.normal(size=(len(shown), 6)) if sound else None
    return Features(
        VideoInput(i, title=f"clip {i}"),
        frames=frames.astype(np.float32),
        frame_times=np.arange(len(shown), dtype=np.float32),
        sound=None if rows is None else rows.astype(np.float32)[: int(len(shown) / 0.96)],
    )


def test_a_clip_is_cut_into_windows_of_five_seconds():
    item = clip(0, 0, 1, 0)
    seconds, windows = time_windows.cut(item)
    assert seconds == 5
    assert [len(window.frames) for window in windows] == [5, 5, 5]
    assert [len(window.sound) for window in windows] == [5, 5, 5]
    assert windows[1].frame_times.tolist() == [5, 6, 7, 8, 9]
    assert all(window.video == item.video for window in windows)


def test_windows_of_a_long_clip_are_longer():
    hours = Features(VideoInput(1), frames=np.zeros((600, 2), np.float32), frame_times=np.arange(600) * np.float32(18))
    seconds, windows = time_windows.cut(hours)
    assert seconds == 180
    assert len(windows) == 60
    assert all(len(window.frames) == 10 for window in windows)


def test_what_has_no_time_has_no_windows():
    assert time_windows.cut(Features(VideoInput(1), text=np.ones(3, np.float32)))[1] == []
    heard = Features(VideoInput(1), sound=np.zeros((7, 2), np.float32), texture=np.zeros((7, 3), np.float32))
    windows = time_windows.cut(heard)[1]
    assert [(len(window.sound), len(window.texture)) for window in windows] == [(5, 5), (2, 2)]
    assert all(window.frames is None for window in time_windows.cut(heard)[1])


def test_scores_by_hand():
    windows = np.array([[1.0, -3.0], [0.0, -1.0], [-2.0, -2.0]])
    found = time_windows.scores(windows, blind=np.array([-0.5, -2.5]), confidence=np.array([0.8, 0.3]))
    chance = 1 / (1 + np.exp([-1.0, 0.0]))
    assert found[0, 0] == pytest.approx(0.8)  # the best window has the clip's confidence
    assert found[1, 0] == pytest.approx(0.8 * chance[1] / chance[0])
    assert found[2, 0] == 0  # it speaks against the tag
    assert found[:, 1].tolist() == pytest.approx([0, 0.3, 0.3 * (1 + np.e) / (1 + np.e**2)])  # each tag by itself


@pytest.fixture(scope="module")
def classifier():
    said = [frozenset({COOKING}), frozenset({STAR}), frozenset({COOKING, STAR})]
    scenes = [(0, 0), (1, 1), (0, 1)]
    features = [clip(i, *scenes[i % 3]) for i in range(30)]
    tags = [said[i % 3] for i in range(30)]
    names = np.zeros((len(VOCABULARY), 0), np.float32)
    data = TrainingSet(VOCABULARY, names, features, tags, [frozenset()] * 30)
    return ClassifierRecaller.train(data, {"dim": 16, "least_steps": 150, "dropout": 0.0}, step=silent)


def follow(classifier, *clips, tags=(COOKING, STAR)):
    answers = [[Proposal(tag, 0.9) for tag in tags] for _ in clips]
    return localisation.followed(answers, clips, classifier, VOCABULARY)


def test_each_tag_holds_where_its_scene_is_shown(classifier):
    [(cooking, star)] = follow(classifier, clip(99, 0, 0, 1, 1, 0, 1))
    expected = np.array([1, 1, 0, 0, 1, 0], bool)
    for proposal, shown in ((cooking, expected), (star, ~expected)):
        windows = proposal.evidence.windows
        assert windows.seconds == 5
        assert max(windows.scores) == pytest.approx(0.9)
        assert ((np.array(windows.scores) > 0.45) == shown).all()


def test_clips_that_are_told_together_are_told_as_alone(classifier, monkeypatch):
    clips = [clip(50, 0, 1), clip(51, 1, 1, 0, sound=False), Features(VideoInput(52, "words only")), clip(53, 0)]
    alone = [follow(classifier, item)[0] for item in clips]
    monkeypatch.setattr(localisation, "ROWS", 6)
    assert follow(classifier, *clips) == alone
    assert all(p.evidence.windows is None for p in (*alone[2], *alone[3]))  # a single window says nothing


def test_the_cost_is_of_the_tags_shown(classifier, monkeypatch):
    asked = []
    monkeypatch.setattr(
        classifier, "logits", lambda rows, columns: asked.append(columns) or np.zeros((len(rows), len(columns)))
    )
    follow(classifier, clip(1, 0, 1), tags=(GAME, 12345))
    assert asked[0].tolist() == [VOCABULARY.column[GAME]]  # a newcomer's tag is unknown to it
