"""Export of 10,000 reviewed videos as JSONL: seconds, and whether memory stays flat."""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser, Namespace
from time import perf_counter

from benchmarks.reviewing import content
from benchmarks.site import gunicorn

CHILD = """
import resource, sys
import django
django.setup()
from annotation import exports
from taxonomy.models import BusinessLine
lines = list(BusinessLine.objects.all())
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
size = sum(len(part) for part in exports.jsonl(lines))
print(size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--videos", type=int, nargs="+", default=[10_000, 100_000])


def run(options: Namespace) -> dict[str, object]:
    figures: dict[str, object] = {"bound_seconds": 2}
    biggest = max(options.videos)
    made = content.make(biggest, 0, 1)
    done = 0
    for count in sorted(options.videos):
        _review(made, count - done)
        done = count
        figures[f"{count}"] = _measure(made)
        print(f"{count:>9,}: {figures[str(count)]}", file=sys.stderr, flush=True)
    return figures


def _measure(made: content.Content) -> dict[str, float]:
    """Seconds through HTTP; growth of memory in a process of its own."""
    from benchmarks.reviewing.client import Reviewer

    with gunicorn(workers=1) as address:
        admin = Reviewer(address, made.cookies[0], made.line.slug)
        admin.ask("GET", "/people/")  # the server's first request loads the product
        start = perf_counter()
        status, text, _seconds = admin.ask("GET", f"/export/?line={made.line.slug}")
        seconds = perf_counter() - start
    assert status == 200, text[:200]
    child = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)
    size, grown = child.stdout.split()
    unit = 1024 if sys.platform != "darwin" else 1
    return {
        "rows": text.count("\n"),
        "seconds": round(seconds, 2),
        "megabytes": round(int(size) / 2**20, 1),
        "memory_grown_mb": round(int(grown) * unit / 2**20, 1),
    }


def _review(made: content.Content, count: int) -> None:
    """`count` more reviewed videos, all tags of their suggestions accepted; set-based, for speed."""
    from django.contrib.auth.models import Group, User
    from django.db import connection

    reviewer = User.objects.get(username="reviewer-0")
    reviewer.groups.add(Group.objects.get(name="admin"))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS imported_tags (video_id bigint, tag_id bigint);TRUNCATE imported_tags"
        )
        cursor.execute(
            "DELETE FROM annotation_reviewtask WHERE state = 'waiting' AND id IN"
            " (SELECT id FROM annotation_reviewtask WHERE state = 'waiting' ORDER BY id LIMIT %s) RETURNING video_id",
            [count],
        )
        videos = [video for (video,) in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO imported_tags SELECT s.video_id, g.tag_id FROM tagging_suggestionset s"
            " JOIN tagging_suggestion g ON g.suggestion_set_id = s.id WHERE s.video_id = ANY(%s)",
            [videos],
        )
        from annotation import imported_reviews

        imported_reviews.record(made.line)
        cursor.execute("VACUUM ANALYZE")
