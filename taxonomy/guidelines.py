"""What tags mean for a business line, as safe HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from markdown_it import MarkdownIt

from taxonomy import body_languages
from taxonomy.edition import Edition
from taxonomy.models import Guideline
from taxonomy.search import ancestry

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Text:
    """The guideline that holds for a tag."""

    tag: int  # whose it is: the tag itself, or the ancestor it falls back to
    line: int | None  # None: the general one
    version: int
    since: datetime
    html: SafeString
    pk: int
    examples: tuple[int, ...] = ()  # ids of videos that show the tag
    counter_examples: tuple[int, ...] = ()  # and of those that do not, though one might think so
    asked: int = 0  # the newest version that reviewers are to confirm; 0: none


def texts(tags: Iterable[int], line: int | None, edition: Edition | None = None) -> dict[int, Text]:
    """The newest guideline of each tag: the line's own, else the general one, else the nearest ancestor's.

    An empty text ends a guideline: what comes next holds.
    Tags without any are left out. Two queries, however many tags; none for tags that were asked for in this edition
    and language.
    """
    wanted = set(tags)
    known = _known(edition, line, get_language()) if edition else {}
    if unknown := wanted - known.keys():
        known.update(dict.fromkeys(unknown) | _look_up(unknown, line))
    return {tag: text for tag in wanted if (text := known[tag])}


@lru_cache(maxsize=64)
def _known(edition: Edition, line: int | None, language: str | None) -> dict[int, Text | None]:
    """What was looked up in this process, filled by `texts`."""
    return {}


def _look_up(wanted: set[int], line: int | None) -> dict[int, Text]:
    tree = ancestry(wanted)
    own = _newest(tree, line)
    found = {}
    for tag in wanted & tree.keys():
        node: int | None = tag
        while node is not None:
            rows = (own.get((node, line)), own.get((node, None)))
            row = next((row for row in rows if row and row.body), None)
            if row:
                found[tag] = _text(row)
                break
            node = tree[node].parent_id
    return found


def _newest(tags: Iterable[int], line: int | None) -> dict[tuple[int, int | None], Guideline]:
    query = """
        SELECT DISTINCT ON (tag_id, business_line_id) *,
            max(version) FILTER (WHERE confirm) OVER (PARTITION BY tag_id, business_line_id) AS asked
        FROM taxonomy_guideline
        WHERE tag_id = ANY(%s) AND (business_line_id = %s OR business_line_id IS NULL)
        ORDER BY tag_id, business_line_id, version DESC
    """
    newest = Guideline.objects.raw(query, [list(tags), line])
    return {(row.tag_id, row.business_line_id): row for row in newest if row.body}


def _text(row: Guideline) -> Text:
    body = body_languages.of(row.body, get_language())
    asked = getattr(row, "asked", None) or 0
    shown = tuple(row.examples), tuple(row.counter_examples)
    return Text(row.tag_id, row.business_line_id, row.version, row.created_at, html(body), row.pk, *shown, asked)


@lru_cache(maxsize=4096)
def html(markdown: str) -> SafeString:
    """Markdown as HTML that cannot do harm: raw HTML is shown as text, and what is left is sanitised."""
    return SafeString(nh3.clean(_MARKDOWN.render(markdown)))
