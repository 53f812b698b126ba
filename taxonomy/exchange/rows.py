"""What every format is read into, and the checks that a whole set of rows must pass. No database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from taxonomy.models import MAX_DEPTH, Rule, Tag

REPORTED = 100  # problems told at once; one fault often makes thousands


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file is refused."""

    line: int
    reason: str

    def __str__(self) -> str:
        return _("line %(line)d: %(reason)s") % {"line": self.line, "reason": self.reason}


class Refused(ValueError):
    """The file has problems; nothing was imported."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems[:REPORTED])


@dataclass(frozen=True, slots=True)
class Name:
    language: str
    text: str
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class TagRow:
    """One tag of a file. `names` are all of the languages and kinds that the file speaks of, `name` among them."""

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


@dataclass(frozen=True)
class Taxonomy:
    """A file that was read. `columns`: what it speaks of; the rest of a known tag stays as it is."""

    tags: list[TagRow]
    rules: list[RuleRow] = field(default_factory=list)
    columns: frozenset[str] = frozenset()


def problems(tags: Sequence[TagRow], known: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the rows as a whole. `known`: the tags that are there already, code -> code of the parent."""
    found = [problem for row in tags for problem in _of_row(row)]
    found += _repeated(tags)
    rows = {row.code: row for row in tags}
    for row in tags:
        if row.parent and row.parent not in rows and row.parent not in known:
            found.append(Problem(row.line, _("there is no parent %(code)s") % {"code": row.parent}))
    parents = {**known, **{row.code: row.parent for row in tags}}
    line = {row.code: row.line for row in tags}
    for code, depth in depths(parents).items():
        if depth == 0:
            found.append(Problem(line.get(code, 1), _("%(code)s is its own ancestor") % {"code": code}))
        elif depth > MAX_DEPTH:
            reason = _("%(code)s would be deeper than %(depth)d levels")
            found.append(Problem(line.get(code, 1), reason % {"code": code, "depth": MAX_DEPTH}))
    return sorted(found, key=lambda problem: problem.line)


def depths(parents: Mapping[str, str]) -> dict[str, int]:
    """How deep each tag stands: 1 for a root, 0 for one that is its own ancestor or below such a one."""
    depth: dict[str, int] = {}
    for start in parents:
        trail: dict[str, None] = {}  # in order, and quick to look up
        code = start
        while code in parents and code not in depth and code not in trail:
            trail[code] = None
            code = parents[code]
        ring = code in trail
        above = depth.get(code, 0)
        lost = ring or (code in depth and above == 0)
        for below in reversed(trail):
            above += 1
            depth[below] = 0 if lost else above
    return depth


def _of_row(row: TagRow) -> Iterable[Problem]:
    if not row.code:
        yield Problem(row.line, _("the id is missing"))
    if not row.name:
        yield Problem(row.line, _("the name is missing"))
    if len(row.code) > 100 or any(len(text) > 200 for text in (row.name, *(name.text for name in row.names))):
        yield Problem(row.line, _("an id has more than 100 characters or a name more than 200"))
    if row.kind not in Tag.Kind.values:
        yield Problem(
            row.line,
            _("unknown kind %(kind)s; known: %(known)s") % {"kind": row.kind, "known": ", ".join(Tag.Kind.values)},
        )
    elif row.parent and row.kind != Tag.Kind.CATEGORY:
        yield Problem(row.line, _("an open tag has no parent"))
    if row.state not in {Tag.State.DRAFT, Tag.State.ACTIVE, Tag.State.DEPRECATED}:
        yield Problem(row.line, _("unknown state %(state)s") % {"state": row.state})


def _repeated(tags: Sequence[TagRow]) -> Iterable[Problem]:
    counts = Counter(row.code for row in tags)
    first: dict[str, TagRow] = {}
    for row in tags:
        if counts[row.code] > 1 and row.code:
            other = first.setdefault(row.code, row)
            if other.parent != row.parent:
                reason = _("%(code)s has a second parent; the first is on line %(line)d")
                yield Problem(row.line, reason % {"code": row.code, "line": other.line})
            elif other is not row:
                yield Problem(
                    row.line,
                    _("the id %(code)s stands on line %(line)d already") % {"code": row.code, "line": other.line},
                )


def rule_problems(rules: Sequence[RuleRow], codes: set[str], lines: set[str]) -> Iterable[Problem]:
    """What is wrong with the rules. `codes`: of the file and of the taxonomy; `lines`: slugs of the business lines."""
    for row in rules:
        for code in (row.subject, *row.others):
            if code not in codes:
                yield Problem(row.line, _("there is no tag %(code)s") % {"code": code})
        if row.kind not in Rule.Kind.values:
            yield Problem(
                row.line,
                _("unknown kind %(kind)s; known: %(known)s") % {"kind": row.kind, "known": ", ".join(Rule.Kind.values)},
            )
        elif not row.others and row.kind != Rule.Kind.AT_MOST_ONE_CHILD:
            yield Problem(row.line, _("the other tags are missing"))
        if row.business_line and row.business_line not in lines:
            yield Problem(row.line, _("there is no business line %(line)s") % {"line": row.business_line})
        if not 0 <= row.weight < 1000:
            yield Problem(row.line, _("the weight is not a number of at least 0"))
