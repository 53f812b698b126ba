"""Clips that were uploaded again are known by their pictures; others are not."""

import numpy as np
import pytest

from benchmarks.sets.copies import WAYS, make
from ml import copies
from ml.media import fingerprints
from ml.media.fingerprints import BYTES, VIEWS
from tests.ml.media_files import make_clip


def scene(seed: int):
    """Sixty planes of all sizes, which drift slowly."""
    random = np.random.default_rng(seed)
    planes = [(*random.uniform(0, 1, 2), *random.uniform(0.05, 0.4, 2), random.uniform(0, 255, 3)) for _ in range(60)]

    def show(time, size, _colour):
        width, height = size
        canvas = np.full((height, width, 3), 90, np.uint8)
        for left, top, wide, high, colour in planes:
            x, y = int((left + time / 200) * width), int(top * height)
            canvas[y : y + int(high * height), x : x + int(wide * width)] = colour
        return canvas

    return show


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Fingerprints of two clips and of copies of the first one."""
    folder = tmp_path_factory.mktemp("copies")
    first = make_clip(folder / "first.mp4", 4, tone=None, show=scene(1))
    second = make_clip(folder / "second.mp4", 4, tone=None, show=scene(2))
    made = {"first": fingerprints.fingerprint(first), "second": fingerprints.fingerprint(second)}
    for way in WAYS:
        make(first, folder / f"{way}.mp4", WAYS[way])
        made[way] = fingerprints.fingerprint(folder / f"{way}.mp4")
    return made


def test_each_way_of_copying_is_seen_through(clips):
    names = list(clips)

    found = copies.pairs(range(len(names)), list(clips.values()), most=30)

    of_first = {names[b] for a, b, likeness in found if names[a] == "first" and likeness > 0.8}
    assert of_first == set(WAYS)
    assert not [pair for pair in found if names.index("second") in pair[:2]]


def test_half_of_the_pictures_of_the_shorter_clip_must_be_shown():
    def prints(*pictures):
        """Each picture is a number that all its views share."""
        drawn = {n: np.random.default_rng(n).integers(0, 256, BYTES, np.uint8) for n in pictures}
        return np.stack([np.tile(drawn[n], (VIEWS, 1)) for n in pictures])

    long, half, third = prints(1, 2, 3, 4, 5, 6), prints(1, 2, 21, 22), prints(1, 31, 32)

    assert copies.pairs([10, 5, 7], [long, half, third], most=5) == [(5, 10, 1.0)]
    assert copies.pairs([10, 5, 7], [long[:0]] * 3, most=5) == []


def test_of_each_clip_the_nearest_are_told():
    base = np.zeros((1, VIEWS, BYTES), np.uint8)
    near = [base.copy() for _ in range(4)]
    for bits, one in enumerate(near):
        one[..., :bits] = 1  # one bit of each of these bytes

    found = copies.pairs([1, 2, 3, 4], near, most=1)

    assert [pair[:2] for pair in found] == [(1, 2), (2, 3), (3, 4)]
    assert found[0][2] == pytest.approx(1 - 1 / 256)


def test_what_is_plain_has_no_fingerprint(tmp_path):
    black = make_clip(tmp_path / "black.mp4", 2, tone=None, show=lambda *_: np.zeros((180, 320, 3), np.uint8))

    assert len(fingerprints.fingerprint(black)) == 0
    assert fingerprints.from_bytes(b"").shape == (0, VIEWS, BYTES)


def test_bytes_come_back(clips):
    stored = fingerprints.to_bytes(clips["first"])

    assert np.array_equal(fingerprints.from_bytes(stored), clips["first"])
