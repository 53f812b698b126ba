"""Clips and their pictures, for people who may see videos."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from tagging import byte_ranges, clips
from tagging.media_storage import StoredFile
from tagging.models import Video


@require_safe
@login_required
@permission_required("tagging.view_video", raise_exception=True)
def media(request: HttpRequest, pk: int, part: str) -> HttpResponseBase:
    """`part` is clip, poster or filmstrip. The path comes from the media's row, never from the address."""
    video = get_object_or_404(Video.objects.filter(media__isnull=False).select_related("media"), pk=pk)
    assert video.media is not None
    path = {"clip": video.media.path, "poster": video.media.poster, "filmstrip": video.media.filmstrip}[part]
    etag = f"{video.media.content_hash[:32]}-{part}"
    try:
        return byte_ranges.respond(request, StoredFile(path), clips.content_type(path), etag)
    except FileNotFoundError as error:
        raise Http404 from error
