"""Import of text-only rows: rows a second, and whether memory stays flat from ten thousand to a million rows."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings

from benchmarks.reviewing import content, processes
from taxonomy import versions
from taxonomy.models import BusinessLine, Tag

WORDS = [
    "雨",
    "交通",
    "球赛",
    "做饭",
    "演唱会",
    "夜空",
    "街头",
    "宠物",
    "summer",
    "street",
    "ball",
    "rain",
    "cook",
    "night",
    "hello",
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--tagged", type=int, default=50_000, help="rows with three tags each, which become reviews")
    parser.add_argument("--file", type=Path, help="import this CSV or JSONL instead of made rows")


def run(options: argparse.Namespace) -> dict[str, object]:
    """Each import runs in a fresh process, whose peak memory is its own."""
    with tempfile.TemporaryDirectory() as folder:
        if options.file:
            return {options.file.name: measure(options.file)}
        figures = {}
        for count in options.rows:
            path = Path(folder) / f"{count}.csv"
            write_table(path, count)
            figures[str(count)] = measure(path)
            print(f"{count:>9,} rows: {figures[str(count)]}", file=sys.stderr, flush=True)
        tagged = _tagged(Path(folder) / "tagged.csv", options.tagged)
    load = round(os.getloadavg()[0], 1)
    return {"bound_rows_per_second": 20_000, "rows": figures, "tagged": tagged, "load_average": load}


def _tagged(path: Path, count: int) -> dict[str, float]:
    """Rows with three tags of 800; `cpu_us_a_row` is what one row costs this product and PostgreSQL together."""
    line = BusinessLine.objects.create(slug="recommendation", name="Recommendation")
    leaves = set(content.taxonomy())
    versions.publish()
    codes = [code for pk, code in Tag.objects.values_list("pk", "code") if pk in leaves]
    random_ = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write("video_id,caption,tags\n")
        for number in range(count):
            file.write(f"t{number},{random_.choice(WORDS)} {number},{'|'.join(random_.sample(codes, 3))}\n")
    before = processes.used(processes.postgres())
    figures = measure(path, line.slug)
    seconds = figures["cpu_seconds"] + processes.used(processes.postgres()) - before
    return figures | {"cpu_us_a_row": round(1e6 * seconds / count, 1)}


def write_table(path: Path, count: int) -> None:
    """Rows as uploaders write them: a caption of 5 to 25 words, hashtags, sometimes a cover text; about 150 bytes."""
    random_ = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write("video_id,caption,cover_text,author\n")
        for number in range(count):
            caption = " ".join(random_.choices(WORDS, k=random_.randint(5, 25)))
            cover = " ".join(random_.choices(WORDS, k=4)) if number % 3 == 0 else ""
            file.write(f'v{number},"{caption} #{random_.choice(WORDS)}",{cover},user{number % 5000}\n')


def measure(path: Path, line: str = "") -> dict[str, float]:
    source = f"benchmark-{path.stem}-{time.time_ns()}"[:50]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), source, line],
        capture_output=True,
        text=True,
        env=child_environment(),
        check=False,
    )
    if child.returncode:
        raise RuntimeError(child.stderr)
    return json.loads(child.stdout.splitlines()[-1])


def child_environment() -> dict[str, str]:
    database = settings.DATABASES["default"]
    options = {"host": database["HOST"], **database["OPTIONS"]}
    query = "&".join(f"{key}={value}" for key, value in options.items() if value)
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@:{database['PORT']}/{database['NAME']}?{query}"
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tagging.settings"}


CHILD = """
import django; django.setup()
import json, resource, sys, time
from pathlib import Path
from tagging import intake
from taxonomy.models import BusinessLine
line = BusinessLine.objects.filter(slug=sys.argv[3]).first()
start_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
start, before = time.perf_counter(), time.process_time()
done = intake.run(intake.start(Path(sys.argv[1]), source=sys.argv[2], business_line=line))
seconds = time.perf_counter() - start
cpu = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "imported": done.imported, "failed": done.failed, "seconds": round(seconds, 2),
    "rows_per_second": round(done.position / seconds), "cpu_seconds": round(time.process_time() - before, 2),
    "peak_rss_mb": round(cpu.ru_maxrss / 1024), "rss_before_mb": round(start_memory),
}))
"""
