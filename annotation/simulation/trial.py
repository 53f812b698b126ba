"""Every strategy on one set, under several seeds: the whole simulation, and the files that keep it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from annotation.sampling import find
from annotation.simulation import drawing, replay
from annotation.simulation.curves import METRICS, SHARE, Curve, between, curve, saved
from annotation.simulation.labelled_set import LabelledSet
from annotation.simulation.replay import Course, Point

TITLES = {"tags": "mean average precision over tags", "clips": "nDCG@5 over clips"}


@dataclass(frozen=True)
class Trial:
    """What came out."""

    name: str
    pool: int  # clips whose labels could be bought
    judged: int  # clips that scores are of
    tags: int
    seeds: int
    whole: Point  # what all labels are good for
    curves: tuple[Curve, ...]  # one a strategy and metric

    def goal(self, metric: str) -> float:
        return SHARE * float(getattr(self.whole, metric))

    def summary(self) -> dict[str, Any]:
        """Metric -> strategy -> the labels it needed for 90% of the whole score, and what share of random's that is.

        `between`: the 95% interval of that share over seeds.
        """
        return {
            metric: {
                one.strategy: {
                    "labels": one.typical and round(one.typical),
                    "of_random": _rounded(saved(self.curves, metric)[one.strategy]),
                    "between": _both(between(self.curves, metric)[one.strategy]),
                    "by_seed": [n and round(n) for n in one.needed],
                }
                for one in self.curves
                if one.metric == metric
            }
            for metric in METRICS
        }


def run(
    known: LabelledSet,
    strategies: Sequence[str],
    seeds: int,
    course: Course,
    listen: Callable[[str, int], None] = lambda strategy, seed: None,
    first_seed: int = 0,
) -> Trial:
    """Replay each strategy under each seed; `listen` hears what begins. Raises ValueError of an unknown strategy."""
    chosen = {name: find(name) for name in strategies}
    whole, curves = replay.whole(known), list[Curve]()
    for name, strategy in chosen.items():
        runs = []
        for seed in range(first_seed, first_seed + seeds):
            listen(name, seed)
            runs.append(list(replay.replay(known, strategy, seed, course)))
        curves += [curve(name, metric, runs, whole) for metric in METRICS]
    name = known.name + ("-backlog" if course.backlog else "")
    return Trial(name, known.pool, len(known.labels) - known.pool, known.tags, seeds, whole, tuple(curves))


def keep(trial: Trial, folder: Path, at: datetime) -> list[Path]:
    """Write `<name>.json` and a picture of each metric; what lay there of that name is replaced. Returns the files.

    The JSON object: `name`, `at`, `pool`, `judged`, `tags`, `seeds`; `whole` and `goal` by metric; `curves`, each with
    `strategy`, `metric`, and `labels`, `mean`, `low`, `high` (as many numbers each), `needed` by seed, `typical`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w-]+", "-", trial.name).strip("-") or "set"
    told = {key: getattr(trial, key) for key in ("name", "pool", "judged", "tags", "seeds")}
    told |= {"at": at.isoformat(timespec="seconds")}
    told |= {"whole": {m: getattr(trial.whole, m) for m in METRICS}, "goal": {m: trial.goal(m) for m in METRICS}}
    told["curves"] = [asdict(one) | {"typical": one.typical} for one in trial.curves]
    files = {folder / f"{stem}.json": json.dumps(told, indent=1)}
    for metric in METRICS:
        mine = [one for one in trial.curves if one.metric == metric]
        title = f"{trial.name}: {TITLES[metric]} by labelled clips ({trial.seeds} seeds, 95% bands)"
        files[folder / f"{stem}-{metric}.svg"] = drawing.svg(mine, title, trial.goal(metric))
    for path, text in files.items():
        beside = path.with_suffix(".part")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)  # whoever reads it has the old one or the new one
    return list(files)


def kept(folder: Path) -> Iterator[Mapping[str, Any]]:
    """The trials that lie in the folder, the newest first."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    yield from sorted(found, key=lambda trial: trial["at"], reverse=True)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def _both(shares: tuple[float, float] | None) -> list[float] | None:
    return None if shares is None else [round(share, 3) for share in shares]
