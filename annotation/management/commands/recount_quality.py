"""Count all reviews anew for the quality pages: when their figures are doubted, or TIME_ZONE was changed."""

from typing import Any

from django.core.management.base import BaseCommand

from annotation.quality import fold


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        fold.recount()
        self.stdout.write(f"{fold.fold_all()} reviews and undos counted")
