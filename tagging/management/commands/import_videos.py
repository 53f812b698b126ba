"""manage.py import_videos: the page's imports on the command line, from any folder."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from tagging import intake, probing
from tagging.models import Import
from tagging.rows import FIELDS
from tagging.tables import Unreadable
from taxonomy.models import BusinessLine

SHOWN_ERRORS = 20


class Command(BaseCommand):
    help = "Import videos from a folder of media, a CSV or a JSONL file. Doing it again imports nothing twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, nargs="?", help="folder, .csv, .tsv, .jsonl")
        parser.add_argument("--source", help="where the videos come from; with their id it makes them unique")
        parser.add_argument(
            "--map",
            action="append",
            type=_pair,
            metavar="FIELD=COLUMN",
            help=f"for {', '.join(FIELDS)}; the others are guessed",
        )
        parser.add_argument(
            "--media-folder", type=Path, help="what media paths are relative to (default: beside the file)"
        )
        parser.add_argument("--line", help="business line (slug) whose reviews the tags become")
        parser.add_argument("--resume", type=int, metavar="ID", help="go on with this import")
        parser.add_argument("--wait-media", action="store_true", help="also examine the media, here and now")

    def handle(self, *args: object, **options: object) -> None:
        try:
            import_ = self._resumed(int(str(options["resume"]))) if options["resume"] else self._started(options)
        except (intake.IntakeError, Unreadable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{_('Import')} {import_.pk}: {import_.name}  {_shown(import_.mapping)}")
        done = intake.run(import_, report=self._progress)
        if options["wait_media"]:
            self._examine(done)
        self._summary(done)
        if done.state == Import.State.FAILED:
            raise CommandError(_(done.error))

    def _started(self, options: dict[str, object]) -> Import:
        path = options["path"]
        if not isinstance(path, Path):
            raise CommandError(_("Name a folder or a file, or an import to --resume."))
        folder = options["media_folder"] or path.resolve().parent
        assert isinstance(folder, Path)
        line = BusinessLine.objects.filter(slug=options["line"]).first() if options["line"] else None
        if options["line"] and line is None:
            known = ", ".join(BusinessLine.objects.values_list("slug", flat=True))
            raise CommandError(_("Known business lines: %(lines)s") % {"lines": known})
        named = dict(options["map"] or ())  # type: ignore[call-overload]
        return intake.start(
            path,
            source=str(options["source"] or path.resolve().stem)[:50],
            named=named,
            media_folder=folder,
            business_line=line,
        )

    def _resumed(self, pk: int) -> Import:
        import_ = Import.objects.filter(pk=pk).first()
        if import_ is None:
            raise CommandError(_("There is no such import."))
        intake.resume(import_)
        return import_

    def _progress(self, import_: Import) -> None:
        total = f"/{import_.total:,}" if import_.total else ""
        self.stdout.write(f"  {import_.position:,}{total}", ending="\r")
        self.stdout.flush()

    def _examine(self, import_: Import) -> None:
        while count := probing.examine_waiting(seconds=2):
            left = import_.videos.filter(media_state="pending").count()
            self.stdout.write(f"  {_('media examined')}: {count}, {_('left')}: {left}   ", ending="\r")
            self.stdout.flush()

    def _summary(self, import_: Import) -> None:
        import_.refresh_from_db()
        counts = {"imported": import_.imported, "known": import_.known, "failed": import_.failed}
        self.stdout.write(
            f"\n{import_.get_state_display()}: " + ", ".join(f"{n:,} {what}" for what, n in counts.items())
        )
        reasons = Counter(import_.errors.values_list("field", "reason"))
        for (field, reason), count in reasons.most_common():
            self.stdout.write(f"  {count:>7,} x {field or '-'}: {_(reason)}")
        for error in import_.errors.all()[:SHOWN_ERRORS]:
            self.stdout.write(f"  line {error.line} {error.field}: {_(error.reason)} {error.value!r}")


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals or field not in FIELDS:
        raise argparse.ArgumentTypeError(f"use FIELD=COLUMN with a field of {', '.join(FIELDS)}")
    return field, column


def _shown(mapping: dict[str, str]) -> str:
    return " ".join(f"{field}={column}" for field, column in mapping.items())
