"""Clips for a guideline to point to: reviewed ones that have a tag, or that lack it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ml.registry.requests import SignedIn
from tagging.models import Video, VideoTag
from taxonomy.guideline_forms import clips

FOUND = 12

editors = permission_required("taxonomy.change_guideline", raise_exception=True)


@require_safe
@login_required
@editors
def found(request: SignedIn) -> HttpResponse:
    """The newest reviewed clips that have the tag (`has=1`) or lack it, with the words in their title."""
    asked = request.GET
    has = asked.get("has", "1") == "1"
    videos = _reviewed(asked.get("tag", ""), asked.get("line", ""), asked.get("q", "")[:200].strip(), has=has)
    return render(request, "tagging/_guideline_clips.html", {"videos": videos[:FOUND], "has": has})


@require_safe
@login_required
@editors
def picked(request: SignedIn) -> HttpResponse:
    """Clips that were chosen before, in their order; those that are gone are left out."""
    ids = clips(request.GET, "id")
    videos = Video.objects.in_bulk(ids)
    name = "counter_examples" if request.GET.get("name") == "counter_examples" else "examples"
    content = {"videos": [videos[pk] for pk in ids if pk in videos], "name": name}
    return render(request, "tagging/_picked_clips.html", content)


def _reviewed(tag: str, line: str, words: str, *, has: bool) -> QuerySet[Video]:
    # Labels of what was merged into the tag may wait to be carried.
    named = Q(tag__code=tag) | Q(tag__merged_into__code=tag)
    given = VideoTag.objects.filter(named, video=OuterRef("pk"), source=VideoTag.Source.REVIEW)
    if line:
        given = given.filter(business_line__slug=line)
    videos = Video.objects.exclude(reviewed_at=None).filter(Exists(given) if has else ~Exists(given))
    if words:
        videos = videos.filter(title__icontains=words)
    return videos.order_by("-pk")
