"""Rules that people's reviews speak for: counted over all reviewed tag sets, stored as proposals for an editor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection, transaction

from annotation import rule_mining
from annotation.rule_mining import Finding, Paths
from tagging import standing
from taxonomy import rulebook
from taxonomy.models import BusinessLine, RuleProposal, Tag
from taxonomy.rules import RuleBook

MOST = 200  # of a kind; whoever decides them mines again
LOCK = 7_245_003  # of PostgreSQL's advisory locks: one counts at a time

REVIEWED = f"""
SELECT video_id, business_line_id, tag_id FROM {standing.LABELS} given
WHERE source = 'review' AND (%(line)s::bigint IS NULL OR business_line_id = %(line)s)
"""  # noqa: S608  # constants
# What an editor decided stays decided; only the counts follow.
STORE = """
INSERT INTO taxonomy_ruleproposal (kind, subject_id, other_id, business_line_id, state, sets, subject_sets, other_sets,
    together, expected, bound, strength, counted_at)
SELECT kind, subject, nullif(other, 0), %(line)s, 'open', sets, subject_sets, other_sets, together, expected, bound,
    strength, now()
FROM unnest(%(kind)s::text[], %(subject)s::bigint[], %(other)s::bigint[], %(sets)s::int[], %(subject_sets)s::int[],
    %(other_sets)s::int[], %(together)s::int[], %(expected)s::float8[], %(bound)s::float8[], %(strength)s::float8[])
    AS found(kind, subject, other, sets, subject_sets, other_sets, together, expected, bound, strength)
ON CONFLICT (kind, subject_id, other_id, business_line_id) DO UPDATE SET sets = excluded.sets,
    subject_sets = excluded.subject_sets, other_sets = excluded.other_sets, together = excluded.together,
    expected = excluded.expected, bound = excluded.bound, strength = excluded.strength, counted_at = now()
"""
FORGET = """
DELETE FROM taxonomy_ruleproposal
WHERE state = 'open' AND business_line_id IS NOT DISTINCT FROM %(line)s::bigint
  AND (kind, subject_id, coalesce(other_id, 0)) NOT IN (
    SELECT * FROM unnest(%(kind)s::text[], %(subject)s::bigint[], %(other)s::bigint[]))
"""


def mine(line: BusinessLine | None = None) -> int:
    """Propose what reviewers never or always put together, for one line or for all. Returns how many are open.

    Open proposals that the reviews no longer speak for are dropped. A constant number of queries.
    """
    sets, tags = _reviewed(line)
    found = rule_mining.mine(sets, tags, _paths(tags))
    book = rulebook.load(line=line.pk if line else None)
    fresh = [finding for finding in found if not _known(finding, book)]
    kinds = [kind for kind, _label in RuleProposal.Kind.choices]
    kept = [finding for kind in kinds for finding in [f for f in fresh if f.kind == kind][:MOST]]
    with transaction.atomic():
        _store(kept, line)
        return RuleProposal.objects.open().filter(business_line=line).count()


def _reviewed(line: BusinessLine | None) -> tuple[rule_mining.Numbers, rule_mining.Numbers]:
    with connection.cursor() as cursor:
        cursor.execute(REVIEWED, {"line": line.pk if line else None})
        videos, lines, tags = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 3).T
    return videos * (lines.max(initial=0) + 1) + lines, tags  # one set a video and line


def _paths(tags: rule_mining.Numbers) -> Paths:
    """Each tag, and each of its ancestors, with the way up."""
    parent: dict[int, int] = dict(Tag.objects.filter(parent__isnull=False).values_list("pk", "parent_id"))  # type: ignore[arg-type]
    paths: dict[int, tuple[int, ...]] = {}

    def path(tag: int) -> tuple[int, ...]:
        if tag not in paths:
            paths[tag] = (tag, *path(parent[tag])) if tag in parent else (tag,)
        return paths[tag]

    for tag in np.unique(tags).tolist():
        path(tag)
    return paths


def _known(finding: Finding, book: RuleBook) -> bool:
    """Whether the rules say so already."""
    if finding.subject not in book or (finding.other is not None and finding.other not in book):
        return True  # not published: nobody may use it
    about = book.rules_about(finding.subject)
    if finding.kind == "at_most_one_child":
        return any(rule.kind == "at_most_one_child" and rule.subject == finding.subject for rule in about)
    assert finding.other is not None
    if finding.kind == "excludes":
        pair = {finding.subject, finding.other}
        return any(c.reason in {"excludes", "at_most_one_child"} for c in book.conflicts(pair))
    above = book.path(finding.subject)
    needs = [rule for rule in about if rule.kind == "requires" and rule.subject in above]
    return any(all(finding.other in book.path(other) for other in rule.others) for rule in needs)


def _store(found: Sequence[Finding], line: BusinessLine | None) -> None:
    columns: dict[str, Any] = {
        name: [getattr(finding, name) for finding in found]
        for name in ("kind", "subject", "sets", "subject_sets", "other_sets", "together", "expected", "bound")
    }
    columns["other"] = [finding.other or 0 for finding in found]
    columns["strength"] = [f.subject_sets if f.kind == "requires" else f.expected for f in found]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for statement in (STORE, FORGET):
            cursor.execute(statement, columns | {"line": line.pk if line else None})
