"""The steps that fill an empty database with the demo. Each can be started again and does only what is left."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from annotation import retraining
from annotation.demo import clips as demo_clips
from annotation.demo import founding, gold_clips, reviewing, second_opinions, world
from annotation.demo.clips import DemoClip
from annotation.demo.reviewing import SOURCE
from annotation.groups import gathering
from ml.registry import promotion, runs
from ml.registry.models import ModelVersion, TrainingRun
from tagging import intake, probing, suggestions
from tagging.models import Import, Video
from taxonomy.models import BusinessLine

if TYPE_CHECKING:
    from ml.training.journal import Progress

Say = Callable[[str], None]
RETRY_SECONDS = 2.0  # between two looks at work that another process holds


class Impossible(RuntimeError):
    """The demo cannot be made; the text says why, for people."""


def finished(clips: Sequence[DemoClip]) -> bool:
    """Whether a former start came to its end: the reviews and gold clips made last are there."""
    return founding.begun() and gold_clips.made() and not reviewing.unreviewed(clip for clip in clips if clip.review)


def make(clips: Sequence[DemoClip], say: Say) -> None:
    """Take all steps. Raises Impossible."""
    if not founding.possible():
        raise Impossible("The database has content that is not the demo's.")
    say("Founding business lines, people and the taxonomy")
    founding.lines_and_people()
    founding.taxonomy()
    founding.policies()
    folder = Path(settings.VAR) / "demo"
    film(clips, folder, say)
    take_in(clips, folder, say)
    first = [clip for clip in clips if clip.review == "first"]
    reviewing.ask_for(reviewing.unreviewed(first))
    say(f"Reviewing {len(first)} clips for each business line")
    reviewing.review(first)
    train(say)
    suggest(say)
    say("Correcting some of the first suggestions")
    reviewing.review([clip for clip in clips if clip.review == "later"])
    say("Letting two people review a few clips")
    second_opinions.make(clips)
    say("Choosing gold clips")
    gold_clips.make()
    say("Looking for groups of similar clips")
    for line in BusinessLine.objects.filter(slug__in=world.lines()):
        gathering.gather(line)


def film(clips: Sequence[DemoClip], folder: Path, say: Say) -> None:
    """Draw, synthesise and encode what is not in the folder yet."""
    if Video.objects.filter(source=SOURCE, media__isnull=False).count() == len(clips):
        return
    for count, _path in enumerate(demo_clips.shoot_all(clips, folder, min(8, os.cpu_count() or 1)), start=1):
        if count % 10 == 0 or count == len(clips):
            say(f"Drawing clips: {count} of {len(clips)}")


def take_in(clips: Sequence[DemoClip], folder: Path, say: Say) -> None:
    """Import the folder with its table, and examine the media."""
    if Video.objects.filter(source=SOURCE).count() < len(clips):
        for broken_off in Import.objects.filter(source=SOURCE):
            intake.cancel(broken_off)  # else beat would take it up again beside ours
        table = folder / "clips.csv"
        demo_clips.write_table(clips, table)
        imported = intake.run(intake.start(table, source=SOURCE, media_folder=folder))
        if imported.state != Import.State.DONE or imported.failed:
            raise Impossible(f"The import failed: {imported.error or [str(e) for e in imported.errors.all()]}")
    say("Examining the clips")
    probing.examine_waiting()
    while probing.waiting():  # in the hands of another worker, or of one that died
        time.sleep(RETRY_SECONDS)
        probing.examine_waiting()


def train(say: Say) -> None:
    """Train the first stack and make it the active one."""
    if ModelVersion.objects.active():
        return
    version = ModelVersion.objects.order_by("-pk").first()
    while version is None:
        run = TrainingRun.objects.unfinished().first() or runs.start(settings.TRAINING_STACK)
        say(f"Training the first stack ({run})")
        version = retraining.retrain(run.pk, _teller(say))
        run.refresh_from_db()
        if run.state in {TrainingRun.State.FAILED, TrainingRun.State.CANCELLED}:
            raise Impossible(f"The first training did not succeed: {run.error or run.get_state_display()}")
        version = version or run.version
        if version is None:
            time.sleep(RETRY_SECONDS)  # the run of a start that was broken off is ours once its heartbeat is old
    promotion.promote(version)


def _teller(say: Say) -> Callable[[Progress], None]:
    stages: set[str] = set()

    def listen(progress: Progress) -> None:
        if progress.stage not in stages:
            stages.add(progress.stage)
            say(f"Training: {progress.stage}")

    return listen


def suggest(say: Say) -> None:
    """Let the active version look at every clip that nobody has reviewed."""
    while (progress := suggestions.progress()).waiting:
        say(f"Suggesting tags: {progress.done} of {progress.total} clips")
        if not suggestions.suggest_batch():
            time.sleep(RETRY_SECONDS)
