"""A tree with reviewed videos: 10 verdicts a video, each tag in many of them. Made with SQL and COPY."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import connection

A_VIDEO = 10  # verdicts
OPEN = 60_000  # tasks that wait

VIDEOS = """
INSERT INTO tagging_video (source, external_id, title, description, cover_text, uploader, program, media_source,
                           reviewed_at)
SELECT 'benchmark', n::text, 'Clip ' || n, '', '', '', '', '', CASE WHEN n <= %(done)s THEN now() END
FROM generate_series(1, %(all)s) n
"""
TASKS = """
INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, priority, why, state, done_at)
SELECT id, %(line)s, 1, random(), '{}', CASE WHEN reviewed_at IS NULL THEN 'waiting' ELSE 'done' END, reviewed_at
FROM tagging_video
"""
REVIEWS = """
INSERT INTO annotation_review (task_id, reviewer_id, kind, operation, taxonomy_version_id)
SELECT id, %(person)s, 'review', gen_random_uuid(), %(version)s FROM annotation_reviewtask WHERE state = 'done'
"""
CURRENT = """
UPDATE annotation_reviewtask task SET current_review_id = review.id FROM annotation_review review
WHERE review.task_id = task.id
"""
# The tag in front is in every twentieth verdict; the others share the rest evenly.
SAID = """
SELECT review.id, task.video_id, k,
       CASE WHEN k = 0 AND review.id %% 2 = 0 THEN 0
            ELSE 1 + (review.id * 7919 + k * 104729) %% (%(tags)s - 1) END AS place
FROM annotation_review review JOIN annotation_reviewtask task ON task.id = review.task_id,
     generate_series(0, %(each)s) k
"""
SETS = """
INSERT INTO tagging_suggestionset (video_id, model_version_id, taxonomy_version_id, error)
SELECT id, %(model)s, %(version)s, '' FROM tagging_video
"""
SUGGESTIONS = """
INSERT INTO tagging_suggestion (suggestion_set_id, tag_id, confidence, consistent, recallers, evidence)
SELECT id, (%(ids)s::bigint[])[1 + (id * 7 + k * 97) %% %(tags)s], 0.9, true, '{}', '{}'
FROM tagging_suggestionset, generate_series(0, 3) k
"""


@dataclass(frozen=True)
class Content:
    line: Any
    editor: User
    reviewers: list[User]
    codes: list[str]  # of the leaves
    parents: list[str]
    model: int


def make(verdicts: int, tags: int, reviewers: int) -> Content:
    from ml.registry.models import ModelVersion
    from taxonomy import versions
    from taxonomy.models import BusinessLine

    line = BusinessLine.objects.create(slug="recommendation", name="Recommendation")
    parents, leaves = _tree(tags)
    version = versions.publish()
    model = ModelVersion.objects.create(
        stack="small", bundle="b", snapshot_hash="0" * 64, taxonomy_version=1, state="active"
    )
    people = [User.objects.create(username=f"reviewer-{n}") for n in range(reviewers)]
    Group.objects.get(name="annotator").user_set.add(*people)
    line.members.add(*people)
    done = verdicts // A_VIDEO
    print(f"making {verdicts:,} verdicts on {done:,} videos and {OPEN:,} open tasks", file=sys.stderr, flush=True)
    values = {"done": done, "all": done + OPEN, "line": line.pk, "person": people[0].pk, "version": version.pk}
    values |= {"model": model.pk, "tags": len(leaves), "each": A_VIDEO - 1, "ids": [tag.pk for tag in leaves]}
    with connection.cursor() as cursor:
        for statement in (VIDEOS, TASKS, REVIEWS, CURRENT, SETS, SUGGESTIONS):
            cursor.execute(statement, values)
    _verdicts(values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    editor = User.objects.create(username="editor")
    return Content(line, editor, people, [tag.code for tag in leaves], [tag.code for tag in parents], model.pk)


def _tree(count: int) -> tuple[list[Any], list[Any]]:
    """Four levels: 10 roots, 100 and 1,000 below them, and leaves."""
    from taxonomy.models import Tag

    level: list[Any] = [None]
    for depth, size in enumerate((10, 100, 1_000, max(count - 1_110, 10)), start=1):
        above = level
        level = Tag.objects.bulk_create(
            Tag(
                code=f"t{depth}-{n}",
                name=f"Tag {depth}-{n}",
                parent=above[n % len(above)],
                parent_depth=depth - 1 or None,
                position=n,
            )
            for n in range(size)
        )
    return above, level


def _verdicts(values: dict[str, Any]) -> None:
    """Verdicts and the labels they gave, through COPY."""
    ids = values["ids"]
    with connection.cursor() as cursor:
        cursor.execute(SAID, values)
        rows = [(review, video, ids[place]) for review, video, _k, place in cursor.fetchall()]
    once = dict.fromkeys(rows)  # a tag has one verdict a review
    with connection.cursor() as cursor:
        with cursor.copy("COPY annotation_verdict (review_id, tag_id, choice, reason) FROM STDIN") as copy:
            for review, _video, tag in once:
                copy.write_row((review, tag, "add", ""))
        with cursor.copy("COPY tagging_videotag (video_id, business_line_id, tag_id, source) FROM STDIN") as copy:
            for _review, video, tag in once:
                copy.write_row((video, values["line"], tag, "review"))
