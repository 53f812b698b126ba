"""Train a new model version on all reviews: in a worker, or here with --wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation import retraining
from ml.registry import nudges, runs
from ml.registry.models import ModelVersion, TrainingRun

if TYPE_CHECKING:
    from ml.training.loop import Progress


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stack", default=settings.TRAINING_STACK, help="default: %(default)s")
        parser.add_argument("--wait", action="store_true", help="train in this process and wait for it")
        parser.add_argument("--promote", action="store_true", help="promote when nothing speaks against it (waits)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = runs.start(options["stack"])
        except runs.AlreadyTraining as refused:
            raise CommandError(str(refused)) from refused
        if not (options["wait"] or options["promote"]):
            nudges.train(run.pk)
            self.stdout.write(f"Asked for {run}; its progress is at {run.get_absolute_url()}")
            return
        version = self._train(run)
        self.stdout.write(f"Trained {version}.")
        if options["promote"]:
            call_command("promote", str(version.pk), stdout=self.stdout)

    def _train(self, run: TrainingRun) -> ModelVersion:
        self._stage = ""
        try:
            version = retraining.retrain(run.pk, listen=self._say)
        except KeyboardInterrupt:
            run.refresh_from_db()  # as it was taken here
            runs.cancelled(run)
            retraining.clear_away(run)
            raise
        if version is None:
            run.refresh_from_db()
            raise CommandError(run.error or f"The training is {run.get_state_display()}.")
        return version

    def _say(self, progress: Progress) -> None:
        if progress.stage != self._stage:
            self._stage = progress.stage
            self.stdout.write(progress.stage)
