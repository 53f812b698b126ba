"""Import tags and rules from a file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from taxonomy.exchange import csv, importing
from taxonomy.exchange.rows import Refused


class Command(BaseCommand):
    help = "Import a taxonomy: new tags are added, known ones (by id) changed, others left. All or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="tags: id, name, parent, kind, aliases (|), assignable, ...")
        parser.add_argument("--format", choices=["csv"], default="csv")
        parser.add_argument("--rules", type=Path, help="rules: kind, subject, others (|), business_line, weight, note")
        parser.add_argument(
            "--map", action="append", default=[], dest="pairs", metavar="COLUMN=THEIRS", help="our column = the file's"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")

    def handle(self, *, file: Path, rules: Path | None, pairs: list[str], dry_run: bool, **options: Any) -> None:
        try:
            columns = dict(pair.split("=", 1) for pair in pairs)
            read = csv.read(file.read_bytes(), rules.read_bytes() if rules else None, columns)
            report = importing.run(read, comment=f"Import of {file.name}", dry_run=dry_run)
        except Refused as refusal:
            raise CommandError("Nothing was imported.\n" + "\n".join(map(str, refusal.problems))) from refusal
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        for change in report.changes if dry_run else ():
            self.stdout.write(change)
        self.stdout.write(
            f"{report.created} tags new, {report.changed} changed, {report.unchanged} unchanged; {report.rules} rules. "
            + (f"This is now version {report.version.number}." if report.version else "Nothing was changed: a dry run.")
        )
