"""What every format is read into, one row at a time. No database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from taxonomy.models import Rule, Tag, TagRelation

REPORTED = 100  # problems told at once; one fault often makes thousands
EVERY = "*"  # as a language: all of them


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file is refused."""

    line: int
    reason: str

    def __str__(self) -> str:
        if not self.line:  # of a format without lines
            return self.reason
        return _("line %(line)d: %(reason)s") % {"line": self.line, "reason": self.reason}


class Refused(ValueError):
    """The file has problems; nothing was imported."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems[:REPORTED])


@dataclass(frozen=True, slots=True)
class Remark:
    """Something of a file that has no place in a tree of tags and was left out; the rest is imported."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    language: str
    text: str
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class TagRow:
    """One tag of a file. `names` are all that the file has, `name` among them."""

    line: int
    code: str
    name: str
    parent: str = ""  # code
    kind: str = "category"
    assignable: bool = True
    state: str = "active"
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule of a file; tags by code."""

    line: int
    kind: str
    subject: str
    others: tuple[str, ...] = ()
    business_line: str = ""  # slug
    weight: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class RelationRow:
    """What a tag has to do with another one (by code), or with something of another vocabulary (by URI)."""

    line: int
    tag: str
    kind: str
    other: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Guideline:
    """The general guideline of a tag, in Markdown."""

    line: int
    tag: str
    body: str


Row = TagRow | RuleRow | RelationRow | Guideline | Remark | Problem


@dataclass(frozen=True)
class Taxonomy:
    """A file that is being read; its rows come once, in its order.

    `columns`: what the file speaks of, of "parent", "kind", "assignable", "state" and "relations"; the rest of a known
    tag stays as it is. `speaks`: (language or EVERY, preferred) of names that a tag has only if the file gives them.
    """

    rows: Iterable[Row]
    columns: frozenset[str] = frozenset()
    speaks: frozenset[tuple[str, bool]] = field(default_factory=frozenset)


def problems(row: Row) -> Iterator[Problem]:
    """What is wrong with a row by itself."""
    if isinstance(row, TagRow):
        yield from _of_tag(row)
    elif isinstance(row, RuleRow):
        yield from _of_rule(row)
    elif isinstance(row, RelationRow) and row.kind not in TagRelation.Kind.values:
        yield _unknown_kind(row.line, row.kind, TagRelation.Kind.values)
    elif isinstance(row, RelationRow) and len(row.uri) > 500:
        yield Problem(row.line, _("an address has more than 500 characters"))


def _of_tag(row: TagRow) -> Iterator[Problem]:
    if not row.code:
        yield Problem(row.line, _("the id is missing"))
    if not row.name:
        yield Problem(row.line, _("the name is missing"))
    if len(row.code) > 100 or any(len(text) > 200 for text in (row.name, *(name.text for name in row.names))):
        yield Problem(row.line, _("an id has more than 100 characters or a name more than 200"))
    if any(len(name.language) > 10 for name in row.names):
        yield Problem(row.line, _("a language has more than 10 characters"))
    if row.kind not in Tag.Kind.values:
        yield _unknown_kind(row.line, row.kind, Tag.Kind.values)
    elif row.parent and row.kind != Tag.Kind.CATEGORY:
        yield Problem(row.line, _("an open tag has no parent"))
    if row.state not in {Tag.State.DRAFT, Tag.State.ACTIVE, Tag.State.DEPRECATED}:
        yield Problem(row.line, _("unknown state %(state)s") % {"state": row.state})


def _of_rule(row: RuleRow) -> Iterator[Problem]:
    if row.kind not in Rule.Kind.values:
        yield _unknown_kind(row.line, row.kind, Rule.Kind.values)
    elif not row.others and row.kind != Rule.Kind.AT_MOST_ONE_CHILD:
        yield Problem(row.line, _("the other tags are missing"))
    if not 0 <= row.weight < 1000:
        yield Problem(row.line, _("the weight is not a number of at least 0"))


def _unknown_kind(line: int, kind: str, known: Sequence[str]) -> Problem:
    return Problem(line, _("unknown kind %(kind)s; known: %(known)s") % {"kind": kind, "known": ", ".join(known)})
