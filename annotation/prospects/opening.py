"""Tasks of clips that got suggestions: what speaks for each is kept, weighed, and put into the queue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from django.db import connection

from annotation import waiting
from annotation.prospects import candidates, knowledge
from annotation.prospects.knowledge import Knowledge
from annotation.sampling import find
from annotation.sampling.reasons import reasons
from annotation.waiting import Wanted
from tagging.outcomes import Outcome

STRATEGY = "mixture"

# Only of clips that have a task: what no policy asks for and no draw took is nobody's prospect.
KEEP = """
INSERT INTO annotation_prospect (video_id, business_line_id, candidates, novelty, conflicts)
SELECT video, line, candidates, novelty, conflicts
FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::float8[], %s::smallint[])
     AS found(video, line, candidates, novelty, conflicts)
WHERE EXISTS (SELECT FROM annotation_reviewtask task WHERE task.video_id = found.video
              AND task.business_line_id = found.line AND task.slot = 1 AND task.state IN ('waiting', 'claimed'))
ON CONFLICT (video_id, business_line_id) DO UPDATE
SET candidates = excluded.candidates, novelty = excluded.novelty, conflicts = excluded.conflicts
"""


@dataclass(frozen=True)
class Found:
    """A clip and a line, before anybody weighed it."""

    video: int
    line: int
    asked: bool  # whether the line's policy wants a person
    candidates: bytes
    novelty: float | None
    conflicts: int


def open_tasks(outcomes: Mapping[int, Outcome]) -> None:
    """Open the tasks that a line's policy or its audit slice asks for, and close those that need no person any more."""
    found = list(_found(outcomes))
    if not found:
        return
    waiting.open_tasks(weighed(found, knowledge.load()))
    waiting.close_tasks((row.video, row.line) for row in found if not row.asked)
    columns: list[Any] = [
        [row.video for row in found],
        [row.line for row in found],
        [row.candidates for row in found],
        [row.novelty for row in found],
        [row.conflicts for row in found],
    ]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, columns)


def weighed(found: Iterable[Found], known: Knowledge) -> list[Wanted]:
    """Each with its priority and the reasons for it."""
    wanted, gain = [], find(STRATEGY)
    for line, group in groupby(sorted(found, key=lambda row: (row.line, row.video)), key=lambda row: row.line):
        rows = list(group)
        pool = known.pool(line, [r.candidates for r in rows], [r.novelty for r in rows], [r.conflicts for r in rows])
        gains, told = gain(pool, np.random.default_rng(0)).tolist(), reasons(pool)
        for i, row in enumerate(rows):
            why = {name: int(counts[i]) for name, counts in told.items() if counts[i]}
            wanted.append(Wanted(row.video, line, gains[i], why, asked=row.asked))
    return wanted


def _found(outcomes: Mapping[int, Outcome]) -> Iterator[Found]:
    for video, outcome in outcomes.items():
        proposed = {proposal.tag: proposal.recallers.keys() for proposal in outcome.proposals}
        asked = len(frozenset().union(*proposed.values())) or 1
        votes = {tag: len(recallers) / asked for tag, recallers in proposed.items()}
        for line, decision in outcome.decisions.items():
            packed = candidates.pack((tag, sure, votes[tag]) for tag, sure in decision.considered.items())
            novelty = None if outcome.likeness is None else 1 - outcome.likeness
            yield Found(video, line, decision.needs_review, packed, novelty, len(decision.kept_out))
