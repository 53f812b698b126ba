"""The newest clips of a line that several people reviewed, as opinions. Undone and probed reviews are left out.

Bounded: what is measured is how reviewers agree now, and the cost does not grow with the verdicts there are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from annotation.agreement import opinions
from annotation.agreement.opinions import Told
from annotation.agreement.weighing import Opinion
from tagging import statements
from taxonomy.edition import EDITION, NOTHING, Edition

CLIPS = 1000  # a line, the newest

# Reviews in force; `others` of the same clip must be there too. What a probe showed was not what the models proposed.
OVERLAPS = f"""
WITH recent AS (
    SELECT video_id FROM (
        SELECT video_id, done_at FROM annotation_reviewtask
        WHERE business_line_id = %(line)s AND state = 'done' AND slot > 1 AND current_review_id IS NOT NULL
        ORDER BY done_at DESC LIMIT 2 * %(most)s) AS done
    GROUP BY video_id ORDER BY max(done_at) DESC LIMIT %(most)s
), shared AS (
    SELECT task.video_id, review.id, review.reviewer_id, review.created_at,
           count(*) OVER (PARTITION BY task.video_id) AS reviews
    FROM recent JOIN annotation_reviewtask task ON task.video_id = recent.video_id
    JOIN annotation_review review ON review.id = task.current_review_id AND review.kind = 'review'
    WHERE task.business_line_id = %(line)s AND task.state = 'done'
      AND NOT EXISTS (SELECT FROM annotation_probe
                      WHERE task_id = task.id AND annotation_probe.reviewer_id = review.reviewer_id)
)
SELECT video_id, id, reviewer_id, created_at, {EDITION},
       (SELECT jsonb_agg(jsonb_build_array(tag_id, choice, replacement_id, confidence))
        FROM annotation_verdict WHERE review_id = shared.id)
FROM shared WHERE reviews > 1 ORDER BY video_id, id
"""  # noqa: S608  # constants


@dataclass
class Overlaps:
    """What a line's figures rest on."""

    clips: dict[int, Told] = field(default_factory=lambda: defaultdict(Told))  # by video
    reviews: int = 0
    newest: int = 0
    checksum: int = 0
    since: datetime | None = None
    edition: Edition = NOTHING

    @property
    def people(self) -> list[list[Opinion]]:
        """Of each clip what its reviewers say."""
        return [told.people for told in self.clips.values()]


def read(line: int, most: int = CLIPS) -> Overlaps:
    """One statement, however many clips."""
    found = Overlaps()
    for video, review, reviewer, sent, published, verdicts in statements.rows(OVERLAPS, {"line": line, "most": most}):
        found.edition = Edition(*published) if published else NOTHING
        opinions.add(found.clips[video], "review", reviewer, verdicts or (), found.edition, line)
        found.reviews += 1
        found.newest, found.checksum = max(found.newest, review), found.checksum + review
        found.since = min(found.since or sent, sent)
    return found
