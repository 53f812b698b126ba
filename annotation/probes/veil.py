"""What others and the models say of a clip is not shown to who reviews it, until the review can no longer be undone.

Else the page of a video, a search or a count would tell what a gold clip's tags are, and which suggestion was seeded.
Three rules, each for all clips alike, so that none tells anything of any:

- Of a clip in hand, and of one reviewed or skipped within a day, nothing is told.
- What the models say of a clip that still waits in one of a person's lines is not told: else it could be noted down
  before, and held against what the review page shows.
- A gold clip that a person may still get looks like one that waits and that nobody has reviewed.

Editors and admins look after clips and see everything.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tagging import statements
from tagging.veils import Hidden, Veil

UNDO_WITHIN = timedelta(hours=24)

_OWN = """
    task.reviewer_id = %(person)s AND (task.state = 'claimed' AND task.lease_until > now()
        OR task.state IN ({over}) AND task.done_at > now() - %(within)s)
"""
_LINES = "(SELECT businessline_id FROM taxonomy_businessline_members WHERE user_id = %(person)s)"
_NOT_HAD = """
    NOT EXISTS (SELECT FROM annotation_reviewtask had WHERE had.video_id = {of}.video_id
        AND had.business_line_id = {of}.business_line_id AND had.reviewer_id = %(person)s AND had.state = 'done')
"""
_GOLD = f"gold.retired_at IS NULL AND gold.business_line_id IN {_LINES} AND {_NOT_HAD.format(of='gold')}"

OF_VIDEO = f"""
SELECT EXISTS (SELECT FROM annotation_reviewtask task
               WHERE task.video_id = %(video)s AND {_OWN.format(over="'done', 'skipped'")}),
       EXISTS (SELECT FROM annotation_goldclip gold WHERE gold.video_id = %(video)s AND {_GOLD}),
       EXISTS (SELECT FROM annotation_reviewtask task WHERE task.video_id = %(video)s
               AND (task.state IN ('waiting', 'claimed') AND task.business_line_id IN {_LINES}
                    AND {_NOT_HAD.format(of="task")} OR task.state = 'skipped' AND task.reviewer_id = %(person)s))
"""  # noqa: S608  # constants
# By the indexes of what a person holds and has done. A skipped clip had no review of theirs that could be compared.
UNSAID = f"""
SELECT task.video_id FROM annotation_reviewtask task WHERE {_OWN.format(over="'done'")}
UNION SELECT gold.video_id FROM annotation_goldclip gold WHERE {_GOLD}
"""  # noqa: S608  # constants

# The same of one video, within a larger statement.
UNSAID_TO = f"""
EXISTS (SELECT FROM annotation_reviewtask task WHERE task.video_id = {{video}} AND {_OWN.format(over="'done'")})
OR EXISTS (SELECT FROM annotation_goldclip gold WHERE gold.video_id = {{video}} AND {_GOLD})
"""  # noqa: S608  # constants


def of_video(user: Any, video: int) -> Hidden:
    """What this person is not told of the video. One statement, none for who looks after clips."""
    if user.has_perm("annotation.add_goldclip"):
        return Hidden()
    row = statements.row(OF_VIDEO, {"person": user.pk, "video": video, "within": UNDO_WITHIN})
    assert row
    own, gold, waits = row
    return Hidden(proposed=own or gold or waits, said=own or gold, own=own)


def unsaid(user: Any) -> set[int]:
    """Videos of which this person is not told what people say. One statement, none for who looks after clips."""
    return set() if user.has_perm("annotation.add_goldclip") else unsaid_to(user.pk)


def unsaid_to(person: int) -> set[int]:
    """The same of a reviewer, by id."""
    return {video for (video,) in statements.rows(UNSAID, {"person": person, "within": UNDO_WITHIN})}


VEIL = Veil(of_video, unsaid)
