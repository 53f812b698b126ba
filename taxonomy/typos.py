"""How many slips lie between what was typed and the beginning of a word. Pure."""

from __future__ import annotations


def allowed(typed: str) -> int:
    """The slips we forgive: none in a short word, where they make another word."""
    return 0 if len(typed) < 4 else 1 if len(typed) < 8 else 2


def distance(typed: str, word: str, limit: int) -> int | None:
    """The fewest slips that turn `typed` into a beginning of `word`; None for more than `limit`.

    A slip is a character lost, added or changed, or two neighbours swapped (optimal string alignment).
    """
    far = limit + 1
    width = min(len(word), len(typed) + limit)
    above: list[int] = []
    row = [min(j, far) for j in range(width + 1)]
    for i, letter in enumerate(typed, 1):
        before, above, row = above, row, [far] * (width + 1)
        if i <= limit:
            row[0] = i
        for j in range(max(1, i - limit), min(width, i + limit) + 1):  # further off the diagonal lie more slips
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != word[j - 1]))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == word[j - 1]:
                cost = min(cost, before[j - 2] + 1)
            row[j] = cost
        if min(row) > limit:
            return None
    return min(row)
