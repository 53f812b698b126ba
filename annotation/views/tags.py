"""The part of a tag's page that tells how the tag fares."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotation import tag_figures
from ml.registry.requests import SignedIn
from tagging import veils
from taxonomy.models import Tag


@require_safe
@login_required
@permission_required("tagging.view_video", raise_exception=True)
def figures(request: SignedIn, pk: int) -> HttpResponse:
    tag = get_object_or_404(Tag.objects.only("pk", "code"), pk=pk)
    content = {
        "tag": tag,
        "figures": tag_figures.load(pk, tag_figures.lines_of(request.user), veils.unsaid(request.user)),
    }
    return render(request, "annotation/_tag_figures.html", content)
