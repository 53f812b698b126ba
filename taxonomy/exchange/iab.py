"""IAB Content Taxonomy, tab-separated, 2.0 to 3.1: id, parent, name, and the way through the tree in tiers.

Some releases have a line of titles above the header, some a column of extensions. The parent column counts; the tiers
place a row only where it names no parent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from taxonomy import names
from taxonomy.exchange.lines import cells, opened
from taxonomy.exchange.rows import Name, Problem, Refused, Remark, Row, TagRow, Taxonomy

TITLES = 5  # lines that may stand above the header

Table = Iterator[tuple[int, list[str]]]


def read(file: bytes | BinaryIO) -> Taxonomy:
    """Raises Refused for a file without the columns of the taxonomy."""
    table = cells(opened(file), delimiter="\t", quoted=False)
    for _n, (_line, row) in zip(range(TITLES), table, strict=False):
        header = [cell.lower() for cell in row]
        if {"unique id", "parent", "name"} <= set(header):
            return Taxonomy(_rows(table, header), frozenset({"parent"}))
    raise Refused([Problem(1, _("the columns Unique ID, Parent and Name are missing"))])


def looks_like(head: str) -> bool:
    return any("unique id\t" in line.lower() for line in head.split("\n")[:TITLES])


def _rows(table: Table, header: list[str]) -> Iterator[Row]:
    at = {name: header.index(name) for name in ("unique id", "parent", "name")}
    tiers = [n for n, name in enumerate(header) if name.startswith("tier")]
    beyond = max([*at.values(), *tiers]) + 1
    places: dict[tuple[str, ...], str] = {}
    extensions: Counter[str] = Counter()
    for line, row in table:
        row += [""] * (beyond - len(row))
        code, parent, name = (row[at[column]] for column in ("unique id", "parent", "name"))
        way = tuple(row[n] for n in tiers if row[n])
        name = name or (way[-1] if way else "")
        if len(way) > 1:
            above = places.get(way[:-1])
            if not parent and above is None:
                yield Problem(line, _("no row above has the place %(way)s") % {"way": " / ".join(way[:-1])})
                continue
            if parent and above not in {None, parent}:
                told = {"code": code, "parent": parent, "way": " / ".join(way[:-1])}
                yield Remark(_("%(code)s: its parent is %(parent)s, not the place in its tiers, %(way)s") % told)
            parent = parent or above or ""
        places.setdefault(way, code)
        extensions.update(filter(None, row[beyond:]))
        yield TagRow(line, code, name, parent, names=(Name(names.language(name), name, preferred=True),))
    for extension, count in sorted(extensions.items()):
        yield Remark(_("the extension %(name)s of %(count)d tags was left out") % {"name": extension, "count": count})
