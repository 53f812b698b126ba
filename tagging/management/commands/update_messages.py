"""Collect new strings from code and templates into the catalogues under locale/."""

from typing import Any

from django.core.management.base import BaseCommand

from tagging import catalogues


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for language in catalogues.languages():
            self.stdout.write(f"{catalogues.path(language)}: {catalogues.update(language)} to translate")
