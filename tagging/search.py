"""Finding videos by text, tag, state, uploader and source, newest first, at a bounded cost a page.

Chinese text has no spaces, so words are found as parts of the text, which no ordinary index answers; an index over
all parts of all texts would make imports several times slower. So a page looks at the newest WINDOW videos only and
offers to go on from there: each step costs the same however many videos there are, and nothing is left unfound.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import get_language

from ml.registry.models import ModelVersion
from tagging import standing
from tagging.models import SuggestionSet, Video, VideoQuerySet, VideoTag
from taxonomy.models import TagName

PAGE = 48
WINDOW = 50_000
MAX_WORDS = 5
TEXTS = ("title", "description", "cover_text", "uploader", "external_id")

STATES = ("unreviewed", "reviewed", "suggested", "text", "pending", "broken")

SOURCES = """
    WITH RECURSIVE walk AS (
        (SELECT source FROM tagging_video ORDER BY source LIMIT 1)
        UNION ALL
        SELECT (SELECT source FROM tagging_video WHERE source > walk.source ORDER BY source LIMIT 1)
        FROM walk WHERE walk.source IS NOT NULL
    )
    SELECT source FROM walk WHERE source IS NOT NULL LIMIT 50
"""


@dataclass(frozen=True)
class Query:
    """What somebody looks for. Empty parts do not matter."""

    text: str = ""
    tag: int | None = None  # with all tags below it
    state: str = ""  # one of STATES
    uploader: str = ""  # exactly
    source: str = ""  # exactly
    before: int | None = None  # id of the last video of the page before

    @property
    def indexed(self) -> bool:
        """Whether an index leads straight to the videos."""
        rest = self.text or self.source or self.state not in ("", "unreviewed", "pending")
        return bool(self.tag or self.uploader) or not rest


@dataclass(frozen=True)
class Page:
    videos: list[Video]
    next: int | None  # `before` of the next page; None at the end
    partial: bool  # fewer videos than a page holds, because WINDOW ended


def find(query: Query, unsaid: Collection[int] = ()) -> Page:
    """One page. At most seven queries, whatever is asked and found; three more where labels wait to be carried.

    `unsaid` are videos that look as if nobody had said anything of them: see `tagging.veils`.
    """
    videos = Video.objects.order_by("-pk")
    if query.before is not None:
        videos = videos.filter(pk__lt=query.before)
    floor = None
    if not query.indexed:
        floor = videos.values_list("pk", flat=True)[WINDOW : WINDOW + 1].first()
        videos = videos if floor is None else videos.filter(pk__gt=floor)
    shown = (
        _matching(videos, query, unsaid)
        .select_related("media")
        .prefetch_related("video_tags__tag", _names("video_tags__tag__names"))
    )
    found = list(shown[: PAGE + 1])
    standing.follow(found, _names("names"))
    for video in found:
        if video.pk in unsaid:
            video.hush()
    if len(found) > PAGE:
        return Page(found[:PAGE], found[PAGE - 1].pk, partial=False)
    return Page(found, None if floor is None else floor + 1, partial=floor is not None)


def sources() -> list[str]:
    """The sources there are, by a walk over the index from one to the next."""
    with connection.cursor() as cursor:
        cursor.execute(SOURCES)
        return [source for (source,) in cursor.fetchall()]


def _matching(videos: VideoQuerySet, query: Query, unsaid: Collection[int]) -> VideoQuerySet:
    for word in query.text.split()[:MAX_WORDS]:
        anywhere = Q()
        for field in TEXTS:
            anywhere |= Q(**{f"{field}__icontains": word})
        videos = videos.filter(anywhere)
    if query.tag is not None:
        tagged = VideoTag.objects.filter(tag__in=standing.branch(query.tag))
        videos = videos.filter(pk__in=tagged.values("video")).exclude(pk__in=unsaid)
    if query.uploader:
        videos = videos.filter(uploader=query.uploader)
    if query.source:
        videos = videos.filter(source=query.source)
    return _in_state(videos, query.state, unsaid)


def _in_state(videos: VideoQuerySet, state: str, unsaid: Collection[int]) -> VideoQuerySet:
    if state == "unreviewed":
        return videos.filter(Q(reviewed_at=None) | Q(pk__in=unsaid))
    if state == "reviewed":
        return videos.filter(reviewed_at__isnull=False).exclude(pk__in=unsaid)
    if state == "suggested":
        on_duty = ModelVersion.objects.on_duty().values("pk")
        return videos.filter(Exists(SuggestionSet.objects.filter(video=OuterRef("pk"), model_version__in=on_duty)))
    media_state = {"text": "none", "pending": "pending", "broken": "broken"}.get(state)
    return videos.filter(media_state=media_state) if media_state else videos


def _names(lookup: str) -> Prefetch[Any, Any, Any]:
    """`tag.shown`: the tag's name in the reader's language, if it has one."""
    language = (get_language() or "en").split("-")[0]
    names = TagName.objects.filter(preferred=True, language__startswith=language)
    return Prefetch(lookup, names, to_attr="shown")
