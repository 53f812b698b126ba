"""A guideline in several languages, in one text: a line that holds only `[zh]` begins what readers of Chinese see."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HEADING = re.compile(r"^\[([a-z]{2,3}(?:-[a-z]+)?)\][ \t]*\r?$", re.MULTILINE)


def parts(body: str) -> dict[str, str]:
    """Language -> text. What stands before the first such line is for everybody else, under the empty name."""
    first, *rest = _HEADING.split(body)
    found = {"": first.strip()} | {name: text.strip() for name, text in zip(rest[::2], rest[1::2], strict=True)}
    return {name: text for name, text in found.items() if text}


def of(body: str, language: str | None) -> str:
    """What a reader of `language` sees: their own text, else everybody's, else the first there is."""
    found = parts(body)
    wanted = (language or "").lower()
    for name in (wanted, wanted.split("-")[0], ""):
        if name in found:
            return found[name]
    return next(iter(found.values()), "")


def joined(texts: Mapping[str, str]) -> str:
    """The inverse of `parts`."""
    return "\n\n".join(f"[{name}]\n{text}" if name else text for name, text in sorted(texts.items()))
