"""Which stored tag sets a rule would break: what videos have now, held against one rule that may not even exist yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tagging.models import Video, VideoTag
from taxonomy.models import BusinessLine, Tag
from taxonomy.rules import Rule
from taxonomy.search import ancestry, preferred

EXAMPLES = 6  # clips shown

# A rule becomes rows of (part, side, tag). Of excludes each pair is a part with two sides; of at_most_one_child each
# child is a side; of requires the subject is side 0 and what it needs is side 1.
BROKEN = """
WITH member AS (
    SELECT * FROM unnest(%(parts)s::int[], %(sides)s::bigint[], %(tags)s::bigint[]) AS m(part, side, tag)
), broken AS MATERIALIZED (
    SELECT DISTINCT given.video_id, given.business_line_id
    FROM tagging_videotag given JOIN member ON member.tag = given.tag_id
    WHERE %(line)s::bigint IS NULL OR given.business_line_id = %(line)s
    GROUP BY given.video_id, given.business_line_id, member.part
    HAVING {condition}
)
SELECT (SELECT count(*) FROM broken), video_id, business_line_id
FROM broken ORDER BY video_id DESC, business_line_id LIMIT %(examples)s
"""
CONDITIONS = {
    "excludes": "min(member.side) <> max(member.side)",
    "at_most_one_child": "min(member.side) <> max(member.side)",
    "requires": "max(member.side) = 0",
}

# Each root with the tags of its branch, itself included, and what was merged into them: labels may wait to be carried.
BRANCHES = """
WITH RECURSIVE branch(root, tag) AS (
    SELECT id, id FROM unnest(%s::bigint[]) AS roots(id)
    UNION ALL
    SELECT branch.root, tag.id FROM branch JOIN taxonomy_tag tag ON tag.parent_id = branch.tag
    WHERE tag.merged_into_id IS NULL
), same(root, tag) AS (
    SELECT * FROM branch
    UNION SELECT same.root, tag.id FROM same JOIN taxonomy_tag tag ON tag.merged_into_id = same.tag
) SELECT root, array_agg(tag) FROM same GROUP BY root
"""


@dataclass(frozen=True)
class Example:
    """A clip whose tags break the rule; `tags` are those the rule speaks of."""

    video: Video
    line: BusinessLine
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Broken:
    sets: int  # tag sets, one a video and business line
    examples: tuple[Example, ...]  # of the newest clips


def live(values: Mapping[str, Any]) -> Rule:
    """The values of an edit as a rule about published tags: no clip has a tag that is not published yet."""
    codes = [values["subject"], *values["others"]]
    ids = dict(Tag.objects.filter(code__in=codes).values_list("code", "pk"))
    line = BusinessLine.objects.filter(slug=values["line"]).values_list("pk", flat=True).first()
    others = tuple(ids[code] for code in values["others"] if code in ids)
    return Rule(0, values["kind"], ids.get(values["subject"], 0), others, line)


def of(rule: Rule, examples: int = EXAMPLES) -> Broken:
    """The stored sets that the rule would break, and some of them. At most 8 queries. A soft rule breaks nothing."""
    if rule.kind not in CONDITIONS:
        return Broken(0, ())
    members = list(_members(rule))
    if not members:
        return Broken(0, ())
    parts, sides, tags = (list(column) for column in zip(*members, strict=True))
    values = {"parts": parts, "sides": sides, "tags": tags, "line": rule.line, "examples": examples}
    with connection.cursor() as cursor:
        cursor.execute(BROKEN.format(condition=CONDITIONS[rule.kind]), values)
        rows = cursor.fetchall()
    found = [(video, line) for _count, video, line in rows]
    return Broken(rows[0][0] if rows else 0, tuple(_examples(found, set(tags))))


def _members(rule: Rule) -> Iterable[tuple[int, int, int]]:
    """Rows of (part, side, tag), see BROKEN."""
    if rule.kind == "at_most_one_child":
        children = Tag.objects.filter(parent=rule.subject, merged_into=None).values_list("pk", flat=True)
        branches = _branches(children)
        return [(0, child, tag) for child, branch in branches.items() for tag in branch]
    branches = _branches([rule.subject, *rule.others])
    if rule.kind == "requires":
        needed = set[int]().union(*(branches.get(other, ()) for other in rule.others))
        return [(0, 0, tag) for tag in branches.get(rule.subject, ())] + [(0, 1, tag) for tag in needed]
    paths = _paths([rule.subject, *rule.others])
    rows: list[tuple[int, int, int]] = []
    for part, other in enumerate(dict.fromkeys(rule.others)):
        for side, branch in enumerate(_sides(rule.subject, other, branches, paths)):
            rows += [(part, side, tag) for tag in branch]
    return rows


def _sides(
    first: int, second: int, branches: Mapping[int, Sequence[int]], paths: Mapping[int, set[int]]
) -> tuple[set[int], set[int]]:
    """The tags that may not stand together; of nested branches the inner one against the rest of the outer one."""
    left, right = set(branches.get(first, ())), set(branches.get(second, ()))
    if first == second or not left or not right:
        return set(), set()
    if first in paths[second]:
        left -= right | paths[second]
    elif second in paths[first]:
        right -= left | paths[first]
    return left, right


def _branches(roots: Iterable[int]) -> dict[int, Sequence[int]]:
    with connection.cursor() as cursor:
        cursor.execute(BRANCHES, [list(dict.fromkeys(roots))])
        return dict(cursor.fetchall())


def _paths(tags: Sequence[int]) -> dict[int, set[int]]:
    """Each tag with its ancestors and itself."""
    tree, paths = ancestry(tags), {}
    for tag in tags:
        node: int | None = tag
        paths[tag] = set[int]()
        while node in tree:
            paths[tag].add(node)
            node = tree[node].parent_id
    return paths


def _examples(found: Sequence[tuple[int, int]], spoken_of: set[int]) -> Iterable[Example]:
    videos = Video.objects.select_related("media").in_bulk([video for video, _line in found])
    lines = BusinessLine.objects.in_bulk([line for _video, line in found])
    rows = VideoTag.objects.filter(video__in=videos).select_related("tag").order_by("tag__name")
    given = [row for row in rows if row.tag_id in spoken_of]
    names = {row.tag_id: row.tag.name for row in given} | preferred({row.tag_id for row in given})
    for video, line in found:
        held = [row.tag_id for row in given if (row.video_id, row.business_line_id) == (video, line)]
        yield Example(videos[video], lines[line], tuple(names[tag] for tag in held))
