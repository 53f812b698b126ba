"""Reviewed videos as a file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from annotation import exports
from taxonomy.models import BusinessLine


@require_GET
@login_required
@permission_required("annotation.view_review", raise_exception=True)
def export(request: HttpRequest) -> StreamingHttpResponse:
    """`?format=jsonl|csv&line=<slug>` (no line: all of this person's)."""
    lines = BusinessLine.objects.of(request.user)
    if slug := request.GET.get("line"):
        lines = lines.filter(slug=slug)
    kind = request.GET.get("format", "jsonl")
    if kind not in exports.FORMATS or not lines:
        raise Http404
    return stream(list(lines), kind)


def stream(lines: list[BusinessLine], kind: str) -> StreamingHttpResponse:
    rows, content_type = exports.FORMATS[kind]
    name = f'attachment; filename="reviewed-{localdate():%Y-%m-%d}.{kind}"'
    return StreamingHttpResponse(rows(lines), content_type=content_type, headers={"Content-Disposition": name})
