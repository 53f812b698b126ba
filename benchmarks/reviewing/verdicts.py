"""A year of reviews as rows: made with SQL, without the triggers that check what is right by the way it is made."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.db import connection

from benchmarks.reviewing.content import sign_in
from ml.registry.models import ModelVersion
from taxonomy import versions
from taxonomy.models import BusinessLine, Tag

A_REVIEW = 8  # verdicts
MODELS = 12  # a new one each month
SUMS = ("workday", "tagsum", "confusionsum", "confidencesum")

VIDEOS = """
INSERT INTO tagging_video (source, external_id, title, description, cover_text, uploader, program, media_source)
SELECT 'benchmark', n::text, 'Clip ' || n, '', '', '', '', '' FROM generate_series(1, %(videos)s) n
"""
TASKS = """
INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, priority, why, state, reviewer_id, done_at, audit)
SELECT video.id, line, 1, 0, '{}', 'done', (%(people)s::bigint[])[1 + (video.id * 7 + line) %% %(reviewers)s],
       now() - random() * interval '363 days', random() < 0.02
FROM tagging_video video, unnest(%(lines)s::bigint[]) AS line
"""
REVIEWS = """
INSERT INTO annotation_review (task_id, reviewer_id, kind, operation, taxonomy_version_id, model_version_id, seconds,
                               keystrokes, edits, created_at)
SELECT id, reviewer_id, 'review', gen_random_uuid(), %(taxonomy)s,
       (%(models)s::bigint[])[least(
           1 + extract(epoch FROM done_at - now() + interval '365 days')::int / 2635200, %(count)s)],
       2 + 10 * random(), 1 + floor(4 * random())::int, floor(2 * random())::int, done_at
FROM annotation_reviewtask ORDER BY done_at
"""
# Few tags are frequent, most are rare; eight of a review are far apart, so that none comes twice.
VERDICTS = """
INSERT INTO annotation_verdict (review_id, tag_id, choice, reason, replacement_id, confidence)
SELECT review, (%(tags)s::bigint[])[1 + place], choice,
       CASE WHEN choice = 'reject' THEN (ARRAY['wrong', 'minor', 'general', 'guideline', ''])
                  [1 + (dice * 500)::int %% 5]
            ELSE '' END,
       CASE WHEN choice = 'replace' THEN (%(tags)s::bigint[])[1 + (place + 1 + (dice * 900)::int %% 3) %% %(many)s] END,
       CASE WHEN choice <> 'add' THEN confidence END
FROM (
    SELECT review, place, dice, confidence,
           CASE WHEN dice < 0.04 THEN 'add' WHEN dice < 0.08 THEN 'replace'
                WHEN dice < 0.12 + 0.5 * (1 - confidence) THEN 'reject' ELSE 'accept' END AS choice
    FROM (
        SELECT review.id AS review, random() AS dice, 0.3 + 0.7 * random() AS confidence,
               ((floor(%(many)s / 8 * power(random(), 3)))::int * 8 + k) %% %(many)s AS place
        FROM annotation_review review, generate_series(0, %(each)s - 1) k
    ) drawn
) said
"""
UNDOS = """
INSERT INTO annotation_review (task_id, reviewer_id, kind, operation, undoes_id, taxonomy_version_id, created_at)
SELECT task_id, reviewer_id, 'undo', gen_random_uuid(), id, taxonomy_version_id, created_at + interval '1 minute'
FROM annotation_review WHERE id %% 100 = 0
"""
NOTE = "INSERT INTO annotation_unfolded SELECT id FROM annotation_review"


@dataclass(frozen=True)
class Made:
    line: str  # the slug of one
    cookie: str  # of an admin


def make(verdicts: int, tags: int, reviewers: int) -> Made:
    """Three lines, each with a review of every video."""
    lines = [BusinessLine.objects.create(slug=name, name=name.title()) for name in ("recommend", "search", "ads")]
    leaves = Tag.objects.bulk_create(Tag(code=f"tag-{n}", name=f"Tag {n}") for n in range(tags))
    taxonomy = versions.publish()
    models = [
        ModelVersion.objects.create(stack="small", bundle=f"b{n}", snapshot_hash="0" * 64, taxonomy_version=1)
        for n in range(MODELS)
    ]
    people = User.objects.bulk_create(User(username=f"reviewer-{n}", password="!") for n in range(reviewers))
    admin = User.objects.create(username="admin", password="!")
    Group.objects.get(name="admin").user_set.add(admin)
    told = {
        "videos": max(1, verdicts // A_REVIEW // len(lines)),
        "lines": [line.pk for line in lines],
        "people": [person.pk for person in people],
        "reviewers": reviewers,
        "taxonomy": taxonomy.pk,
        "models": [model.pk for model in models],
        "count": MODELS,
        "tags": [tag.pk for tag in leaves],
        "many": tags,
        "each": A_REVIEW,
    }
    _fill(told)
    return Made("search", sign_in(admin))


def _fill(told: dict[str, object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # what is made here refers to what is there
        for name in ("VIDEOS", "TASKS", "REVIEWS", "VERDICTS", "UNDOS", "NOTE"):
            print(f"making {name.lower()}", file=sys.stderr, flush=True)
            cursor.execute(globals()[name], told)
        cursor.execute("SET session_replication_role = DEFAULT")
    settle()


def note_again(count: int) -> None:
    """As if so many more had been sent."""
    with connection.cursor() as cursor:
        cursor.execute(f"{NOTE} WHERE kind = 'review' ORDER BY id DESC LIMIT %s", [count])


def settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def sizes() -> dict[str, int]:
    """Rows of each table of sums."""
    with connection.cursor() as cursor:
        counts = {}
        for table in SUMS:
            cursor.execute(f"SELECT count(*) FROM annotation_{table}")
            counts[table] = cursor.fetchone()[0]
    return counts
