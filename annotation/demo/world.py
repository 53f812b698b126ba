"""What surrounds the demo clips: tags, rules, guidelines, business lines and people, as plain values."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
TAXONOMY = FOLDER / "taxonomy.csv"
RULES = FOLDER / "rules.csv"


@dataclass(frozen=True)
class DemoTag:
    """One line of taxonomy.csv."""

    code: str
    parent: str  # code; empty for a root or an open tag
    kind: str
    assignable: bool
    name: str
    name_zh: str
    aliases: tuple[str, ...]
    aliases_zh: tuple[str, ...]


@dataclass(frozen=True)
class DemoRule:
    """One line of rules.csv; all tags by code."""

    kind: str
    subject: str
    others: tuple[str, ...]
    line: str | None
    weight: float
    note: str


@dataclass(frozen=True)
class DemoLine:
    """A business line and its policy."""

    name: str
    name_zh: str
    reviewers: tuple[str, ...]
    threshold: float
    limit: int
    auto_accept: float | None
    subtrees: tuple[str, ...]


@dataclass(frozen=True)
class DemoPerson:
    name: str
    role: str


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _toml(name: str) -> dict[str, dict[str, object]]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def tags() -> list[DemoTag]:
    """All tags, parents before their children."""
    return [
        DemoTag(
            row["code"],
            row["parent"],
            row["kind"],
            row["assignable"] == "yes",
            row["name"],
            row["name_zh"],
            _list(row["aliases"]),
            _list(row["aliases_zh"]),
        )
        for row in _rows(TAXONOMY)
    ]


def rules() -> list[DemoRule]:
    return [
        DemoRule(
            row["kind"],
            row["subject"],
            _list(row["others"]),
            row["business_line"] or None,
            float(row["weight"] or 0),
            row["note"],
        )
        for row in _rows(RULES)
    ]


def guidelines(language: str = "") -> Mapping[str, Mapping[str, str]]:
    """Tag code -> business line or `general` -> Markdown; the English texts without a language."""
    tables = _toml(f"guidelines_{language}.toml" if language else "guidelines.toml")
    return {code: {line: str(body).strip() for line, body in texts.items()} for code, texts in tables.items()}


def lines() -> dict[str, DemoLine]:
    """Slug -> business line."""
    return {slug: _line(table) for slug, table in _toml("business_lines.toml").items() if slug != "people"}


def _line(table: Mapping[str, object]) -> DemoLine:
    reviewers, subtrees = table["reviewers"], table["subtrees"]
    assert isinstance(reviewers, list)
    assert isinstance(subtrees, list)
    auto_accept = table.get("auto_accept")
    return DemoLine(
        name=str(table["name"]),
        name_zh=str(table["name_zh"]),
        reviewers=tuple(reviewers),
        threshold=float(str(table["threshold"])),
        limit=int(str(table["limit"])),
        auto_accept=None if auto_accept is None else float(str(auto_accept)),
        subtrees=tuple(subtrees),
    )


def people() -> dict[str, DemoPerson]:
    """User name -> person."""
    found = _toml("business_lines.toml")["people"]
    return {name: DemoPerson(**person) for name, person in found.items() if isinstance(person, dict)}
