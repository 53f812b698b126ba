"""Slips between what was typed and a word, compared with the plain definition."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from taxonomy import search_keys, typos

words = st.text("abcd", max_size=9)


def plain(typed: str, word: str) -> int:
    """Optimal string alignment to the nearest beginning of `word`, by its recursive definition."""

    @cache
    def far(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        costs = [far(i - 1, j) + 1, far(i, j - 1) + 1, far(i - 1, j - 1) + (typed[i - 1] != word[j - 1])]
        if i > 1 and j > 1 and typed[i - 1] == word[j - 2] and typed[i - 2] == word[j - 1]:
            costs.append(far(i - 2, j - 2) + 1)
        return min(costs)

    return min(far(len(typed), j) for j in range(len(word) + 1))


@given(words, words, st.integers(0, 2))
def test_the_distance_is_exact_within_its_limit(typed, word, limit):
    exact = plain(typed, word)

    assert typos.distance(typed, word, limit) == (exact if exact <= limit else None)


@given(words.filter(lambda word: len(word) > 3), words.filter(lambda word: len(word) > 3))
def test_words_one_slip_apart_share_a_key(typed, word):
    whole = max(len(typed), len(word)) <= search_keys.HEAD

    if (whole and plain(typed, word) == plain(word, typed) == 1 == abs(len(typed) - len(word))) or typed == word:
        assert search_keys.slips(typed) & search_keys.slips(word)


def test_no_slip_is_forgiven_in_three_letters_and_two_in_eight():
    assert [typos.allowed("x" * size) for size in (3, 4, 7, 8)] == [0, 1, 1, 2]
