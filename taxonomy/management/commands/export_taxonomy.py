"""Write the live taxonomy as a file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from taxonomy.exchange import exports


class Command(BaseCommand):
    help = "Export the taxonomy: as CSV or SKOS that import_taxonomy reads, or as the JSON that browsers get."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="default: standard output")
        parser.add_argument("--format", choices=["csv", "skos", "json"], default="csv", dest="form")
        parser.add_argument(
            "--syntax", choices=sorted(exports.SYNTAXES), help="of SKOS; default: by the file's name, else ttl"
        )
        parser.add_argument("--rules", type=Path, help="CSV: write the rules there")

    def handle(
        self,
        *,
        file: Path | None = None,
        form: str = "csv",
        syntax: str | None = None,
        rules: Path | None = None,
        **options: Any,
    ) -> None:
        if rules and form != "csv":
            raise CommandError("--rules is for CSV; the other formats hold the rules themselves.")
        name = {"csv": "tags.csv", "json": "json", "skos": syntax or _syntax(file)}[form]
        if file:
            _write(file, name)
        else:
            for part in exports.EXPORTS[name].write():
                self.stdout.write(part, ending="")
        if rules:
            _write(rules, "rules.csv")


def _syntax(file: Path | None) -> str:
    suffix = file.suffix.lstrip(".") if file else ""
    return suffix if suffix in exports.SYNTAXES else "ttl"


def _write(path: Path, name: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines(exports.EXPORTS[name].write())
