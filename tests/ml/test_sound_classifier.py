"""The kernel machine against its definition, the sounds' statistics against numpy, and the recaller that uses both."""

import numpy as np
import pytest

from ml.layers import kernel_machine
from ml.layers.kernel_machine import KernelMachine
from ml.modality.extractor import Material
from ml.modality.sound_texture import TextureBesides, TextureExtractor
from ml.parts import TrainingSet, silent
from ml.recall.sound_classifier import SoundClassifier
from ml.types import Features, VideoInput
from tests.ml.stack_data import COOKING, STAR, VOCABULARY

RANDOM = np.random.default_rng(0)


def kernel_of(first, second, width):
    return np.array([[np.exp(-width * np.mean((a - b) ** 2)) for b in second] for a in first])


def test_left_out_examples_are_told_what_a_machine_without_them_says():
    rows, targets = RANDOM.normal(size=(9, 3)), RANDOM.normal(size=(9, 2))
    kernel = kernel_of(rows, rows, 1.0)
    _, told = kernel_machine.left_out(kernel, targets, 0.1)
    for i in range(9):
        others = np.arange(9) != i
        inner = kernel[np.ix_(others, others)] + 0.1 * np.eye(8)
        assert told[i] == pytest.approx(kernel[i, others] @ np.linalg.solve(inner, targets[others]))


def test_scores_by_definition():
    rows = RANDOM.normal(2.0, 3.0, size=(20, 4)).astype(np.float32)
    targets = (rows[:, :2] > 2).astype(np.float32)
    machine = KernelMachine.fit(rows, targets)
    asked = RANDOM.normal(2.0, 3.0, size=(5, 4)).astype(np.float32)
    even = lambda part: (part - rows.mean(0)) / rows.std(0)
    expected = kernel_of(even(asked), even(rows), machine.width) @ machine.weight + targets.mean(0)
    assert machine.scores(asked) == pytest.approx(expected, abs=1e-4)


def test_a_ring_is_told_from_its_middle():
    angle = RANDOM.uniform(0, 2 * np.pi, 60)
    radius = np.repeat([0.2, 1.0], 30)
    rows = (radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)).astype(np.float32)
    inside = (radius < 0.5).astype(np.float32)[:, None]
    machine = KernelMachine.fit(rows[::2], inside[::2])
    assert ((machine.scores(rows[1::2]) > 0.5) == (inside[1::2] > 0.5)).all()


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(ValueError, match="no examples"):
        KernelMachine.fit(np.zeros((0, 3), np.float32), np.zeros((0, 1), np.float32))


def test_textures_by_hand():
    examples = RANDOM.normal(size=(2, 96, 64)).astype(np.float32)
    rows = TextureExtractor().described(examples)
    assert rows.shape == (2, TextureExtractor.dim)
    band = examples[1, :, 7]
    expected = [band.mean(), band.std(), *((band[lag:] - band[:-lag]).std() for lag in (1, 4, 16))]
    expected += np.percentile(band, [10, 25, 50, 75, 90, 100]).tolist()
    assert rows[1, 7::64] == pytest.approx(np.array(expected), abs=1e-5)


def heard(i, kind):
    noise = np.random.default_rng(i)
    return Features(VideoInput(i), sound=(np.eye(6)[kind] * 2 + 0.3 * noise.normal(size=(4, 6))).astype(np.float32))


def learned(features, tags):
    names = np.zeros((len(VOCABULARY), 0), np.float32)
    data = TrainingSet(VOCABULARY, names, features, tags, [frozenset()] * len(features))
    return SoundClassifier.train(data, {}, step=silent)


def test_the_tag_of_a_sound_comes_first():
    recaller = learned([heard(i, i % 2) for i in range(20)], [frozenset({(COOKING, STAR)[i % 2]}) for i in range(20)])
    answers = recaller.recall([heard(90, 0), heard(91, 1), Features(VideoInput(92))], 5)
    assert [answer[0].tag for answer in answers[:2]] == [COOKING, STAR]
    assert answers[0][0].score > 0.7
    assert answers[2] == []  # nothing is heard


def test_sound_of_another_extractor_says_nothing():
    recaller = learned([heard(i, i % 2) for i in range(6)], [frozenset({COOKING})] * 6)
    assert recaller.recall([Features(VideoInput(1), sound=np.ones((2, 3), np.float32))], 5) == [[]]


def test_clips_without_sound_teach_nothing():
    silence = learned([Features(VideoInput(i)) for i in range(3)], [frozenset({COOKING})] * 3)
    assert silence.recall([heard(1, 0)], 5) == [[]]


def test_the_texture_teaches_where_the_stack_has_it_besides():
    textures = lambda i: Features(VideoInput(i), sound=np.ones((4, 2), np.float32), texture=heard(i, i % 2).sound)
    recaller = learned([textures(i) for i in range(20)], [frozenset({(COOKING, STAR)[i % 2]}) for i in range(20)])
    assert [answer[0].tag for answer in recaller.recall([textures(90), textures(91)], 5)] == [COOKING, STAR]
    assert recaller.recall([heard(90, 0)], 5)[0][0].tag == COOKING  # rows of the same width


def test_the_texture_is_that_of_the_sound():
    sound = RANDOM.normal(size=32000).astype(np.float32)
    (alone,), (besides,) = (
        extractor().extract([Material(sound=sound)]) for extractor in (TextureExtractor, TextureBesides)
    )
    assert (besides["texture"] == alone["sound"]).all()
    assert TextureBesides().extract([Material()]) == [{}]
