"""`manage.py simulate_active_learning`: how many labels each strategy needs, by replaying a set that is labelled."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from annotation import snapshots
from annotation.sampling import STRATEGIES
from annotation.simulation import labelled_set, tables, trial
from annotation.simulation.replay import Course
from ml.training import examples
from ml.types import Snapshot


class Command(BaseCommand):
    help = (
        "Replay labelled clips through each strategy of choosing what to review: train, choose, take the labels, train "
        "again. Without a file, the clips reviewed so far are replayed. Curves and pictures are kept below "
        "TAGWRIGHT_VAR/simulations."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        course = Course()
        parser.add_argument("--table", type=Path, help='JSON lines: {"title", "tags": ["a > b", "c"], "split"}')
        parser.add_argument(
            "--strategy", action="append", choices=sorted(STRATEGIES), help="only these; random as well"
        )
        parser.add_argument("--seeds", type=int, default=3, help="replays of each strategy (default 3)")
        parser.add_argument("--first", type=int, default=course.first, help="clips labelled at random before all else")
        parser.add_argument("--growth", type=float, default=course.growth, help="labels bought a round, of those known")
        parser.add_argument("--most", type=float, default=course.most, help="share of the clips at which replays end")
        parser.add_argument(
            "--backlog",
            action="store_true",
            help="let strategies read the texts (never the tags) of the clips that are judged, as of clips that wait",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            snapshot, name = self._read(options["table"])
            known = labelled_set.of(snapshot, name)
        except (OSError, ValueError) as reason:
            raise CommandError(str(reason)) from None
        chosen = [s for s in STRATEGIES if not options["strategy"] or s in {"random", *options["strategy"]}]
        course = Course(options["first"], options["growth"], options["most"], backlog=options["backlog"])
        found = trial.run(known, chosen, options["seeds"], course, self._tell)
        files = trial.keep(found, Path(settings.SIMULATION_ROOT), timezone.now())
        self.stdout.write(_report(found))
        self.stdout.write("Kept in " + ", ".join(map(str, files)))

    def _read(self, table: Path | None) -> tuple[Snapshot, str]:
        if table is not None:
            return tables.read(table), table.stem
        taken = snapshots.take()
        return examples.read(taken.folder), f"reviews-{taken.hash[:8]}"

    def _tell(self, strategy: str, seed: int) -> None:
        self.stderr.write(f"{strategy}, seed {seed}")


def _report(found: trial.Trial) -> str:
    lines = [f"{found.name}: {found.pool} clips to learn from, {found.judged} to be judged on, {found.tags} tags."]
    for metric, told in found.summary().items():
        lines.append(f"Labels for 90% of {getattr(found.whole, metric):.3f}, {trial.TITLES[metric]}:")
        for strategy, said in told.items():
            needed = "not reached" if said["labels"] is None else f"{said['labels']}"
            share = "" if said["of_random"] is None else f"  {100 * said['of_random']:.0f}% of random"
            spread = (
                "" if said["between"] is None else "  ({:.0f} to {:.0f}%)".format(*(100 * n for n in said["between"]))
            )
            lines.append(f"  {strategy:18}{needed:>12}{share}{spread}")
    return "\n".join(lines)
