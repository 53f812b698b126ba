"""What of people's work a change of the taxonomy touches, counted before it is published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from tagging.models import Video
from taxonomy.impact import EXAMPLES, Count, Example, Touched

VERDICTS = "SELECT count(*) FROM annotation_verdict WHERE tag_id = ANY(%(tags)s)"
# Open tasks whose video has a changed tag, or was proposed one.
TASKS = """
SELECT video_id FROM annotation_reviewtask task
WHERE task.state IN ('waiting', 'claimed') AND (
    task.video_id IN (SELECT video_id FROM tagging_videotag WHERE tag_id = ANY(%(tags)s))
    OR task.video_id IN (SELECT video_id FROM tagging_suggestionset made JOIN tagging_suggestion said
                         ON said.suggestion_set_id = made.id WHERE said.tag_id = ANY(%(tags)s)))
"""


def count(touched: Touched) -> Iterator[Count]:
    values = {"tags": touched.tags}
    if not touched.tags:
        return
    yield Count("verdicts", _("verdicts on changed tags"), _one(VERDICTS, values)[0])
    with connection.cursor() as cursor:
        cursor.execute(f"{TASKS} ORDER BY priority DESC, id LIMIT {EXAMPLES}", values)  # both are ours
        videos = Video.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()]).only("title", "external_id")
    examples = [Example(str(video), video.get_absolute_url()) for video in videos]
    number = _one(f"SELECT count(*) FROM ({TASKS}) AS open", values)[0]  # noqa: S608
    yield Count("tasks", _("open tasks with changed tags"), number, examples)


def _one(statement: str, values: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()
