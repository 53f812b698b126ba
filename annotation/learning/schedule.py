"""When a training on a schedule is due. Times are the reader's: of one time zone, with it."""

from __future__ import annotations

from datetime import datetime, timedelta


def due_at(every_days: int, hour: int, set_at: datetime, last: datetime | None) -> datetime:
    """The first full `hour` (0..23) that is not before the schedule was set, and `every_days` after the day of the
    `last` training, whoever asked for that one.
    """
    due = _from(set_at, hour)
    if last is not None:
        due = max(due, (last + timedelta(days=every_days)).replace(hour=hour, minute=0, second=0, microsecond=0))
    return due


def _from(moment: datetime, hour: int) -> datetime:
    at = moment.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at >= moment else at + timedelta(days=1)
