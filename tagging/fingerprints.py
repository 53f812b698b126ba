"""Fingerprints of the clips of videos, by which copies are known. New media get theirs when they are examined."""

from __future__ import annotations

from collections.abc import Sequence

from ml.media import MediaError, fingerprints
from ml.media.fingerprints import Fingerprint
from tagging.clips import StoredClip
from tagging.models import Media, MediaFingerprint, Video


def of(videos: Sequence[int]) -> dict[int, Fingerprint]:
    """By video; of those whose media have one."""
    rows = Video.objects.filter(pk__in=videos, media__fingerprint__isnull=False)
    known = rows.values_list("pk", "media__fingerprint__views")
    return {video: fingerprints.from_bytes(bytes(views)) for video, views in known}


def complete(videos: Sequence[int], most: int) -> int:
    """Make up to `most` that are lacking, of media that came in before there were any; returns how many were made.

    What cannot be read any more gets an empty one, so that it is not tried again and again.
    """
    lacking = Media.objects.filter(videos__in=videos, fingerprint__isnull=True).order_by("pk").distinct()[:most]
    for media in lacking:
        try:
            with StoredClip(media.path).fetched() as file:
                views = fingerprints.to_bytes(fingerprints.fingerprint(file))
        except (MediaError, FileNotFoundError):
            views = b""
        MediaFingerprint.objects.get_or_create(media=media, defaults={"views": views})
    return len(lacking)
