"""Texts with other phrases of the same kinds in them."""

import torch

from ml.layers import spans
from ml.layers.descent import DescentConfig
from ml.layers.phrase_book import entries
from ml.layers.phrase_finder import FinderConfig, PhraseFinder
from ml.layers.phrase_lessons import PhraseLessons
from ml.layers.spans import Phrase
from ml.parts import silent

TEXTS = ["Ann of Acme, boss", "Li of Big Co", "nobody"]
PHRASES = [[Phrase(0, 3, "NAME"), Phrase(7, 11, "ORG")], [Phrase(0, 2, "NAME"), Phrase(6, 12, "ORG")], []]
SAID = [spans.write(phrases, len(text)) for text, phrases in zip(TEXTS, PHRASES, strict=True)]
LESSONS = PhraseLessons.of(TEXTS, SAID)


def test_phrases_are_swapped_for_others_of_their_kind():
    draw = torch.Generator().manual_seed(0)
    shown = {lesson.text: lesson for _ in range(40) for lesson in LESSONS.drawn([0, 2], 1.0, draw)}

    assert set(shown) == {f"{a} of {b}, boss" for a in ("Ann", "Li") for b in ("Acme", "Big Co")} | {"nobody"}
    lesson = shown["Li of Big Co, boss"]
    phrases = [Phrase(0, 2, "NAME"), Phrase(6, 12, "ORG")]
    assert list(lesson.labels) == spans.write(phrases, len(lesson.text))
    assert lesson.own == entries(lesson.text, phrases)


def test_a_share_of_the_texts_stays_as_it_is():
    draw = torch.Generator().manual_seed(0)
    assert LESSONS.drawn([1, 0], 0.0, draw) == [LESSONS.lessons[1], LESSONS.lessons[0]]
    as_they_are = sum(LESSONS.drawn([1], 0.5, draw)[0].text == TEXTS[1] for _ in range(400))
    assert 200 < as_they_are < 300, "half, and a quarter of the other half by chance"


def test_half_phrases_keep_their_labels():
    said = [["B-NAME", "M-NAME", "O", "S-ORG"]]
    (lesson,) = PhraseLessons.of(["abcd"], said).drawn([0], 1.0, torch.Generator().manual_seed(0))
    assert (lesson.text, list(lesson.labels)) == ("abcd", said[0])


def test_a_finder_learns_from_swapped_texts():
    torch.manual_seed(0)
    finder = PhraseFinder.of(TEXTS, spans.labels_of(["NAME", "ORG"]), FinderConfig(width=8, hidden=8, at_least=1))
    finder.learn(TEXTS, SAID, 3, DescentConfig(1, 60, 1, 2e-2), silent, swap=0.5)
    found = [phrase for phrase, _ in finder.find(["Li of Acme, boss"])[0]]
    assert found == [Phrase(0, 2, "NAME"), Phrase(6, 10, "ORG")]
