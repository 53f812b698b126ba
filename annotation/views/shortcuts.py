"""The keys of the review page: everybody's list, and one's own."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from annotation import shortcuts
from annotation.views.permissions import reviewer_only
from ml.registry.requests import SignedIn


@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """The list of keys, the reader's own where they have some."""
    return render(request, "keys.html", {"shortcuts": shortcuts.table(request.user)})


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@reviewer_only
def mine(request: SignedIn) -> HttpResponse:
    """Change one's own keys, or go back to everybody's."""
    if request.method != "POST":
        return _page(request, {}, {})
    if "reset" in request.POST:
        shortcuts.reset(request.user)
        messages.success(request, _("You have everybody's keys again."))
        return redirect("annotation:own-keys")
    typed = {name[4:]: str(value) for name, value in request.POST.items() if name.startswith("key-")}
    try:
        shortcuts.change(request.user, typed)
    except shortcuts.Refused as refusal:
        return _page(request, typed, refusal.reasons)
    messages.success(request, _("Your keys were changed."))
    return redirect("annotation:own-keys")


def _page(request: SignedIn, typed: dict[str, str], reasons: dict[str, str]) -> HttpResponse:
    rows = shortcuts.table(request.user)
    for row in rows:
        row |= {"key": typed.get(row["name"], row["key"]), "why": reasons.get(row["name"])}
    status = 422 if reasons else 200
    return render(request, "annotation/own_keys.html", {"rows": rows, "refused": reasons}, status=status)
