"""Qualifying for a line: what is asked, the clips, and afterwards what was right and what the guidelines say."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation.models import GoldClip
from annotation.probes import qualification
from annotation.probes.qualification import Mark
from annotation.tag_labels import labels
from annotation.views.lines import chosen
from annotation.views.permissions import reviewer_only
from ml.registry.requests import SignedIn
from taxonomy import guidelines
from taxonomy.models import BusinessLine


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@reviewer_only
def qualify(request: SignedIn) -> HttpResponse:
    """POST begins an exam; its clips come on the review page like any others."""
    line = chosen(request)
    if line is None:
        return render(request, "annotation/queue_empty.html")
    if request.method == "POST":
        if qualification.start(request.user, line):
            return redirect(reverse("annotation:enter") + f"?line={line.slug}")
        return redirect(reverse("annotation:qualify") + f"?line={line.slug}")
    standing = qualification.standing(request.user, line)
    content: dict[str, Any] = {"line": line, "lines": BusinessLine.objects.of(request.user), "standing": standing}
    if standing.exam and not standing.running:
        content["clips"] = _told(qualification.marks(standing.exam), line)
    return render(request, "annotation/qualification.html", content)


def _told(clips: list[tuple[GoldClip, list[Mark]]], line: BusinessLine) -> list[dict[str, Any]]:
    """Each clip with its tags by name; of what was wrong also the guideline."""
    known = labels({mark.tag for _clip, marks in clips for mark in marks})
    texts = guidelines.texts({mark.tag for _clip, marks in clips for mark in marks if not mark.right}, line.pk)
    return [
        {
            "clip": clip,
            "right": all(mark.right for mark in marks),
            "marks": [(mark, known[mark.tag], texts.get(mark.tag)) for mark in marks if mark.tag in known],
        }
        for clip, marks in clips
    ]
