"""Import a taxonomy from a file."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from taxonomy.exchange import formats, importing
from taxonomy.exchange.report import Report
from taxonomy.exchange.rows import Refused


class Command(BaseCommand):
    help = "Import a taxonomy: new tags are added, known ones (by id) changed, others left. All or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--format", choices=sorted(formats.FORMATS), dest="form", default="", help="default: as the file looks"
        )
        parser.add_argument("--rules", type=Path, help="CSV: kind, subject, others (|), business_line, weight, note")
        parser.add_argument(
            "--map", action="append", default=[], dest="pairs", metavar="COLUMN=THEIRS", help="CSV: our column = theirs"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")

    def handle(
        self,
        *,
        file: Path,
        form: str = "",
        rules: Path | None = None,
        pairs: list[str],
        dry_run: bool,
        **options: Any,
    ) -> None:
        try:
            with ExitStack() as stack:
                report = importing.run_file(
                    stack.enter_context(file.open("rb")),
                    form,
                    rules=stack.enter_context(rules.open("rb")) if rules else None,
                    columns=dict(pair.split("=", 1) for pair in pairs),
                    comment=f"Import of {file.name}",
                    dry_run=dry_run,
                )
        except Refused as refusal:
            raise CommandError("Nothing was imported.\n" + "\n".join(map(str, refusal.problems))) from refusal
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self._tell(report, dry_run)

    def _tell(self, report: Report, dry_run: bool) -> None:
        for remark in report.remarks:
            self.stderr.write(remark)
        for change in report.changes if dry_run else ():
            self.stdout.write(change)
        self.stdout.write(
            f"{report.created} tags new, {report.changed} changed, {report.unchanged} unchanged; {report.rules} rules, "
            f"{report.relations} relations, {report.guidelines} guidelines. "
            + (f"This is now version {report.version.number}." if report.version else "Nothing was changed: a dry run.")
        )
