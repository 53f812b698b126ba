"""HTTP byte ranges (RFC 9110, section 14), so that players seek without loading the whole clip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


class Content(Protocol):
    """What is asked for: its size, and any part of it."""

    @property
    def size(self) -> int: ...

    def blocks(self, first: int, last: int) -> Iterator[bytes]:
        """Bytes `first` to `last`, both included. Raises FileNotFoundError at the call, not at the first block."""
        ...


class Unsatisfiable(ValueError):
    """The range begins behind the end of the file."""


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a Range header; None for what may be ignored: no range, several, or nonsense."""
    match = _ONE_RANGE.fullmatch(header.replace(" ", ""))
    if not match or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:
        length = min(int(last), size)
        if not length:
            raise Unsatisfiable
        return size - length, size - 1
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, end


def respond(request: HttpRequest, content: Content, content_type: str, etag: str) -> HttpResponseBase:
    """All of it, a part of it, 304 or 416. Raises FileNotFoundError."""
    size = content.size
    quoted = f'"{etag}"'
    unchanged = get_conditional_response(request, etag=quoted)
    if unchanged is not None:
        return unchanged
    header = request.headers.get("Range", "") if request.headers.get("If-Range", quoted) == quoted else ""
    try:
        part = wanted(header, size)
    except Unsatisfiable:
        response: HttpResponseBase = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
    else:
        response = _blocks(content, *(part or (0, size - 1)))
        if part:
            response.status_code = 206
            response["Content-Range"] = f"bytes {part[0]}-{part[1]}/{size}"
        response["Content-Type"] = content_type
        response["Content-Disposition"] = "inline"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = quoted
    # Only for who asked: the view has checked that this person may see it.
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _blocks(content: Content, first: int, last: int) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content.blocks(first, last))
    response["Content-Length"] = str(last - first + 1)
    return response
