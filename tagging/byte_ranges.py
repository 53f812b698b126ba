"""HTTP byte ranges (RFC 9110, section 14), so that players seek without loading the whole clip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

BLOCK = 2**18
_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


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


def respond(request: HttpRequest, path: Path, content_type: str, etag: str) -> HttpResponseBase:
    """The file, a part of it, 304 or 416. Raises FileNotFoundError."""
    size = path.stat().st_size
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
        response = _partial(path, *part, size) if part else FileResponse(path.open("rb"))
        response["Content-Type"] = content_type
        response["Content-Disposition"] = "inline"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = quoted
    # Only for who asked: the view has checked that this person may see it.
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _partial(path: Path, start: int, end: int, size: int) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_blocks(path, start, end), status=206)
    response["Content-Length"] = str(end - start + 1)
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response


def _blocks(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = end - start + 1
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
