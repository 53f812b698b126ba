"""Labels that each strategy of choosing clips needs: KuaiRec and exercises, replayed from their labels."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from annotation.sampling import STRATEGIES
from annotation.simulation import labelled_set, trial
from annotation.simulation.replay import Course
from annotation.simulation.trial import Trial
from benchmarks.sets import replayed, seeds
from ml.types import Snapshot

COURSES = {"kuairec": Course(first=50, growth=0.3, most=0.6), "exercises": Course(first=20, growth=0.15, most=0.8)}


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)
    parser.add_argument("--first-seed", type=int, default=0, help="shares were chosen on 0 to 2: judge from 3 on")
    parser.add_argument("--backlog", action="store_true", help="strategies read the texts of the clips that are judged")
    parser.add_argument("--splits", action="store_true", help="each seed draws anew which clips are judged")
    parser.add_argument("--out", type=Path, help="folder for curves (JSON) and pictures (SVG)")


def run(options: Namespace) -> dict[str, object]:
    """Labels for 90% of what all labels reach: by tags (each counts alike) and by clips (nDCG@5)."""
    data, figures = seeds.required(options.data), {}  # type: Path, dict[str, object]
    chosen = [name for name in STRATEGIES if name == "random" or seeds.wanted(name, options.only, list(STRATEGIES))]
    for name, read in replayed.SETS.items():
        if not (data / name).is_dir() or not seeds.wanted(name, options.only, list(replayed.SETS)):
            continue
        began = time.process_time()
        course = replace(COURSES[name], backlog=options.backlog)
        if options.splits:
            found = _over_splits(read(data), name, chosen, course, options)
        else:
            known = labelled_set.of(read(data), name)
            found = trial.run(known, chosen, options.seeds, course, _tell, options.first_seed)
        if options.out and not options.splits:
            trial.keep(found, options.out, datetime.now(UTC))
        whole = {"tags": round(found.whole.tags, 4), "clips": round(found.whole.clips, 4)}
        seconds = round(time.process_time() - began)
        figures[found.name] = {"pool": found.pool, "whole": whole, "cpu_s": seconds, **found.summary()}
        print(name, figures[found.name], file=sys.stderr, flush=True)
    return figures


def _over_splits(snapshot: Snapshot, name: str, chosen: list[str], course: Course, options: Namespace) -> Trial:
    """One seed a split; each is measured by what all labels reach there. Curves and `whole` are the first one's."""
    found = list[Trial]()
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        known = labelled_set.of(replayed.split_anew(snapshot, seed), f"{name}-splits")
        found.append(trial.run(known, chosen, 1, course, _tell, seed))
    needed = [sum((one.curves[n].needed for one in found), ()) for n in range(len(found[0].curves))]
    curves = (replace(one, needed=labels) for one, labels in zip(found[0].curves, needed, strict=True))
    return replace(found[0], seeds=len(found), curves=tuple(curves))


def _tell(strategy: str, seed: int) -> None:
    print(strategy, seed, file=sys.stderr, flush=True)
