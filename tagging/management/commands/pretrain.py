"""manage.py pretrain text|frames: learn from all imported videos what needs no labels.

`text` teaches an encoder the platform's own language, `frames` an image backbone what its pictures show. What was
interrupted goes on when the same command is given again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ml.pretraining import command
from ml.pretraining.frame_settings import FrameSettings
from ml.pretraining.partial import PretrainingError
from ml.pretraining.settings import Settings
from tagging.video_clips import VideoClips
from tagging.video_texts import VideoTexts


class Kind(NamedTuple):
    """What may be pretrained: `module` has the function `pretrain` and loads torch."""

    help: str
    module: str
    settings: type[Any]
    videos: Callable[[], Iterable[Any]]
    use: str


KINDS = {
    "text": Kind(
        "ALBERT on titles, descriptions and cover texts",
        "ml.pretraining.text",
        Settings,
        VideoTexts,
        'In a stack: [modality.text] extractor = "albert.v1", weights = "{out}"',
    ),
    "frames": Kind(
        "an image backbone on frames, by momentum contrast or SimCLR",
        "ml.pretraining.frames",
        FrameSettings,
        VideoClips,
        'In a stack: [modality.frames] start = "{out}"',
    ),
}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="|".join(KINDS))
        for name, kind in KINDS.items():
            options = kinds.add_parser(name, help=kind.help)
            default = settings.WEIGHTS_ROOT / name
            options.add_argument("--out", type=Path, default=default, help="folder to write (default: %(default)s)")
            command.add_arguments(options, kind.settings)

    def handle(self, *args: Any, **options: Any) -> None:
        kind, out = KINDS[options["kind"]], options["out"].resolve()
        tell = command.told(self.stdout.write)
        try:
            wanted = command.chosen(options, kind.settings)
            figures = import_module(kind.module).pretrain(kind.videos(), out, wanted, tell)
        except PretrainingError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Interrupted. The same command goes on from here.") from error
        self.stdout.write(", ".join(f"{name} {value:.3g}" for name, value in figures.items()))
        self.stdout.write(kind.use.format(out=out))
