"""Fill an empty database with the demo: clips, taxonomy, people, reviews, a trained stack, a review queue."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.demo import clips, founding, making


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is other content")
        parser.add_argument("--clips", type=Path, default=clips.TABLE, help="another table of clips to draw (TOML)")

    def handle(self, *args: Any, **options: Any) -> None:
        table = clips.load(options["clips"])
        if options["if_empty"] and (not founding.possible() or making.finished(table)):
            return
        self._start = time.monotonic()
        try:
            making.make(table, self._say)
        except making.Impossible as reason:
            raise CommandError(str(reason)) from reason
        self._say("The demo is ready")

    def _say(self, text: str) -> None:
        self.stdout.write(f"[demo {time.monotonic() - self._start:4.0f} s] {text}")
        self.stdout.flush()
