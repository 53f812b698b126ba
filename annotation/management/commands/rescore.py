"""`manage.py rescore`: weigh every waiting task again. Beat does it each hour."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.prospects import rescoring
from ml.registry import nudges


class Command(BaseCommand):
    help = "Weigh every waiting task again, by the examples that tags have now and by today's policies and weights."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=rescoring.BATCH, help="clips read and written at once")

    def handle(self, *args: Any, **options: Any) -> None:
        changed = rescoring.rescore(options["batch"])
        if changed is None:
            raise CommandError("Another process is weighing the tasks now. Wait for it: it does the same work.")
        nudges.spread()
        self.stdout.write(f"{changed} waiting tasks have another priority.")
