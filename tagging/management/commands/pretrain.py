"""manage.py pretrain text: teach an encoder the platform's own language from the texts of all imported videos.

What was interrupted goes on when the same command is given again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ml.pretraining import command
from tagging.video_texts import VideoTexts


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="text")
        text = kinds.add_parser("text", help="ALBERT on titles, descriptions and cover texts")
        default = settings.WEIGHTS_ROOT / "text"
        text.add_argument("--out", type=Path, default=default, help="folder to write (default: %(default)s)")
        command.add_arguments(text)

    def handle(self, *args: Any, **options: Any) -> None:
        from ml.pretraining import text  # loads torch

        out: Path = options["out"].resolve()
        try:
            figures = text.pretrain(VideoTexts(), out, command.settings(options), command.told(self.stdout.write))
        except text.PretrainingError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Interrupted. The same command goes on from here.") from error
        self.stdout.write(", ".join(f"{name} {value:.3g}" for name, value in figures.items()))
        self.stdout.write(f'In a stack: [modality.text] extractor = "albert.v1", weights = "{out}"')
