"""What a name is found by: its folded text, its pinyin and the initials of its pinyin."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.core import Pinyin

_SPEECH = Pinyin()  # splits a text into words: how a character is said depends on its neighbours

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
HEAD = 5  # characters of a word within which one slip is forgiven; later ones are seen when words are compared


@dataclass(frozen=True, slots=True)
class Keys:
    """The pinyin keys are empty for a name without Chinese characters."""

    normalised: str
    pinyin: str = ""
    initials: str = ""


def fold(text: str) -> str:
    """Texts that differ in case, width or spaces only are the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_chinese(text: str) -> bool:
    return _HAN.search(text) is not None


def keys(text: str) -> Keys:
    """The keys of a name, cut to the lengths that TagName stores."""
    folded = fold(text)
    if not is_chinese(folded):
        return Keys(folded[:200])
    syllables = [part for word in _SPEECH.seg(folded) for part in _spoken(word) if part.strip()]
    return Keys(
        folded[:200], "".join(syllables).replace(" ", "")[:400], "".join(part.strip()[0] for part in syllables)[:100]
    )


@lru_cache(maxsize=100_000)
def _spoken(word: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(word))


def parts(word: str) -> set[str]:
    """What a word is found by from within: two Chinese characters or three others, side by side; or one Chinese one."""
    if is_chinese(word):
        return {word[i : i + size] for size in (1, 2) for i in range(len(word) - size + 1)}
    return {word[i : i + 3] for i in range(len(word) - 2)}


def slips(word: str) -> set[str]:
    """What is left of the beginning of a word when a character is lost, or none.

    Two words whose beginnings are one slip apart (a character lost, added, changed, or two swapped) have one in common.
    """
    beginning = word[:HEAD]
    return {beginning[:i] + beginning[i + 1 :] for i in range(len(beginning) + 1)}


def word_keys(word: str) -> set[str]:
    """The keys of a stored word: its parts, and its slips with a leading "-". The trigger on TagName makes the same."""
    if is_chinese(word):
        return parts(word)
    return parts(word) | ({f"-{rest}" for rest in slips(word)} if len(word) > 2 else set())
