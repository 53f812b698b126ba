"""Make a model version the active one; rolling back is promoting the former one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ml.registry import nudges, promotion
from ml.registry.models import ModelVersion


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version", type=int, help="its number: 7 for m7")
        parser.add_argument("--despite", action="store_true", help="whatever speaks against it")

    def handle(self, *args: Any, **options: Any) -> None:
        version = ModelVersion.objects.filter(pk=options["version"]).first()
        if version is None:
            raise CommandError(f"There is no version m{options['version']}.")
        try:
            made = promotion.promote(version, despite=options["despite"])
        except promotion.PromotionRefused as refused:
            raise CommandError(
                "\n".join(["Not promoted:", *(f"- {reason}" for reason in refused.reasons)])
            ) from refused
        nudges.suggest_waiting()
        for reason in made.objections:
            self.stdout.write(f"Despite: {reason}")
        self.stdout.write(f"{version} is the active version now.")
