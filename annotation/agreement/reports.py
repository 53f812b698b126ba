"""How far the reviewers of lines agree, for pages: what was measured last, in three queries, however many verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from annotation.models import Figure, Skill, Window
from taxonomy.models import BusinessLine


@dataclass(frozen=True)
class Report:
    """What is known of one line. Lowest agreement first: what hurts most."""

    window: Window | None  # the clips it rests on; None: no clip was reviewed by several people yet
    alpha: Figure | None  # over the whole line
    kappa: Figure | None
    branches: tuple[Figure, ...]  # alpha, `tag` is the branch
    tags: tuple[Figure, ...]  # kappa
    pairs: tuple[tuple[Figure | None, Figure | None], ...]  # alpha and kappa of the same two reviewers
    skills: tuple[Skill, ...]  # the lowest sensitivity first; without a reviewer: the model


def of_line(line: BusinessLine) -> Report:
    return of_lines([line.pk])[line.pk]


def of_lines(lines: Collection[int]) -> dict[int, Report]:
    """By line, every one of them."""
    windows = {window.pk: window for window in Window.objects.filter(pk__in=lines)}
    figures: dict[int, list[Figure]] = defaultdict(list)
    rows = Figure.objects.filter(business_line__in=lines).select_related("tag", "first", "second")
    for row in rows.order_by("value", "pk"):
        figures[row.business_line_id].append(row)
    skills: dict[int, list[Skill]] = defaultdict(list)
    for skill in Skill.objects.filter(business_line__in=lines).select_related("reviewer").order_by("sensitivity", "pk"):
        skills[skill.business_line_id].append(skill)
    return {line: _report(windows.get(line), figures[line], skills[line]) for line in lines}


def _report(window: Window | None, rows: Collection[Figure], skills: Iterable[Skill]) -> Report:
    whole = {row.measure: row for row in rows if row.tag_id is None and row.first_id is None}
    return Report(
        window,
        whole.get("alpha"),
        whole.get("kappa"),
        tuple(row for row in rows if row.tag_id and row.measure == "alpha"),
        tuple(row for row in rows if row.tag_id and row.measure == "kappa"),
        _pairs(row for row in rows if row.first_id),
        tuple(skills),
    )


def _pairs(rows: Iterable[Figure]) -> tuple[tuple[Figure | None, Figure | None], ...]:
    """In the order of alpha, for it knows the tree; pairs without one come last."""
    found: dict[tuple[int | None, int | None], dict[str, Figure]] = {}
    for row in sorted(rows, key=lambda row: row.measure):
        found.setdefault((row.first_id, row.second_id), {})[row.measure] = row
    return tuple((both.get("alpha"), both.get("kappa")) for both in found.values())
