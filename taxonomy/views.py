"""The taxonomy to read, to import, to export, and as the file that browsers keep."""

from __future__ import annotations

import gzip
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from taxonomy import guidelines, search, versions, wording
from taxonomy.exchange import csv, importing
from taxonomy.exchange.rows import Problem, Refused
from taxonomy.forms import ImportForm
from taxonomy.models import BusinessLine, Tag, TaxonomyVersion
from taxonomy.tree import tree

YEAR = 31_536_000  # seconds
FOUND = 50


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    """The tree, or what was searched for."""
    query = request.GET.get("q", "")[:200].strip()
    content: dict[str, Any] = {"query": query, "version": versions.current()}
    content |= {"found": search.search(query, FOUND)} if query else {"tree": tree()}
    return render(request, "taxonomy/tree.html", content)


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """One tag: names, place, rules, and what it means for each business line."""
    shown = get_object_or_404(Tag.objects.select_related("merged_into"), pk=pk)
    above = search.ancestry([pk])
    children = list(shown.children.exclude(state=Tag.State.MERGED))
    path = [shown]
    while path[0].parent_id is not None:
        path.insert(0, above[path[0].parent_id])
    names = {each.pk: each.name for each in (*path, *children)} | search.preferred([*above, *(c.pk for c in children)])
    texts = [(line, guidelines.texts([pk], line.pk if line else None).get(pk)) for line in _lines()]
    content = {
        "tag": shown,
        "name": names[pk],
        "names": shown.names.all(),
        "path": [(each.pk, names[each.pk]) for each in path[:-1]],
        "children": [(each, names[each.pk]) for each in children],
        "rules": wording.rules_about(above),
        "texts": texts,
    }
    return render(request, "taxonomy/tag.html", content)


def _lines() -> list[BusinessLine | None]:
    """The general guideline stands first, as None."""
    return [None, *BusinessLine.objects.all()]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("taxonomy.change_tag", raise_exception=True)
def import_(request: HttpRequest) -> HttpResponse:
    """Upload a file; the report, or the reasons why nothing was imported, stand on the same page."""
    form = ImportForm(request.POST or None, request.FILES or None)
    report: importing.Report | None = None
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            read = csv.read(told["tags"], told["rules"])
            report = importing.run(read, comment=told["comment"], author=request.user, dry_run=told["dry_run"])  # type: ignore[arg-type]
        except Refused as refusal:
            problems = refusal.problems
    content = {"form": form, "report": report, "problems": problems}
    return render(request, "taxonomy/import.html", content, status=422 if problems or form.errors else 200)


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
def export(request: HttpRequest, what: str) -> StreamingHttpResponse:
    """Tags or rules as the file that an import reads."""
    lines = {"tags": csv.write_tags, "rules": csv.write_rules}[what]()
    headers = {"Content-Disposition": f'attachment; filename="{what}.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
@never_cache
def current_file(request: HttpRequest) -> HttpResponse:
    """Where the newest version's file is."""
    version = versions.current()
    if version is None:
        raise Http404
    return redirect("taxonomy:file", number=version.number, digest=version.digest)


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
def file(request: HttpRequest, number: int, digest: str) -> HttpResponse:
    """A version as JSON, compressed as it is stored. Its address names its content, so it is fetched once."""
    version = get_object_or_404(TaxonomyVersion, number=number, digest=digest)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(bytes(version.content), headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(version.content))
    response["Content-Type"] = "application/json"
    response["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
