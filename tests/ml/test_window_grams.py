"""N-grams around characters: which there are, which have rows, and that a tagger learns from them."""

import numpy as np
import torch

from ml.layers import spans
from ml.layers.descent import DescentConfig
from ml.layers.phrase_finder import FinderConfig, PhraseFinder
from ml.layers.spans import Phrase
from ml.layers.window_grams import PLACES, WindowTable, window_grams
from ml.parts import silent


def column(start: int, n: int) -> int:
    return PLACES.index((start, n))


def test_an_ngram_is_the_same_wherever_the_text_has_it_at_the_same_distance():
    found = window_grams("xabcyabc", 100)
    assert found.shape == (8, len(PLACES))
    for place in ((0, 1), (0, 2), (0, 3), (-1, 2)):
        assert (found[1, column(*place)] == found[5, column(*place)]) == (place != (-1, 2))  # xa, ya


def test_distance_and_order_tell_ngrams_apart():
    found = window_grams("aabba", 100)
    assert len({int(found[0, column(start, 1)]) for start in (-1, 0, 1)}) == 3  # outside, a, a further on
    assert found[1, column(0, 2)] != found[3, column(0, 2)]  # ab, ba
    assert found[0, column(-1, 1)] != found[4, column(1, 1)]  # before the text, behind it


def test_the_hashes_are_those_that_bundles_were_written_with():
    assert window_grams("Ａ", 100)[0, column(0, 1)] == window_grams("a", 100)[0, column(0, 1)]  # folded
    assert window_grams("a", 100)[0, column(0, 1)] == 7774064182105862758


def test_only_what_occurs_often_enough_has_a_row_and_the_commonest_are_kept():
    table = WindowTable.count(["ab", "ab", "cd"], 10)
    rows = table.encode(["ab", "cd", ""], 10)
    assert rows.shape == (3, 2, len(PLACES))
    assert (rows[0] > 0).all()
    assert rows[1, :, column(0, 2)].sum() == 0
    assert (rows[2] == 0).all()
    texts = ["ab", "ab", "ab", "cd", "cd"]
    often = WindowTable.count(texts, 10, at_least=3)
    few = WindowTable.count(texts, 10, at_most=len(often) - 1)
    assert few.hashes.tolist() == often.hashes.tolist()
    assert (WindowTable.count([], 10).encode(["ab"], 10) == 0).all()


def test_counting_in_chunks_counts_the_same():
    texts = [f"{i % 7}{i % 3}{'ab' * (i % 4)}" for i in range(1100)]
    found = np.concatenate([window_grams(text, 10).ravel() for text in texts])
    hashes, counts = np.unique(found, return_counts=True)
    assert WindowTable.count(texts, 10, at_least=3).hashes.tolist() == hashes[counts >= 3].tolist()


def test_a_border_that_only_the_neighbours_tell_is_learned_by_them_alone():
    """With an LSTM that is kept from learning; what the n-grams say is kept to the bit."""
    torch.manual_seed(0)
    texts, kinds = ["xaby", "zabw"] * 8, spans.labels_of(["k"])
    said = [spans.write([Phrase(1, 3, "k")] if text[0] == "x" else [], 4) for text in texts]
    finder = PhraseFinder.of(texts, kinds, FinderConfig(None, 4, 4))
    for part in (finder.model.lstm, finder.model.head):
        part.requires_grad_(False)
    finder.learn(texts, said, 4, DescentConfig(10, 1, 1, 0.05), silent)
    again = PhraseFinder.restored(*finder.state())
    assert [[phrase for phrase, _ in found] for found in again.find(["xaby", "zabw"])] == [[Phrase(1, 3, "k")], []]
    assert again.find(["xaby"]) == finder.find(["xaby"])


def test_a_warm_start_takes_over_the_ngrams_that_both_know():
    old, new = (PhraseFinder.of([t, t], spans.labels_of(["k"]), FinderConfig(None, 4, 4)) for t in ("ab", "cab"))
    torch.nn.init.ones_(old.model.grams.weight)
    new.take_over(old)
    known = np.isin(new.windows.hashes, old.windows.hashes)
    assert 0 < known.sum() < len(known)
    assert (new.model.grams.weight[1:].sum(dim=1).detach().numpy() > 0).tolist() == known.tolist()
