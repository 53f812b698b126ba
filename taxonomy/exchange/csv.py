"""CSV: one row a tag, parents by id; rules in columns or in a file of their own. Writing is in csv_writing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from django.utils.translation import gettext as _

from taxonomy import names
from taxonomy.exchange.lines import cells, opened
from taxonomy.exchange.rows import Name, Problem, Refused, Row, RuleRow, TagRow, Taxonomy

SYNONYMS = {
    "code": "id",
    "tag": "id",
    "parent_id": "parent",
    "parent_code": "parent",
    "title": "name",
}
IN_LANGUAGE = re.compile(r"(name|aliases)_([a-z]{2,3}(?:-[a-z0-9]+)*)")
BETWEEN = "|"
FALSE = {"no", "false", "0", "n"}
_PARTS = re.compile(r"(?:\\[\\|]|[^|])+")
_ESCAPED = re.compile(r"\\([\\|])")


def read(
    tags: bytes | BinaryIO, rules: bytes | BinaryIO | None = None, columns: Mapping[str, str] | None = None
) -> Taxonomy:
    """Read a file of tags and one of rules. `columns`: our column -> the file's, where its header says otherwise.

    Raises Refused for what is no CSV with an id and a name column, here or while the rows are read.
    """
    table = _Table(opened(tags), {theirs: ours for ours, theirs in (columns or {}).items()}, ("id", "name"))
    ruled = None if rules is None else _Table(opened(rules), {}, ("kind", "subject"))
    return Taxonomy(_rows(table, ruled), frozenset(table.columns), _speaks(table.columns))


def looks_like(head: str) -> bool:
    """Whether a file that begins so may be one of ours."""
    first = head.split("\n", 1)[0].lower()
    return "," in first and "\t" not in first and not first.lstrip().startswith(("{", "[", "<", "@"))


class _Table:
    """The rows of a file under our names for its columns."""

    def __init__(self, file: BinaryIO, columns: Mapping[str, str], needed: tuple[str, ...]) -> None:
        self.rows = cells(file)
        _line, header = next(self.rows, (1, []))
        low = [columns.get(name, name).lower() for name in header]
        self.header = [SYNONYMS.get(name, name) for name in low]
        self.columns = set(self.header)
        if missing := set(needed) - self.columns:
            raise Refused([Problem(1, _("the column %(name)s is missing") % {"name": min(missing)})])
        if len(self.columns) < len(self.header):
            raise Refused([Problem(1, _("two columns have the same name"))])

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        for line, row in self.rows:
            if len(row) > len(self.header):
                raise Refused([Problem(line, _("more cells than the header has"))])
            yield line, dict(zip(self.header, row, strict=False))


def _rows(table: _Table, ruled: _Table | None) -> Iterator[Row]:
    kept = [(column, *found.groups()) for column in table.header if (found := IN_LANGUAGE.fullmatch(column))]
    for line, row in table:
        yield _tag(line, row, kept)
        yield from _rules_of_tag(line, row)
    for line, row in ruled or ():
        yield _rule(line, row)


def _speaks(columns: set[str]) -> frozenset[tuple[str, bool]]:
    found = {(match[2], match[1] == "name") for column in columns if (match := IN_LANGUAGE.fullmatch(column))}
    if "aliases" in columns:
        found |= {("en", False), ("zh", False)}
    return frozenset(found)


def _tag(line: int, row: Mapping[str, str], kept: list[tuple[str, ...]]) -> TagRow:
    name = row.get("name") or next((row[c] for c, what, _lang in kept if what == "name" and row.get(c)), "")
    found = [
        Name(language, text, preferred=what == "name")
        for column, what, language in kept
        for text in ([row[column]] if what == "name" and row.get(column) else _list(row.get(column, "")))
    ]
    if name and all(name != each.text for each in found):
        others = {each.language for each in found if each.preferred}
        language = "en" if "zh" in others else names.language(name)
        found.insert(0, Name(language, name, preferred=language not in others))
    found += [Name(names.language(alias), alias) for alias in _list(row.get("aliases", ""))]
    once = {(each.language, each.text): each for each in reversed(found)}
    return TagRow(
        line=line,
        code=row.get("id", ""),
        name=name,
        parent=row.get("parent", ""),
        kind=row.get("kind", "").lower() or "category",
        assignable=row.get("assignable", "").lower() not in FALSE,
        state=row.get("state", "").lower() or "active",
        names=tuple(reversed(once.values())),
    )


def _rules_of_tag(line: int, row: Mapping[str, str]) -> Iterator[RuleRow]:
    """`excludes`: each of these. `requires`: one of these."""
    for other in _list(row.get("excludes", "")):
        yield RuleRow(line, "excludes", row["id"], (other,))
    if others := _list(row.get("requires", "")):
        yield RuleRow(line, "requires", row["id"], others)


def _rule(line: int, row: Mapping[str, str]) -> RuleRow | Problem:
    try:
        weight = float(row.get("weight") or 0)
    except ValueError:
        return Problem(line, _("the weight is not a number of at least 0"))
    others = _list(row.get("others", ""))
    kind, subject = row.get("kind", ""), row.get("subject", "")
    return RuleRow(line, kind, subject, others, row.get("business_line", ""), weight, row.get("note", ""))


def _list(cell: str) -> tuple[str, ...]:
    """The parts between bars; a backslash before a bar makes it part of the text."""
    if not cell:
        return ()
    if "\\" not in cell:
        return tuple(part.strip() for part in cell.split(BETWEEN) if part.strip())
    return tuple(_ESCAPED.sub(r"\1", part).strip() for part in _PARTS.findall(cell) if part.strip())
