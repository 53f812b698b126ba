"""The live taxonomy as CSV that `csv.read` reads, a line at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from taxonomy.exchange import live
from taxonomy.exchange.csv import BETWEEN
from taxonomy.models import TagName

TAG_COLUMNS = ("id", "parent", "kind", "state", "assignable", "name")
RULE_COLUMNS = ("kind", "subject", "others", "business_line", "weight", "note")


def tags() -> Iterator[str]:
    """The tags, parents before their children, with a column of names and one of aliases for each language."""
    languages = sorted({"en", "zh", *TagName.objects.order_by().values_list("language", flat=True).distinct()})
    yield _line([*TAG_COLUMNS, *(f"{what}_{language}" for language in languages for what in ("name", "aliases"))])
    for tag in live.tags():
        cells: list[object] = [tag.code, tag.parent, tag.kind, tag.state, "yes" if tag.assignable else "no", tag.name]
        for language in languages:
            cells.append("".join(name.text for name in tag.names if name.preferred and name.language == language))
            aliases = (name.text for name in tag.names if not name.preferred and name.language == language)
            cells.append(BETWEEN.join(map(_escaped, aliases)))
        yield _line(cells)


def rules() -> Iterator[str]:
    yield _line(RULE_COLUMNS)
    for rule in live.rules():
        others = BETWEEN.join(map(_escaped, rule.others))
        yield _line([rule.kind, rule.subject, others, rule.business_line, rule.weight or "", rule.note])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(BETWEEN, f"\\{BETWEEN}")


def _line(cells: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()
