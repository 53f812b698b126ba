"""What a name is found by: its folded text, its pinyin and the initials of its pinyin."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pypinyin import lazy_pinyin

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


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
    syllables = [part for part in lazy_pinyin(folded) if part.strip()]
    return Keys(
        folded[:200], "".join(syllables).replace(" ", "")[:400], "".join(part.strip()[0] for part in syllables)[:100]
    )
