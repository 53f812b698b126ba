"""`manage.py mine_rules [--line SLUG]`: propose rules from what reviewers never or always put together."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation import mined_rules
from taxonomy.models import BusinessLine


class Command(BaseCommand):
    help = "Propose rules from what reviewers never or always put together. Editors accept or refuse them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--line", help="slug of the only business line to look at; without it all together")

    def handle(self, *args: Any, **options: Any) -> None:
        line = None
        if options["line"]:
            line = BusinessLine.objects.filter(slug=options["line"]).first()
            if line is None:
                known = ", ".join(BusinessLine.objects.values_list("slug", flat=True))
                raise CommandError(f"there is no business line {options['line']!r}; known: {known}")
        self.stdout.write(f"{mined_rules.mine(line)} proposed rules wait for an editor.")
