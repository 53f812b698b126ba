"""Orders to look for groups, and how far they are. The state is in the table; a message to a worker is only a nudge."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from annotation.groups.models import Gathering
from tagging import statements
from taxonomy.models import BusinessLine

AGAIN = timedelta(seconds=60)  # between two orders for a line
LOST = timedelta(minutes=10)  # without a word of a worker: the message was lost, or who had it died

# One at a time; asked again within a minute, it is the same order.
ORDER = """
INSERT INTO annotation_gathering (business_line_id) VALUES (%(line)s)
ON CONFLICT (business_line_id) DO UPDATE
SET asked_at = statement_timestamp(), begun_at = NULL, done = 0, total = 0, finished_at = NULL, groups = NULL,
    heard_at = statement_timestamp()
WHERE annotation_gathering.finished_at IS NOT NULL
      AND annotation_gathering.asked_at < statement_timestamp() - %(again)s
   OR annotation_gathering.finished_at IS NULL
      AND annotation_gathering.heard_at < statement_timestamp() - %(lost)s
RETURNING business_line_id
"""


def order(line: BusinessLine) -> bool:
    """Note that groups are to be looked for. False: somebody asked for it a moment ago, or it is going on."""
    return statements.row(ORDER, {"line": line.pk, "again": AGAIN, "lost": LOST}) is not None


def of(line: BusinessLine) -> Gathering | None:
    return Gathering.objects.filter(business_line=line).first()


def going_on(gathering: Gathering | None) -> bool:
    """Whether a worker is at it, or will be."""
    return bool(gathering and not gathering.finished_at and gathering.heard_at > timezone.now() - LOST)


def begun(line: BusinessLine, clips: int) -> None:
    """A worker has taken it up; ordered or not."""
    told = {"begun_at": Now(), "heard_at": Now(), "done": 0, "total": clips, "finished_at": None, "groups": None}
    Gathering.objects.update_or_create(business_line=line, defaults=told)


def compared(line: BusinessLine, clips: int) -> None:
    still = Q(business_line=line, finished_at=None)
    Gathering.objects.filter(still).update(done=clips, heard_at=Now())


def finished(line: BusinessLine, groups: int) -> None:
    Gathering.objects.filter(business_line=line).update(finished_at=Now(), heard_at=Now(), groups=groups)
