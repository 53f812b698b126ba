"""What changed between two texts, word by word, to be read and not only computed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Words with the space after them; Chinese has no spaces, so there each character is a word.
_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\s\u3400-\u9fff\uf900-\ufaff]+[^\S\n]*|\s+")
AROUND = 12  # words of unchanged text kept beside a change
SHORT = 2  # unchanged words between two changes that are told as part of them: crumbs are hard to read


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text; `gap` stands for unchanged text that is left out."""

    kind: Literal["same", "gone", "new", "gap"]
    text: str = ""


def changes(before: str, after: str) -> list[Part]:
    """The two texts as parts; without `gone` it is the later one, without `new` the former one."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    steps = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    parts: list[Part] = []
    gone: list[str] = []
    come: list[str] = []
    for at, (tag, i, j, k, m) in enumerate(steps):
        crumb = tag == "equal" and 0 < at < len(steps) - 1 and j - i <= SHORT and "\n" not in "".join(old[i:j])
        if tag == "equal" and not crumb:
            parts += _flushed(gone, come)
            parts.append(Part("same", "".join(old[i:j])))
            continue
        gone += old[i:j]
        come += new[k:m]
    return parts + list(_flushed(gone, come))


def brief(before: str, after: str, around: int = AROUND) -> list[Part]:
    """The changes with some words around them; long unchanged text is a gap."""
    parts = changes(before, after)
    found: list[Part] = []
    for at, part in enumerate(parts):
        words = _WORD.findall(part.text)
        if part.kind != "same" or len(words) <= 2 * around + 3:
            found.append(part)
            continue
        head = words[:around] if at else []
        tail = words[-around:] if at < len(parts) - 1 else []
        found += [Part("same", "".join(head))] if head else []
        found.append(Part("gap"))
        found += [Part("same", "".join(tail))] if tail else []
    return found


def _flushed(gone: list[str], come: list[str]) -> Iterator[Part]:
    if gone:
        yield Part("gone", "".join(gone))
    if come:
        yield Part("new", "".join(come))
    gone.clear()
    come.clear()
