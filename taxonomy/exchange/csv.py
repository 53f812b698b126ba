"""CSV: one row a tag, parents by id; rules in columns or in a file of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from taxonomy import names
from taxonomy.exchange.rows import Name, Problem, Refused, RuleRow, TagRow, Taxonomy
from taxonomy.models import Rule, Tag, TagName

TAG_COLUMNS = ("id", "parent", "kind", "state", "assignable", "name", "name_zh", "aliases", "aliases_zh")
RULE_COLUMNS = ("kind", "subject", "others", "business_line", "weight", "note")
SYNONYMS = {
    "code": "id",
    "tag": "id",
    "parent_id": "parent",
    "parent_code": "parent",
    "name_en": "name",
    "title": "name",
}
BETWEEN = "|"
FALSE = {"no", "false", "0", "n"}


def read(tags: bytes, rules: bytes | None = None, columns: Mapping[str, str] | None = None) -> Taxonomy:
    """Read a file of tags and one of rules. `columns`: our column -> the file's, where its header says otherwise.

    Raises Refused for what is no CSV in UTF-8 with an id and a name column.
    """
    table = _Table(tags, {theirs: ours for ours, theirs in (columns or {}).items()})
    missing = {"id", "name"} - table.columns
    if missing:
        raise Refused([Problem(1, _("the column %(name)s is missing") % {"name": min(missing)})])
    tags_read: list[TagRow] = []
    drawn: list[RuleRow] = []
    for line, row in table:
        tags_read.append(_tag(line, row))
        drawn += _rules_of_tag(line, row)
    return Taxonomy(tags_read, drawn + (read_rules(rules) if rules is not None else []), frozenset(table.columns))


def read_rules(rules: bytes) -> list[RuleRow]:
    table = _Table(rules, {})
    missing = {"kind", "subject"} - table.columns
    if missing:
        raise Refused([Problem(1, _("the column %(name)s is missing") % {"name": min(missing)})])
    return [
        RuleRow(
            line,
            row["kind"],
            row["subject"],
            _list(row.get("others", "")),
            row.get("business_line", ""),
            _number(line, row.get("weight", "")),
            row.get("note", ""),
        )
        for line, row in table
    ]


def write_tags() -> Iterator[str]:
    """The live tags as lines of CSV, parents before their children. Merged tags stay behind."""
    named: dict[int, dict[str, list[str]]] = {}
    for tag, language, text, preferred in TagName.objects.order_by("pk").values_list(
        "tag", "language", "text", "preferred"
    ):
        column = ("name" if preferred else "aliases") + ("_zh" if language.startswith("zh") else "")
        named.setdefault(tag, {}).setdefault(column, []).append(text)
    yield _line(TAG_COLUMNS)
    rows = Tag.objects.exclude(state=Tag.State.MERGED).order_by("depth", "position", "pk")
    for pk, code, parent, kind, state, assignable, name in rows.values_list(
        "pk", "code", "parent__code", "kind", "state", "assignable", "name"
    ):
        texts = named.get(pk, {})
        besides = {column: [text for text in found if text != name] for column, found in texts.items()}
        aliases = BETWEEN.join(besides.get("name", []) + besides.get("aliases", []))
        aliases_zh = BETWEEN.join(besides.get("aliases_zh", []))
        usable = "yes" if assignable else "no"
        yield _line(
            [code, parent or "", kind, state, usable, name, "".join(besides.get("name_zh", [])), aliases, aliases_zh]
        )


def write_rules() -> Iterator[str]:
    """The live rules as lines of CSV."""
    yield _line(RULE_COLUMNS)
    for rule in Rule.objects.select_related("subject", "business_line").prefetch_related("others"):
        others = BETWEEN.join(sorted(tag.code for tag in rule.others.all()))
        line = rule.business_line.slug if rule.business_line else ""
        yield _line([rule.kind, rule.subject.code, others, line, rule.weight or "", rule.note])


class _Table:
    """The rows of a CSV file with their line numbers, under our names for the columns."""

    def __init__(self, data: bytes, columns: Mapping[str, str]) -> None:
        self.text = _decoded(data)
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        try:
            header = [cell.strip() for cell in next(reader, [])]
        except csv.Error as error:
            raise Refused([Problem(1, str(error))]) from error
        low = [columns.get(name, name).lower() for name in header]
        self.header = [SYNONYMS.get(name, name) for name in low]
        self.columns = set(self.header)
        if len(self.columns) < len(self.header):
            raise Refused([Problem(1, _("two columns have the same name"))])

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        try:
            next(reader, None)
            last = reader.line_num
            for cells in reader:
                line, last = last + 1, reader.line_num
                if len(cells) > len(self.header):
                    raise Refused([Problem(line, _("more cells than the header has"))])
                if any(cells):
                    yield line, dict(zip(self.header, (cell.strip() for cell in cells), strict=False))
        except csv.Error as error:
            raise Refused([Problem(reader.line_num, str(error))]) from error


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refused([Problem(line, _("the file is not in UTF-8"))]) from error
    if "\x00" in text:
        raise Refused([Problem(text.count("\n", 0, text.index("\x00")) + 1, _("the file has a null character"))])
    return text


def _tag(line: int, row: Mapping[str, str]) -> TagRow:
    name = row.get("name") or row.get("name_zh", "")
    both = row.get("name") and row.get("name_zh") not in {None, "", name}
    main = "en" if both else names.language(name)
    found = [Name(main, name, preferred=True)]
    if both:
        found.append(Name("zh", row["name_zh"], preferred=True))
    for column in ("aliases", "aliases_zh"):
        for alias in _list(row.get(column, "")):
            found.append(Name("zh" if column == "aliases_zh" else names.language(alias), alias))
    once = {(item.language, item.text): item for item in reversed(found)}
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


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(BETWEEN) if part.strip())


def _number(line: int, cell: str) -> float:
    try:
        return float(cell or 0)
    except ValueError as error:
        raise Refused([Problem(line, _("the weight is not a number of at least 0"))]) from error


def _line(cells: object) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)  # type: ignore[arg-type]
    return out.getvalue()
