"""Write the live taxonomy as a file."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from taxonomy.exchange import csv


class Command(BaseCommand):
    help = "Export the tags, and with --rules the rules, in the format that import_taxonomy reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="default: standard output")
        parser.add_argument("--format", choices=["csv"], default="csv")
        parser.add_argument("--rules", type=Path, help="write the rules there")

    def handle(self, *, file: Path | None, rules: Path | None, **options: Any) -> None:
        if file:
            _write(file, csv.write_tags())
        else:
            self.stdout.writelines(csv.write_tags())
        if rules:
            _write(rules, csv.write_rules())


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines(lines)
