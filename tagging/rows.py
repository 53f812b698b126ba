"""One row of an import: what may stand in it, and what is wrong with one that is refused."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

FIELDS = ("external_id", "title", "description", "cover_text", "uploader", "program", "media", "tags")
MAX_LENGTH = {  # characters
    "external_id": 200,
    "title": 2_000,
    "description": 20_000,
    "cover_text": 5_000,
    "uploader": 200,
    "program": 200,
    "media": 2_000,
}
MAX_TAGS = 100
MAX_TAG_LENGTH = 500

_LIMITS = tuple(MAX_LENGTH.items())
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL stores neither NUL nor half a surrogate pair
_BETWEEN_TAGS = re.compile("[|｜]")


class Row(NamedTuple):
    """A row as it goes into the database, except for its tags, which are still names."""

    line: int
    external_id: str
    title: str
    description: str
    cover_text: str
    uploader: str
    program: str
    media: str
    tags: tuple[str, ...]


class Problem(NamedTuple):
    """Why a row is not taken. Reasons are fixed sentences, so that they can be translated when they are shown."""

    line: int
    field: str
    reason: str
    value: str


def read(line: int, values: Sequence[object]) -> Row | Problem:
    """The row that `values`, one for each of FIELDS, make; or what is wrong with them."""
    texts = []
    for (field, limit), value in zip(_LIMITS, values, strict=False):
        text = value.strip() if type(value) is str else _as_text(value)
        if text is None:
            return problem(line, field, _("This is not text."), value)
        if len(text) > limit:
            return problem(line, field, _("The text is too long."), text)
        texts.append(text)
    if NOT_TEXT.search("".join(texts)):
        if NOT_TEXT.search(texts[0]) or NOT_TEXT.search(texts[6]):
            return problem(line, "external_id", _("An id or a path with broken characters."), texts[0] or texts[6])
        texts = [text.replace("\x00", "") for text in texts]
        texts = [NOT_TEXT.sub("\ufffd", text) for text in texts]
    tags = split_tags(values[7]) if values[7] else ()
    if tags is None:
        return problem(line, "tags", _("This is not a list of tags."), values[7])
    if not texts[0]:
        texts[0] = texts[6] if 0 < len(texts[6]) <= MAX_LENGTH["external_id"] else _content_id(texts)
        if not texts[0]:
            return problem(line, "", _("The row is empty."), "")
    return Row(line, *texts[:7], tags)  # type: ignore[call-arg, arg-type]


def split_tags(value: object) -> tuple[str, ...] | None:
    """Tags of a cell: a list, a JSON list, or names with | between them. None when it is none of these."""
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return None
        else:
            value = _BETWEEN_TAGS.split(value)
    if not isinstance(value, list) or len(value) > MAX_TAGS:
        return None
    names = [_as_text(name) for name in value]
    if any(name is None or len(name) > MAX_TAG_LENGTH or NOT_TEXT.search(name) for name in names):
        return None
    return tuple(dict.fromkeys(name for name in names if name))


def problem(line: int, field: str, reason: str, value: object) -> Problem:
    """A problem whose value can be stored and shown."""
    text = value if isinstance(value, str) else str(value)
    return Problem(line, field, reason, NOT_TEXT.sub("\ufffd", text[:200]))


def _as_text(value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def _content_id(texts: Sequence[str]) -> str:
    """An id made of the text itself: the same text twice is the same video."""
    if not any(texts):
        return ""
    return "text-" + hashlib.sha256("\x1f".join(texts[1:]).encode()).hexdigest()[:32]
