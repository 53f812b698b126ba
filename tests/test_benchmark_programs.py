"""What the benchmark of programs counts, against values worked out by hand."""

import numpy as np

from benchmarks.programs import Channels, _precisions


def test_channels_of_one_program_are_told_by_their_names():
    channels = Channels((), np.zeros(0, np.int64), ["Jynxzi", "Jynxzi Live", "techyCREW", "Techy", "Ted", "Teddy"])

    assert channels.sisters(0, 1)
    assert channels.sisters(3, 2)
    assert not channels.sisters(0, 3)
    assert not channels.sisters(4, 5)  # within it by chance


def test_the_surest_clips_are_counted():
    right = np.array([True, True, False, True, False] * 4)

    told = _precisions(right)

    assert told["precision_of_10%"] == 1.0
    assert told["precision_of_20%"] == 0.75
    assert told["precision_of_100%"] == 0.6
