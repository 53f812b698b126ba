"""What an edit of the taxonomy is: its operation, the values it takes, and what it touches. Plain values, no database.

Edits name tags by code, rules by key and business lines by slug. docs/adr/0007 has the table of operations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

KINDS = ("category", "content", "person", "program")
STATES = ("draft", "active", "deprecated")  # "merged" is reached by merging only
RULE_KINDS = ("excludes", "requires", "at_most_one_child", "co_occurs")
RELATION_KINDS = ("related", "part_of", "plays_in", "member_of", "made_by", "broader", "exact_match")
MOST_OTHERS = 500  # tags in one rule, parts of one split, examples of one guideline
MOST_TEXT = 50_000  # characters of a guideline

Values = Mapping[str, Any]
Touch = tuple[str, str]  # a tag's code, or "rule:<key>"; and the side of it that is touched, "*" for all of it


class EditRefused(ValueError):
    """An edit that the taxonomy cannot bear: a code that taxonomy.edit_words has a sentence for, and its values."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


def _text(most: int, *, empty: bool = False) -> Callable[[Any], Any]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > most or "\x00" in value:
            raise ValueError
        value = value.strip() if most <= 500 else value
        if not value and not empty:
            raise ValueError
        return value

    return check


def _or_null(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else check(value)


def _one_of(known: Iterable[str]) -> Callable[[Any], Any]:
    def check(value: Any) -> str:
        if value not in tuple(known):
            raise ValueError
        return str(value)

    return check


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _weight(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1000:
        raise ValueError
    return float(value)


def _list(check: Callable[[Any], Any], most: int = MOST_OTHERS) -> Callable[[Any], Any]:
    def checked(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple) or len(value) > most:
            raise ValueError
        return list(dict.fromkeys(check(item) for item in value))

    return checked


def _id(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise ValueError
    return value


def _name(value: Any) -> tuple[str, str, bool]:
    language, text, preferred = value
    return _text(10)(language), _text(200)(text), _flag(bool(preferred))


def _names(value: Any) -> list[list[Any]]:
    return [list(name) for name in _list(_name)(value)]


def _key(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        raise ValueError
    return value


CODE, NAME, LINE = _text(100), _text(200), _or_null(_text(50))
_CODES = _list(CODE)
_RULE = {
    "rule": _key,
    "kind": _one_of(RULE_KINDS),
    "subject": CODE,
    "others": _CODES,
    "line": LINE,
    "weight": _weight,
    "note": _text(300, empty=True),
}

# Operation -> field -> its check. Fields that may be left out stand in OPTIONAL, with what they mean then.
FIELDS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "create": {
        "code": CODE,
        "name": NAME,
        "names": _names,
        "kind": _one_of(KINDS),
        "parent": _or_null(CODE),
        "after": _or_null(CODE),
        "assignable": _flag,
        "state": _one_of(STATES),
    },
    "rename": {"tag": CODE, "name": NAME, "names": _names},
    "move": {"tag": CODE, "parent": _or_null(CODE), "after": _or_null(CODE)},
    # restored: as it was before, so that the target may have been merged or deprecated itself.
    "merge": {"tag": CODE, "into": CODE, "restored": _flag},
    "unmerge": {"tag": CODE, "state": _one_of(STATES), "children": _list(CODE, 10**6)},
    "split": {"tag": CODE, "into": _CODES, "default": _or_null(CODE), "restored": _flag},
    "unsplit": {"tag": CODE, "state": _one_of(STATES)},
    "state": {"tag": CODE, "state": _one_of(STATES)},
    "assignable": {"tag": CODE, "value": _flag},
    "delete": {"tag": CODE},
    "rule_add": _RULE,
    "rule_change": _RULE,
    "rule_remove": {"rule": _key},
    "relation_add": {"tag": CODE, "kind": _one_of(RELATION_KINDS), "to": _text(500)},
    "relation_remove": {"tag": CODE, "kind": _one_of(RELATION_KINDS), "to": _text(500)},
    "guideline": {
        "tag": CODE,
        "line": LINE,
        "body": _text(MOST_TEXT, empty=True),
        "examples": _list(_id),
        "counter_examples": _list(_id),
        "confirm": _flag,
    },
}
ABSENT = object()  # stays absent; the operation says what that means
OPTIONAL: dict[str, dict[str, Any]] = {
    "create": {"names": [], "kind": "category", "parent": None, "after": ABSENT, "assignable": True, "state": "active"},
    "rename": {"names": ABSENT},
    "move": {"after": ABSENT},
    "merge": {"restored": ABSENT},
    "unmerge": {"state": "active", "children": []},
    "split": {"default": None, "restored": ABSENT},
    "unsplit": {"state": "active"},
    "rule_add": {"others": [], "line": None, "weight": 0.0, "note": ""},
    "rule_change": {"others": [], "line": None, "weight": 0.0, "note": ""},
    "guideline": {"line": None, "examples": [], "counter_examples": [], "confirm": False},
}


def clean(op: str, values: Values) -> dict[str, Any]:
    """The values with every field checked and filled in. Raises EditRefused for what is no such edit."""
    if op not in FIELDS:
        raise EditRefused("unknown_op", op=str(op), known=", ".join(FIELDS))
    fields, optional = FIELDS[op], OPTIONAL.get(op, {})
    if unknown := values.keys() - fields.keys():
        raise EditRefused("unknown_field", op=op, field=min(unknown), known=", ".join(fields))
    cleaned = {}
    for field, check in fields.items():
        if field not in values:
            if field not in optional:
                raise EditRefused("missing_field", op=op, field=field)
            if optional[field] is not ABSENT:
                cleaned[field] = optional[field]
            continue
        try:
            cleaned[field] = check(values[field])
        except (TypeError, ValueError):
            raise EditRefused("wrong_value", op=op, field=field) from None
    return cleaned


def touches(op: str, values: Values) -> set[Touch]:
    """What the edit speaks of. Two edits of different people clash when they touch the same."""
    tag = values.get("tag") or values.get("code") or ""
    if op in {"create", "delete", "unmerge", "unsplit"}:
        return {(tag, "*")} | _exist([values.get("parent")])
    if op in {"merge", "split"}:
        into = [values["into"]] if op == "merge" else values["into"]
        return {(tag, "*"), *((code, "state") for code in into)}
    if op.startswith("rule_"):
        return {(f"rule:{values['rule']}", "*")} | _exist([values.get("subject"), *values.get("others", ())])
    if op.startswith("relation_"):
        return {(tag, f"relation:{values['kind']}:{values['to']}")}
    if op == "guideline":
        return {(tag, f"guideline:{values['line'] or ''}")}
    side = {"rename": "name", "move": "place"}.get(op, op)
    return {(tag, side)} | _exist([values.get("parent")])


def _exist(codes: Iterable[str | None]) -> set[Touch]:
    """That these tags stay is all that is asked of them."""
    return {(code, "exists") for code in codes if code}


def clash(mine: set[Touch], theirs: set[Touch]) -> set[Touch]:
    """Those of mine that theirs touch as well. That two edits need the same tag to exist is no clash."""
    whole = {subject for subject, side in theirs if side == "*"}
    sides = {touch for touch in theirs if touch[1] != "exists"}
    named = {subject for subject, _side in theirs}
    return {touch for touch in mine if touch[0] in whole or touch in sides or (touch[1] == "*" and touch[0] in named)}
