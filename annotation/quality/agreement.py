"""How far reviewers agree: by line, branch, tag and pair of reviewers, and how far each is believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from annotation.agreement import reports
from annotation.agreement.reports import Report
from annotation.models import Figure, Skill, Window
from annotation.quality import tag_names
from annotation.quality.intervals import Interval
from annotation.quality.scope import Scope
from annotation.quality.tables import Table, interval
from taxonomy.models import BusinessLine

COLUMNS = ("line", "measure", "about", "name", *interval("figure"), "clips")
SKILLS = ("line", "reviewer", "sensitivity", "specificity", "answers")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; without bounds where too few clips stand behind it to draw from."""

    line: str
    measure: str
    about: str  # line | branch | tag | pair
    name: str
    figure: Interval
    clips: int
    bounded: bool


@dataclass(frozen=True, slots=True)
class Believed:
    """How often a reviewer is right, as percentages, and on how many answers that rests."""

    line: str
    reviewer: str
    sensitivity: float
    specificity: float
    answers: int


@dataclass(frozen=True)
class Section:
    """One line."""

    line: BusinessLine
    window: Window
    whole: list[Row]
    branches: list[Row]
    tags: list[Row]
    pairs: list[Row]
    believed: list[Believed]
    follows: float  # per cent of cases in which people are taken to follow a model that is sure


def page(scope: Scope, asked: Mapping[str, str], *, whole: bool = False) -> dict[str, Any]:
    """What was measured last: it is about the newest clips, whatever the period."""
    lines = [line for line in scope.choices if line.pk in scope.lines]
    found = reports.of_lines([line.pk for line in lines])
    named = (figure.tag_id for one in found.values() for figure in (*one.branches, *one.tags))
    names = tag_names.of(tag for tag in named if tag)
    sections = [_section(line, found[line.pk], names) for line in lines if found[line.pk].window]
    rows = [row for one in sections for row in (*one.whole, *one.branches, *one.tags, *one.pairs)]
    believed = [each for one in sections for each in one.believed]
    tables = {"agreement": Table(COLUMNS, rows), "skills": Table(SKILLS, believed)}
    return {"sections": sections, "tables": tables}


def _section(line: BusinessLine, report: Report, names: Mapping[int, str]) -> Section:
    assert report.window
    of_tag = lambda figure: names.get(figure.tag_id, "")
    pairs = [figure for both in report.pairs for figure in both if figure]
    return Section(
        line,
        report.window,
        [_row(line, "line", str(line), figure) for figure in (report.alpha, report.kappa) if figure],
        [_row(line, "branch", of_tag(figure), figure) for figure in report.branches],
        [_row(line, "tag", of_tag(figure), figure) for figure in report.tags],
        [_row(line, "pair", f"{_name(figure.first)}, {_name(figure.second)}", figure) for figure in pairs],
        list(_believed(line, report.skills)),
        100 * (1 - report.skills[0].independence) if report.skills else 0.0,
    )


def _row(line: BusinessLine, about: str, name: str, figure: Figure) -> Row:
    bounded = figure.low is not None and figure.high is not None
    low, high = (figure.low, figure.high) if bounded else (figure.value, figure.value)
    assert low is not None
    assert high is not None
    told = Interval(figure.value, low, high)
    return Row(str(line), figure.measure, about, name, told, figure.clips, bounded)


def _believed(line: BusinessLine, skills: Iterable[Skill]) -> Iterable[Believed]:
    for skill in skills:
        name = _name(skill.reviewer) if skill.reviewer else _("the model")
        yield Believed(str(line), name, 100 * skill.sensitivity, 100 * skill.specificity, skill.answers)


def _name(person: User | None) -> str:
    return (person.first_name or person.username) if person else ""
