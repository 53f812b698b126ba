"""Write reviewed videos with their tags to a file or to the standard output: JSONL, or CSV."""

import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import make_aware

from annotation import exports
from taxonomy.models import BusinessLine


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--line", action="append", default=[], metavar="SLUG", help="business line; repeatable")
        parser.add_argument("--format", choices=list(exports.FORMATS), default="jsonl")
        parser.add_argument("--since", metavar="DATE", help="only what was reviewed on or after this day or moment")
        parser.add_argument("--output", type=Path, help="file to write; the standard output without it")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = BusinessLine.objects.all()
        if slugs := set(options["line"]):
            lines = lines.filter(slug__in=slugs)
            if unknown := slugs - {line.slug for line in lines}:
                known = ", ".join(BusinessLine.objects.values_list("slug", flat=True))
                raise CommandError(f"unknown business line {', '.join(sorted(unknown))}; known: {known}")
        rows, _content_type = exports.FORMATS[options["format"]]
        parts = rows(list(lines), since=_moment(options["since"]))
        if options["output"]:
            with options["output"].open("wb") as file:
                file.writelines(parts)
        else:
            sys.stdout.buffer.writelines(parts)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = parse_datetime(text)
    if moment is None and (day := parse_date(text)):
        moment = datetime(day.year, day.month, day.day)  # made aware below
    if moment is None:
        raise CommandError(f"{text!r} is not a date like 2026-01-31")
    return moment if moment.tzinfo else make_aware(moment)
