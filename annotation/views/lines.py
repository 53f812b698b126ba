"""Which business line a person works for now: chosen once, remembered in the session."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest

from annotation import figures
from taxonomy.models import BusinessLine


def chosen(request: HttpRequest) -> BusinessLine | None:
    """The line named in the address (404 when it is not this person's), else the one of last time, else the first."""
    lines = list(BusinessLine.objects.of(request.user))
    slug = request.GET.get("line")
    if slug:
        line = next((line for line in lines if line.slug == slug), None)
        if line is None:
            raise Http404
        if request.session.get("line") != slug:  # a session is written only when it changes
            request.session["line"] = slug
        return line
    remembered = [line for line in lines if line.slug == request.session.get("line")]
    return (remembered or lines or [None])[0]


def header(request: HttpRequest, line: BusinessLine) -> dict[str, Any]:
    """What the bar at the top of the review page shows."""
    return {"line": line, "lines": BusinessLine.objects.of(request.user), "stats": figures.own(request.user, line)}
