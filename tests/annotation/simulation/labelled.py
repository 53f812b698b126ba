"""Small labelled sets: texts whose words tell their tags, so that labels teach something."""

from __future__ import annotations

import numpy as np

from annotation.simulation import labelled_set
from annotation.simulation.labelled_set import LabelledSet
from ml.types import Example, Snapshot, Tag, VideoInput, Vocabulary

WORDS = {"ball": "dunk court hoop", "song": "guitar choir stage", "soup": "pot onion ladle", "game": "pixel level boss"}


def make_snapshot(clips: int = 120, seed: int = 0) -> Snapshot:
    """A fifth is judged on. `ball` and `game` stand below `sport`."""
    random = np.random.default_rng(seed)
    tags = (
        Tag(0, "sport"),
        *(Tag(n, name, (name,), 0 if name in "ball game" else None) for n, name in enumerate(WORDS, 1)),
    )
    examples = []
    for number in range(clips):
        mine = random.permutation(4)[: random.integers(1, 3)]
        words = [word for n in mine for word in random.permutation([*WORDS.values()][n].split())[:2]]
        words += [f"w{random.integers(30)}" for _ in range(4)]
        said = frozenset(int(n) + 1 for n in mine)
        split = "test" if number % 5 == 0 else "train"
        examples.append(Example(VideoInput(number, " ".join(words)), said, split=split))
    return Snapshot("made", Vocabulary(tags), examples)


def make_set(clips: int = 120, seed: int = 0) -> LabelledSet:
    return labelled_set.of(make_snapshot(clips, seed), "made")
