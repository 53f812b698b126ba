"""Every kind of scene keeps the same promises; a new one is enrolled by its line in the table."""

from pathlib import Path

import numpy as np
import pytest

from annotation.demo import scenes
from annotation.demo.scenes import SCENES
from annotation.demo.sounds import RATE, Track


@pytest.fixture(params=sorted(SCENES))
def scene(request):
    return scenes.find(request.param)


def pixels(scene, time):
    return np.asarray(scene.frame(time), np.int16)


def test_draws_a_moving_colour_picture(scene):
    clip = scene(0, 5.0)
    early, late = pixels(clip, 1.0), pixels(clip, 3.3)

    assert early.shape == (360, 640, 3)
    assert early.std() > 15, "a picture, not a surface"
    assert np.abs(early - late).mean() > 0.2


def test_the_same_seed_draws_the_same_clip(scene):
    assert (pixels(scene(1, 5.0), 2.0) == pixels(scene(1, 5.0), 2.0)).all()


def test_another_seed_looks_different(scene):
    assert np.abs(pixels(scene(0, 5.0), 2.0) - pixels(scene(1, 5.0), 2.0)).mean() > 1


def test_sounds_for_the_whole_clip_without_clipping(scene):
    track = Track(5.0)
    scene(0, 5.0).sound(track)
    samples = track.mastered()

    assert samples.shape == (5 * RATE,)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() == pytest.approx(0.7, abs=0.01)
    assert all(np.abs(second).max() > 0.001 for second in samples.reshape(5, RATE))


def test_an_unknown_scene_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"unknown scene 'sandstorm'; known: .*rain"):
        scenes.find("sandstorm")


def test_every_file_of_scenes_is_used():
    files = {path.stem for path in Path(scenes.__file__).parent.glob("*.py")} - {"__init__"}

    assert files == {name.split(".")[0] for name in SCENES.values()}
