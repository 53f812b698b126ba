"""VGGish's front end against its definition, computed slowly and independently."""

import math

import numpy as np
import pytest

from ml.modality import logmel
from ml.modality.extractor import Material
from ml.modality.sound import SoundExtractor
from tests.ml.media_files import sine


def slow_frame(samples: np.ndarray) -> np.ndarray:
    """64 log-mel values of 400 samples, by sums over the definition in double precision."""
    windowed = [s * (0.5 - 0.5 * math.cos(2 * math.pi * n / 400)) for n, s in enumerate(samples.astype(float))]
    n = np.arange(400)
    magnitude = [abs(np.sum(windowed * np.exp(-2j * math.pi * k * n / 512))) for k in range(257)]

    def mel(hertz):
        return 1127 * math.log(1 + hertz / 700)

    step = (mel(7500) - mel(125)) / 65
    values = []
    for band in range(64):
        left, middle, right = (mel(125) + step * (band + i) for i in range(3))
        total = 0.0
        for k in range(1, 257):
            position = mel(k * 16000 / 512)
            rising, falling = (position - left) / (middle - left), (right - position) / (right - middle)
            total += max(0.0, min(rising, falling)) * magnitude[k]
        values.append(math.log(total + 0.01))
    return np.array(values)


@pytest.mark.parametrize(("samples", "frames"), [(0, 0), (399, 0), (400, 1), (559, 1), (560, 2), (15600, 96)])
def test_the_number_of_frames(samples, frames):
    assert logmel.frame_count(samples) == frames


@pytest.mark.parametrize(("samples", "examples"), [(15599, 0), (15600, 1), (30959, 1), (30960, 2), (16000 * 70, 72)])
def test_whole_examples_only(samples, examples):
    assert logmel.examples(np.zeros(samples, np.float32)).shape == (examples, 96, 64)


def test_values_are_those_of_the_definition():
    sound = np.random.default_rng(3).uniform(-1, 1, 32000).astype(np.float32)

    examples = logmel.examples(sound)

    for frame in (0, 95, 96, 150):
        expected = slow_frame(sound[frame * 160 : frame * 160 + 400])
        assert examples.reshape(-1, 64)[frame] == pytest.approx(expected, abs=1e-4)


def test_a_sine_of_1_khz_peaks_in_its_band():
    mel = [1127 * math.log(1 + f / 700) for f in (125, 1000, 7500)]
    band = round((mel[1] - mel[0]) / (mel[2] - mel[0]) * 65) - 1

    assert band == 19
    assert (logmel.examples(sine(1000, 2)).argmax(axis=2) == band).all()


def test_silence_is_the_logarithm_of_the_offset():
    assert logmel.examples(np.zeros(16000, np.float32)) == pytest.approx(math.log(0.01))


def test_long_sound_is_the_same_in_blocks(monkeypatch):
    sound = np.random.default_rng(0).uniform(-1, 1, 16000 * 5).astype(np.float32)
    whole = logmel.examples(sound)
    monkeypatch.setattr(logmel, "BLOCK", 2)

    assert np.array_equal(logmel.examples(sound), whole)


def test_a_row_holds_mean_and_deviation_of_each_band():
    sound = sine(440, 3)

    row = SoundExtractor().extract([Material(sound=sound)])[0]["sound"]

    examples = logmel.examples(sound)
    assert row.shape == (3, 128)
    assert np.allclose(row[1, :64], examples[1].mean(0))
    assert np.allclose(row[1, 64:], examples[1].std(0))


def test_silent_sound_still_has_rows():
    assert SoundExtractor().extract([Material(sound=np.zeros(16000 * 2, np.float32))])[0]["sound"].shape == (2, 128)
