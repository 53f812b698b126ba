"""Pages of figures about the work, and the data behind them as files."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from annotation.quality import fold, scope
from annotation.quality.pages import PAGES
from ml.registry.requests import SignedIn


@require_safe
@login_required
@permission_required("annotation.view_quality", raise_exception=True)
def figures(request: SignedIn, page: str) -> HttpResponse:
    """`?line=<slug>&period=4|13|all`; what else a page may be asked is in its module."""
    chosen = scope.chosen(request.user, request.GET)
    fold.freshen()  # who looks sees what was done to this moment
    title, read = PAGES[page]
    tabs = [(slug, name) for slug, (name, _read) in PAGES.items()]
    content = {"scope": chosen, "periods": scope.PERIODS, "here": page, "title": title, "tabs": tabs}
    return render(request, f"annotation/quality_{page}.html", content | read(chosen, request.GET))


@require_safe
@login_required
@permission_required("annotation.view_quality", raise_exception=True)
def download(request: SignedIn, page: str, table: str) -> HttpResponse:
    """One table of a page as CSV, whole."""
    if page not in PAGES:
        raise Http404
    fold.freshen()
    found = PAGES[page][1](scope.chosen(request.user, request.GET), request.GET, whole=True)["tables"].get(table)
    if found is None:
        raise Http404
    name = f'attachment; filename="{page}-{table}-{localdate():%Y-%m-%d}.csv"'
    return HttpResponse(found.csv(), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
