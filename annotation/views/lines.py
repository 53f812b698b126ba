"""Which business line a person works for now: chosen once, remembered in the session."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from annotation import figures
from annotation.agreement import comments
from ml.registry.requests import SignedIn
from taxonomy.models import BusinessLine


def chosen(request: SignedIn) -> BusinessLine | None:
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
    return next(iter(remembered or lines), None)


def header(request: SignedIn, line: BusinessLine) -> dict[str, Any]:
    """What the bar at the top of the review page shows."""
    return {
        "line": line,
        "lines": BusinessLine.objects.of(request.user),
        "stats": figures.own(request.user, line),
        "news": comments.news(request.user),
    }
