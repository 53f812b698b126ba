"""A long queue: videos with suggestions, a taxonomy with rules, people who hold leases. Made with SQL, in seconds."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from ml.registry.models import ModelVersion
from taxonomy import versions
from taxonomy.models import BusinessLine, Rule, Tag, TaxonomyVersion

TAGS = 800
TAGS_A_VIDEO = 8

VIDEOS = """
INSERT INTO tagging_video (source, external_id, title, description, cover_text, uploader, program, media_source)
SELECT 'benchmark', n::text, 'He is only 1.75 m and still dunks on everyone #' || n, 'Summer finals, last possession.',
       '', 'uploader ' || n %% 5000, '', '' FROM generate_series(1, %s) n
"""
SETS = """
INSERT INTO tagging_suggestionset (video_id, model_version_id, taxonomy_version_id, error)
SELECT id, %s, %s, '' FROM tagging_video
"""
SUGGESTIONS = """
INSERT INTO tagging_suggestion (suggestion_set_id, tag_id, confidence, consistent, recallers, evidence)
SELECT id, (%s::bigint[])[1 + (id * 7 + k * 97) %% %s], 0.95 - k * 0.08, true, '{"lexical.v1": 0.8, "fused.v1": 0.7}',
       '{"spans": [["title", 30, 35]], "similar": [], "moment": null}'
FROM tagging_suggestionset, generate_series(0, %s) k
"""
TASKS = """
INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, priority, why)
SELECT id, %s, 1, random(), '{"unsure": 2}' FROM tagging_video
"""
HOLD = """
UPDATE annotation_reviewtask task SET state = 'claimed', reviewer_id = holder.id, token = 1,
       lease_until = now() + interval '1 day'
FROM (SELECT id, row_number() OVER (ORDER BY priority DESC) AS n FROM annotation_reviewtask) urgent
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM auth_user WHERE username LIKE 'holder%%') holder USING (n)
WHERE task.id = urgent.id
"""


@dataclass(frozen=True)
class Content:
    line: BusinessLine
    cookies: list[str]  # of signed-in reviewers


def make(tasks: int, held: int, reviewers: int) -> Content:
    """`tasks` open ones, of which the `held` most urgent are in somebody's hands."""
    _say(f"making {tasks:,} open tasks")
    line = BusinessLine.objects.create(slug="recommendation", name="Recommendation")
    tags = taxonomy()
    version = versions.publish()
    model = ModelVersion.objects.create(
        stack="small", bundle="b", snapshot_hash="0" * 64, taxonomy_version=1, state="active"
    )
    people = _people(line, reviewers, "reviewer")
    _people(line, held, "holder")
    _rows(tasks, line, tags, model, version)
    return Content(line, [sign_in(person) for person in people])


def _rows(tasks: int, line: BusinessLine, tags: list[int], model: ModelVersion, version: TaxonomyVersion) -> None:
    with connection.cursor() as cursor:
        cursor.execute(VIDEOS, [tasks])
        cursor.execute(SETS, [model.pk, version.pk])
        cursor.execute(SUGGESTIONS, [tags, len(tags), TAGS_A_VIDEO - 1])
        cursor.execute(TASKS, [line.pk])
        cursor.execute(HOLD)
        cursor.execute("VACUUM ANALYZE")


def taxonomy() -> list[int]:
    """Categories over four levels, 800 of them leaves, and 300 rules; the ids of the leaves."""
    rng = random.Random(1)
    level = [Tag.objects.create(code=f"root-{n}", name=f"Root {n}", assignable=False) for n in range(8)]
    for depth, fanout in ((2, 5), (3, 4), (4, 5)):
        names = [(parent, f"{depth}-{parent.pk}-{n}") for parent in level for n in range(fanout)]
        level = [
            Tag(code=name, name=f"Tag {name}", parent=parent, parent_depth=depth - 1, assignable=depth == 4)
            for parent, name in names
        ]
        Tag.objects.bulk_create(level)
    for _ in range(300):
        subject, other = rng.sample(level, 2)
        Rule.objects.create(kind=rng.choice(["excludes", "co_occurs"]), subject=subject, weight=0.1).others.add(other)
    return [tag.pk for tag in level]


def _people(line: BusinessLine, count: int, name: str) -> list[User]:
    people = User.objects.bulk_create([User(username=f"{name}-{n}", password="!") for n in range(count)])
    Group.objects.get(name="annotator").user_set.add(*people)
    line.members.add(*people)
    return people


def sign_in(person: User) -> str:
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session["_auth_user_backend"] = "annotation.role_backend.RoleBackend"
    session["_auth_user_hash"] = person.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
