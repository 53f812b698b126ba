"""The data behind a plot or a list, as rows that can be downloaded. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# A spreadsheet takes what begins so for a formula; names of tags and people come from anybody.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """Rows and the attributes of them that make columns; "precision.low" is one of an attribute, empty where that is.

    Column names are part of the files, so they are never translated.
    """

    columns: Sequence[str]
    rows: Sequence[Any]

    def records(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            yield {_name(column): _value(row, column) for column in self.columns}

    def csv(self) -> str:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_name(column) for column in self.columns)
        writer.writerows([_cell(value) for value in record.values()] for record in self.records())
        return text.getvalue()


def interval(name: str) -> tuple[str, str, str]:
    """The columns of an interval."""
    return f"{name}.value", f"{name}.low", f"{name}.high"


def _name(column: str) -> str:
    return column.removesuffix(".value").replace(".", "_")


def _value(row: Any, column: str) -> Any:
    for name in column.split("."):
        row = None if row is None else getattr(row, name)
    return row


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
