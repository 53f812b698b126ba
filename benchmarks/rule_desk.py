"""What an editor waits for while writing a rule over a million stored labels, and what mining them takes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

# Labels follow a steep curve, as real ones do: a few tags stand on a tenth of the videos, most on a handful.
CATEGORIES = """
INSERT INTO taxonomy_tag (code, name, kind, state, assignable, position, parent_id, parent_depth)
SELECT 'c' || n, 'Category ' || n, 'category', 'active', true, n,
    CASE WHEN n > 20 THEN (SELECT id FROM taxonomy_tag WHERE code = 'c' || (n / 20)) END,
    CASE WHEN n > 20 THEN %s::smallint END
FROM generate_series(%s::int, %s::int) n
"""
VIDEOS = """
INSERT INTO tagging_video (source, external_id, title, description, cover_text, uploader, program, media_source)
SELECT 'bench', n, 'Video ' || n, '', '', '', '', '' FROM generate_series(1, %s) n
"""
LABELS = """
WITH drawn AS MATERIALIZED (
    SELECT (1 + (n * 7919::bigint) %% %s)::text AS video, 'c' || (1 + floor(%s * power(random(), 4))::int) AS code
    FROM generate_series(1, %s) n
)
INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source)
SELECT video.id, %s, tag.id, 'review'
FROM drawn JOIN tagging_video video ON video.external_id = drawn.video JOIN taxonomy_tag tag ON tag.code = drawn.code
ON CONFLICT DO NOTHING
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--tags", type=int, default=7_000)


def run(options: Namespace) -> dict[str, object]:
    """Seconds of the clock for the database's work, of the processor for ours."""
    from annotation import mined_rules
    from tagging import rule_breaks
    from tagging.models import VideoTag
    from taxonomy import drafts, versions
    from taxonomy.models import Tag
    from taxonomy.rule_desk import RuleDesk
    from taxonomy.rules import Rule

    _fill(options)
    versions.publish()
    tag = dict(Tag.objects.values_list("code", "pk"))
    tried = {
        "two roots": Rule(0, "excludes", tag["c1"], (tag["c2"],)),
        "two leaves": Rule(0, "excludes", tag["c500"], (tag["c900"],)),
        "a root needs another": Rule(0, "requires", tag["c1"], (tag["c2"],)),
        "one child of a root": Rule(0, "at_most_one_child", tag["c1"]),
    }
    figures: dict[str, object] = {"labels": VideoTag.objects.count(), "tags": len(tag), "bound_s": 2}
    for name, rule in tried.items():
        broken, seconds = _timed(lambda rule=rule: rule_breaks.of(rule))
        figures[name] = {"broken": broken.sets, "s": seconds}
    draft = drafts.empty()
    _told, figures["contradictions_s"] = _timed(lambda: RuleDesk(draft, {}).contradictions())
    before = process_time()
    figures["proposed"], figures["mining_s"] = _timed(mined_rules.mine)
    return figures | {"mining_cpu_s": round(process_time() - before, 2)}


def _timed(act: Callable[[], Any], rounds: int = 3) -> tuple[Any, float]:
    times = []
    for _ in range(rounds):
        start = perf_counter()
        answer = act()
        times.append(perf_counter() - start)
    return answer, round(sorted(times)[rounds // 2], 3)


def _fill(options: Namespace) -> None:
    from django.db import connection

    from taxonomy.models import BusinessLine

    line, videos = BusinessLine.objects.create(slug="bench", name="Bench"), options.labels // 5
    with connection.cursor() as cursor:
        for depth, first, last in ((None, 1, 20), (1, 21, 400), (2, 420, options.tags)):
            cursor.execute(CATEGORIES, [depth, first, last])
        cursor.execute(VIDEOS, [videos])
        cursor.execute(LABELS, [videos, options.tags, options.labels, line.pk])
        cursor.execute("ANALYZE")
