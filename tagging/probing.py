"""Use case: examine the media of videos that came in, each by one worker, again by another when that one dies."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_noop as _

from ml.media import MediaError
from tagging import clips, fetching, folders, staging
from tagging.models import Media, RowError, Video

LEASE = 15 * 60  # seconds; longer than fetching and decoding the largest file takes

CLAIM = """
    UPDATE tagging_video SET probing_until = now() + make_interval(secs => %s)
    WHERE id = (
        SELECT id FROM tagging_video
        WHERE media_state = 'pending' AND (probing_until IS NULL OR probing_until < now())
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""


def examine_waiting(seconds: float | None = None) -> int:
    """Examine one video after another until none waits, or `seconds` are over. The number examined."""
    start, count = time.monotonic(), 0
    while (seconds is None or time.monotonic() - start < seconds) and (video := claim()):
        examine(video)
        count += 1
    return count


def waiting() -> bool:
    """Whether there is media to examine, by us or by another worker."""
    return Video.objects.filter(media_state=Video.MediaState.PENDING).exists()


def claim() -> Video | None:
    """The next video whose media nobody examines."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE])
        row = cursor.fetchone()
    return Video.objects.select_related("imported_by").get(pk=row[0]) if row else None


def examine(video: Video) -> None:
    """Store the video's media, or say why it has none. Errors of our own machine are raised: then it stays waiting."""
    try:
        media = _media(video)
    except (MediaError, fetching.FetchError, folders.OutsideFolder) as error:
        if _settle(video, media_state=Video.MediaState.BROKEN, media_error=str(error)):
            staging.media_problem(video, str(error))
    else:
        _settle(video, media_state=Video.MediaState.READY, media=media, media_error="")


def again(video: Video) -> bool:
    """Examine a broken video's media once more: the file may be there now."""
    broken = Video.objects.filter(pk=video.pk, media_state=Video.MediaState.BROKEN)
    with transaction.atomic():
        if video.import_line is not None:
            RowError.objects.filter(imported_by=video.imported_by_id, line=video.import_line, field="media").delete()
        return bool(broken.update(media_state=Video.MediaState.PENDING, probing_until=None))


def _media(video: Video) -> Media:
    if fetching.is_url(video.media_source):
        with clips.incoming() as file:
            with file.open("wb") as opened:
                fetching.fetch(video.media_source, opened, settings.MEDIA_MAX_BYTES)
            return clips.keep(file)
    if video.imported_by is None or not video.imported_by.media_folder:
        raise MediaError(_("The import has no media folder."))
    return clips.store(folders.inside(Path(video.imported_by.media_folder), video.media_source))


def _settle(video: Video, **values: object) -> bool:
    """Once: whoever comes second, after its lease ran out, changes nothing."""
    waiting = Video.objects.filter(pk=video.pk, media_state=Video.MediaState.PENDING)
    return bool(waiting.update(probing_until=None, **values))
