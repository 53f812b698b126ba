"""N-grams around characters: which there are, and which have rows."""

import numpy as np

from ml.layers.window_grams import PLACES, WindowTable, window_grams


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
    assert table.rows("ab", 10).shape == (2, len(PLACES))
    assert (table.rows("ab", 10) > 0).all()
    assert (table.rows("cd", 10)[:, column(0, 2)] == 0).all()
    texts = ["ab", "ab", "ab", "cd", "cd"]
    often = WindowTable.count(texts, 10, at_least=3)
    few = WindowTable.count(texts, 10, at_most=len(often) - 1)
    assert few.hashes.tolist() == often.hashes.tolist()
    assert (WindowTable.count([], 10).rows("ab", 10) == 0).all()


def test_counting_in_chunks_counts_the_same():
    texts = [f"{i % 7}{i % 3}{'ab' * (i % 4)}" for i in range(1100)]
    found = np.concatenate([window_grams(text, 10).ravel() for text in texts])
    hashes, counts = np.unique(found, return_counts=True)
    assert WindowTable.count(texts, 10, at_least=3).hashes.tolist() == hashes[counts >= 3].tolist()
