"""Where rows say their media lie: what may be refused before anything is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_noop as _

from tagging import fetching
from tagging.rows import Problem, Row, problem


def allowed(records: Iterable[Row | Problem], folder: str) -> Iterator[Row | Problem]:
    """The records, with rows whose media could never be read made problems.

    What really lies at a path, links followed, is looked at when the clip is examined.
    """
    for record in records:
        if isinstance(record, Row) and record.media and (reason := _objection(record.media, folder)):
            yield problem(record.line, "media", reason, record.media)
        else:
            yield record


def _objection(media: str, folder: str) -> str:
    if fetching.is_url(media):
        return "" if fetching.allowed(media) else _("Media are not fetched from this address.")
    if not folder:
        return _("The import has no media folder.")
    if media.startswith(("/", "\\")) or ".." in media.replace("\\", "/").split("/"):
        return _("The path leaves the media folder.")
    return ""
