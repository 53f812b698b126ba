"""The taxonomy to import, to export, and as the file that browsers keep."""

from __future__ import annotations

import gzip

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from taxonomy import versions
from taxonomy.exchange import exports, importing
from taxonomy.exchange.report import Report
from taxonomy.exchange.rows import Problem, Refused
from taxonomy.forms import ImportForm
from taxonomy.models import TaxonomyVersion

YEAR = 31_536_000  # seconds


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("taxonomy.change_tag", raise_exception=True)
def import_(request: HttpRequest) -> HttpResponse:
    """Upload a file; the report, or the reasons why nothing was imported, stand on the same page."""
    form = ImportForm(request.POST or None, request.FILES or None)
    report: Report | None = None
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            file, rules = told.pop("tags"), told.pop("rules")
            report = importing.run_file(file, told.pop("form"), rules=rules, author=request.user, **told)
        except Refused as refusal:
            problems = refusal.problems
    content = {"form": form, "report": report, "problems": problems}
    return render(request, "taxonomy/import.html", content, status=422 if problems or form.errors else 200)


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
def export(request: HttpRequest, what: str) -> StreamingHttpResponse:
    """Tags or rules as the file that an import reads."""
    return exports.download(f"{what}.csv")


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
def export_whole(request: HttpRequest, ending: str) -> StreamingHttpResponse:
    """All of it in one file: SKOS in one of its syntaxes, or the JSON of the newest version."""
    return exports.download(ending)


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
    return packed(request, bytes(version.content))


def packed(request: HttpRequest, content: bytes) -> HttpResponse:
    """Gzipped JSON as the answer to who asked for an address that names its content."""
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(content, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(content))
    response["Content-Type"] = "application/json"
    response["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
