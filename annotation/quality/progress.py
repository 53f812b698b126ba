"""How much is reviewed, by whom, how fast, and when the queues will be empty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from annotation import figures
from annotation.quality import charts
from annotation.quality.scope import Scope
from annotation.quality.tables import Table

RECENT = 31  # days beside the plot; the file has all
WEEKS = 4  # whose pace is taken for that of the weeks to come

DAYS = """
SELECT each.day::date, coalesce(sum(reviews), 0), sum(seconds) / nullif(sum(timed), 0)
FROM generate_series(
    (SELECT min(day) FROM annotation_workday WHERE business_line_id = ANY(%(lines)s) AND {days}),
    %(today)s::date, '1 day') AS each(day)
LEFT JOIN annotation_workday work ON work.day = each.day AND business_line_id = ANY(%(lines)s)
GROUP BY each.day ORDER BY each.day
"""
PEOPLE = """
SELECT reviewer_id, coalesce(nullif(first_name, ''), username), sum(reviews), sum(seconds) / 3600,
       sum(seconds) / nullif(sum(timed), 0), sum(accepted), sum(rejected), sum(replaced), sum(added), max(day)
FROM annotation_workday JOIN auth_user ON auth_user.id = reviewer_id
WHERE business_line_id = ANY(%(lines)s) AND {days}
GROUP BY reviewer_id, first_name, username HAVING sum(reviews) > 0 ORDER BY sum(reviews) DESC, reviewer_id LIMIT 200
"""
PACE = """
SELECT business_line_id, (%(today)s::date - day) / 7, sum(reviews) FROM annotation_workday
WHERE business_line_id = ANY(%(lines)s) AND day > %(after)s AND day <= %(today)s::date GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    reviews: int
    seconds: float | None  # of work a review


@dataclass(frozen=True, slots=True)
class Person:
    reviewer: int
    name: str
    reviews: int
    hours: float
    seconds: float | None
    accepted: int
    rejected: int
    replaced: int
    added: int
    last_day: date


@dataclass(frozen=True, slots=True)
class Pace:
    line: int
    ago: int  # weeks
    reviews: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What is left of a line; the ends are by the mean, the fastest and the slowest of the last four weeks."""

    line: str
    name: str
    waiting: int
    a_day: float
    end: date | None
    earliest: date | None
    latest: date | None


def page(scope: Scope, asked: Mapping[str, str], *, whole: bool = False) -> dict[str, Any]:
    today = timezone.localdate()
    days = scope.read(Day, DAYS, today=today)
    people = scope.read(Person, PEOPLE)
    queues = _queues(scope, today)
    labels = [date_format(day.day, "SHORT_DATE_FORMAT") for day in days]
    return {
        "recent": days[: -RECENT - 1 : -1],
        "people": people,
        "queues": queues,
        "reviews": sum(day.reviews for day in days),
        "reviews_plot": charts.curves({_("clips reviewed"): [float(day.reviews) for day in days]}, labels),
        "seconds_plot": charts.curves({_("seconds a clip"): [day.seconds for day in days]}, labels),
        "tables": {
            "days": Table(("day", "reviews", "seconds"), days),
            "people": Table(Person.__slots__, people),
            "queues": Table(Queue.__slots__, queues),
        },
    }


def _queues(scope: Scope, today: date) -> list[Queue]:
    paces: dict[int, list[int]] = defaultdict(lambda: [0] * WEEKS)
    for pace in scope.read(Pace, PACE, today=today, after=today - timedelta(weeks=WEEKS)):
        paces[pace.line][pace.ago] = pace.reviews
    lines = [line for line in scope.choices if line.pk in scope.lines]
    return [_queue(line.slug, str(line), figures.waiting(line), paces[line.pk], today) for line in lines]


def _queue(slug: str, name: str, waiting: int, weeks: list[int], today: date) -> Queue:
    def end(a_week: float) -> date | None:
        days = 7 * waiting / a_week if a_week > 0 else None
        return None if days is None or days > 3650 else today + timedelta(days=round(days))

    mean = sum(weeks) / len(weeks)
    return Queue(slug, name, waiting, mean / 7, end(mean), end(max(weeks)), end(min(weeks)))
