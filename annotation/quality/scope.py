"""What a page of figures is about: whose business lines, and how far back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation import tag_figures
from tagging import statements
from taxonomy.models import BusinessLine

Row = TypeVar("Row")
PERIODS = {"4w": _("last 4 weeks"), "3m": _("last 3 months"), "all": _("all time")}
USUAL = "4w"


@dataclass(frozen=True)
class Scope:
    """`since` is the first day of the first week or month, None for all time; `line` the chosen one, None for all."""

    choices: Sequence[BusinessLine]
    line: BusinessLine | None
    period: str
    since: date | None

    @property
    def lines(self) -> list[int]:
        return [self.line.pk] if self.line else [line.pk for line in self.choices]

    @property
    def query(self) -> str:
        """Of addresses that keep to this scope."""
        return f"period={self.period}" + (f"&line={self.line.slug}" if self.line else "")

    def read(self, row: type[Row], statement: str, **values: Any) -> list[Row]:
        """Rows of a statement over the sums of these lines: `{spans}` and `{days}` in it are the period.

        Only a few spans are read: weeks, months, or all time at once. For rows of a model version, of all time those
        are `{versions}`.
        """
        spans = {"4w": "span = 'w' AND start >= %(since)s", "3m": "span = 'm' AND start >= %(since)s"}
        whole = spans.get(self.period)
        periods = {"spans": whole or "span = 'a'", "versions": whole or "span = 'v'"}
        periods["days"] = "day >= %(since)s" if self.since else "true"
        told = {"lines": self.lines, "since": self.since, **values}
        return [row(*found) for found in statements.rows(statement.format(**periods), told)]


def chosen(user: User, asked: Mapping[str, str]) -> Scope:
    """What the address asks for, of the lines this person may see. Raises Http404 for any other line or period."""
    choices = list(tag_figures.lines_of(user))
    slug, period = asked.get("line", ""), asked.get("period") or USUAL
    line = next((line for line in choices if line.slug == slug), None)
    if (slug and line is None) or period not in PERIODS:
        raise Http404
    return Scope(choices, line, period, first_day(period))


def first_day(period: str) -> date | None:
    today = timezone.localdate()
    if period == "4w":
        return today - timedelta(days=today.weekday(), weeks=3)
    if period == "3m":
        months = 12 * today.year + today.month - 1 - 2
        return date(months // 12, months % 12 + 1, 1)
    return None
