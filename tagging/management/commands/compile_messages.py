"""Compile the message catalogues; with --check, say what they lack."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tagging import catalogues


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            complaints = [text for language in catalogues.languages() for text in catalogues.complaints(language)]
            if complaints:
                raise CommandError("\n".join(complaints))
        for language in catalogues.languages():
            catalogues.compile(language)
