"""Suggest tags here and now: one batch of the videos that wait, or --all of them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ml.registry.models import ModelVersion
from tagging import suggestions


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="until nothing is left")

    def handle(self, *args: Any, **options: Any) -> None:
        if ModelVersion.objects.active() is None:
            raise CommandError("No model version is active: train one and promote it first.")
        made = suggestions.suggest_batch()
        total = made
        while made and options["all"]:
            self.stdout.write(f"{total} videos")
            made = suggestions.suggest_batch()
            total += made
        self.stdout.write(f"{total} videos got suggestions, {suggestions.progress().waiting} wait.")
