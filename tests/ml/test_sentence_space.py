"""Sentence vectors as directions from their mean."""

import numpy as np

from ml.layers.sentence_space import SentenceSpace
from ml.types import Features, VideoInput


def features(*vectors) -> list[Features]:
    return [
        Features(VideoInput(i), None if vector is None else np.array(vector, np.float32))
        for i, vector in enumerate(vectors)
    ]


def test_what_all_vectors_have_in_common_is_taken_away():
    known = features([0.8, 0.6, 0.0], [0.8, -0.6, 0.0], [0.8, 0.0, 0.6], [0.8, 0.0, -0.6], None)

    space = SentenceSpace.of(known)

    np.testing.assert_allclose(space.mean, [0.8, 0, 0], atol=1e-6)
    directions = [[0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1], [0, 0, 0]]
    np.testing.assert_allclose(space.directions(known), directions, atol=1e-6)


def test_a_vector_of_another_width_or_at_the_mean_itself_has_no_direction():
    space = SentenceSpace(np.array([0.6, 0.8], np.float32))

    assert not space.directions(features([0.6, 0.8], [1, 0, 0], None)).any()


def test_without_vectors_there_is_no_space():
    assert SentenceSpace.of(features(None, None)) is None
