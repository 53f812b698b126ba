"""The part of a tag's page that tells how the tag fares."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotation import tag_figures
from ml.registry.requests import SignedIn
from taxonomy.models import BusinessLine, Tag


@require_safe
@login_required
@permission_required("tagging.view_video", raise_exception=True)
def figures(request: SignedIn, pk: int) -> HttpResponse:
    """Editors change a tag for every business line, so they are told of all; others of their own lines."""
    tag = get_object_or_404(Tag.objects.only("pk", "code"), pk=pk)
    editing = request.user.has_perm("taxonomy.change_tag")
    lines = BusinessLine.objects.all() if editing else BusinessLine.objects.of(request.user)
    content = {"tag": tag, "figures": tag_figures.load(pk, lines)}
    return render(request, "annotation/_tag_figures.html", content)
