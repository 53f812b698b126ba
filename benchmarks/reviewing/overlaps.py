"""Clips that two people reviewed, as rows: made with SQL, without the triggers that check what is right anyway."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.db import connection

from benchmarks.reviewing.content import sign_in
from benchmarks.reviewing.verdicts import VIDEOS, settle
from ml.registry.models import ModelVersion
from taxonomy import versions
from taxonomy.models import BusinessLine, Tag

PROPOSED = 4  # tags a clip
SUGGESTED = 25_000  # clips, the newest, whose suggestions are kept

TASKS = """
INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, priority, why, state, reviewer_id, done_at)
SELECT video.id, %(line)s, slot, 0, '{}', 'done',
       (%(people)s::bigint[])[1 + (video.id * 7 + slot * (1 + video.id / 50)) %% %(reviewers)s],
       now() - interval '1 year' + video.id * interval '1 year' / %(videos)s
FROM tagging_video video, generate_series(1, 2) AS slot
ON CONFLICT DO NOTHING
"""
PROPOSALS = """
CREATE TEMP TABLE proposed AS
SELECT video, (%(tags)s::bigint[])[1 + (place * %(each)s + k) %% %(many)s] AS tag, confidence,
       random() < confidence AS true
FROM (SELECT id AS video, floor(%(many)s / %(each)s * power(random(), 3))::int AS place FROM tagging_video) drawn,
     LATERAL (SELECT k, 0.3 + 0.7 * random() AS confidence FROM generate_series(0, %(each)s - 1) k WHERE video > 0) one
"""
REVIEWS = """
INSERT INTO annotation_review (task_id, reviewer_id, kind, operation, taxonomy_version_id, model_version_id, created_at)
SELECT id, reviewer_id, 'review', gen_random_uuid(), %(taxonomy)s, %(model)s, done_at
FROM annotation_reviewtask ORDER BY done_at, id
"""
CURRENT = """
UPDATE annotation_reviewtask task SET current_review_id = review.id FROM annotation_review review
WHERE review.task_id = task.id
"""
VERDICTS = """
INSERT INTO annotation_verdict (review_id, tag_id, choice, reason, confidence)
SELECT review.id, proposed.tag, CASE WHEN (random() < 0.9) = proposed.true THEN 'accept' ELSE 'reject' END, '',
       proposed.confidence
FROM annotation_review review JOIN annotation_reviewtask task ON task.id = review.task_id
JOIN proposed ON proposed.video = task.video_id
"""
SETTLED = """
INSERT INTO annotation_consensus
    (video_id, business_line_id, tag_id, confidence, given, yes, no, silent, ruled, doubt)
SELECT video, %(line)s, tag, confidence, yes + (confidence >= 0.5)::int > 1, yes, no, 0, false,
       CASE WHEN yes * no > 0 THEN 1 - abs(2 * confidence - 1) / 2 ELSE 0 END
FROM (
    SELECT task.video_id AS video, said.tag_id AS tag, max(said.confidence) AS confidence,
           count(*) FILTER (WHERE choice = 'accept') AS yes, count(*) FILTER (WHERE choice = 'reject') AS no
    FROM annotation_verdict said JOIN annotation_review review ON review.id = said.review_id
    JOIN annotation_reviewtask task ON task.id = review.task_id GROUP BY 1, 2
) told
"""
GIVEN = """
INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source)
SELECT video_id, business_line_id, tag_id, 'review' FROM annotation_consensus WHERE given
"""
SETS = """
INSERT INTO tagging_suggestionset (video_id, model_version_id, taxonomy_version_id)
SELECT id, %(model)s, %(taxonomy)s FROM tagging_video ORDER BY id DESC LIMIT %(suggested)s
"""
SUGGESTIONS = """
INSERT INTO tagging_suggestion (suggestion_set_id, tag_id, confidence, consistent, recallers, evidence)
SELECT seen.id, proposed.tag, proposed.confidence, true, '{}', '{}'
FROM tagging_suggestionset seen JOIN proposed ON proposed.video = seen.video_id
"""
STEPS = {
    "videos": VIDEOS,
    "tasks": TASKS,
    "proposals": PROPOSALS,
    "reviews": REVIEWS,
    "reviews in force": CURRENT,
    "verdicts": VERDICTS,
    "consensus": SETTLED,
    "tags": GIVEN,
    "sets": SETS,
    "suggestions": SUGGESTIONS,
}


@dataclass(frozen=True)
class Made:
    line: BusinessLine
    cookie: str  # of an admin


def make(clips: int, tags: int, reviewers: int) -> Made:
    """One line whose clips two of its reviewers saw; they agree with what is true on nine verdicts of ten."""
    line = BusinessLine.objects.create(slug="recommend", name="Recommend", overlap=2)
    roots = [Tag.objects.create(code=f"root-{n}", name=f"Branch {n}") for n in range(20)]
    leaves = [Tag(code=f"tag-{n}", name=f"Tag {n}", parent=roots[n % 20], parent_depth=1) for n in range(tags)]
    Tag.objects.bulk_create(leaves)
    model = ModelVersion.objects.create(
        stack="small", bundle="b", snapshot_hash="0" * 64, taxonomy_version=1, state="active"
    )
    people = User.objects.bulk_create(User(username=f"reviewer-{n}", password="!") for n in range(reviewers))
    admin = User.objects.create(username="admin", password="!")
    Group.objects.get(name="admin").user_set.add(admin)
    told = {
        "videos": clips,
        "line": line.pk,
        "people": [person.pk for person in people],
        "reviewers": reviewers,
        "taxonomy": versions.publish().pk,
        "model": model.pk,
        "tags": [tag.pk for tag in leaves],
        "many": tags,
        "each": PROPOSED,
        "suggested": SUGGESTED,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # what is made here refers to what is there
        for name, statement in STEPS.items():
            print(f"making {name}", file=sys.stderr, flush=True)
            cursor.execute(statement, told)
        cursor.execute("SET session_replication_role = DEFAULT")
    settle()
    return Made(line, sign_in(admin))
