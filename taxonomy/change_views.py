"""Change sets and versions as pages: look, preview, decide, take back."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taxonomy import change_page, changes, impact, publishing
from taxonomy.edit_words import not_possible
from taxonomy.forms import CompareForm, DescriptionForm
from taxonomy.models import ChangeSet, TaxonomyVersion

PAGE = 30

# Step of a set's life -> what one has to be allowed, and the use case.
STEPS: dict[str, tuple[str, Callable[[int, Any], Any]]] = {
    "undo": ("change_changeset", changes.undo),
    "propose": ("change_changeset", changes.propose),
    "approve": ("approve_changeset", changes.approve),
    "send-back": ("change_changeset", lambda pk, _user: changes.send_back(pk)),
    "discard": ("change_changeset", lambda pk, _user: changes.discard(pk)),
    "carry-over": ("change_changeset", lambda pk, _user: changes.carry_over(pk)),
    "publish": ("publish_changeset", publishing.publish),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("taxonomy.change_changeset", raise_exception=True)
def change_sets(request: HttpRequest) -> HttpResponse:
    """All change sets, the newest first; POST begins one."""
    if request.method == "POST":
        return redirect(changes.open(request.user, request.POST.get("title", "")))  # type: ignore[arg-type]
    state = request.GET.get("state", "")
    rows = ChangeSet.objects.shown().filter(**{"state": state} if state in ChangeSet.State.values else {})
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    content = {"page": page, "states": ChangeSet.State.choices, "state": state}
    return render(request, "taxonomy/change_sets.html", content)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("taxonomy.change_changeset", raise_exception=True)
def change_set(request: HttpRequest, pk: int) -> HttpResponse:
    """One change set with its edits in words; POST changes title and comment."""
    shown = get_object_or_404(ChangeSet.objects.shown(), pk=pk)
    form = DescriptionForm(request.POST or None, instance=shown)
    if request.method == "POST" and form.is_valid():
        return _done(request, shown, lambda: changes.describe(pk, **form.cleaned_data))
    return _page(request, pk)


@require_POST
@login_required
@permission_required("taxonomy.change_changeset", raise_exception=True)
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Propose, approve, publish and so on. What stands in the way is told on the set's page."""
    shown = get_object_or_404(ChangeSet.objects.shown(), pk=pk)
    if step not in STEPS:
        raise Http404
    permission, perform = STEPS[step]
    if not request.user.has_perm(f"taxonomy.{permission}"):
        raise PermissionDenied
    return _done(request, shown, lambda: perform(pk, request.user))


@require_POST
@login_required
@permission_required("taxonomy.change_changeset", raise_exception=True)
def remove_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    shown = get_object_or_404(ChangeSet.objects.shown(), pk=pk)
    return _done(request, shown, lambda: changes.remove(pk, number, request.user))  # type: ignore[arg-type]


@require_POST
@login_required
@permission_required("taxonomy.change_changeset", raise_exception=True)
def revert(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a set that takes this one back, and show it with its preview."""
    shown = get_object_or_404(ChangeSet.objects.shown(), pk=pk)
    try:
        return redirect(changes.revert(shown, request.user))  # type: ignore[arg-type]
    except changes.NotPossible as reason:
        return _page(request, pk, reasons=[not_possible(reason.code)], status=409)


@require_safe
@login_required
@permission_required("taxonomy.change_changeset", raise_exception=True)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing would touch: a part of the set's page, loaded after it, and a page of its own without scripts."""
    shown = get_object_or_404(ChangeSet.objects.shown(), pk=pk)
    template = "taxonomy/_impact.html" if request.htmx else "taxonomy/impact.html"  # type: ignore[attr-defined]
    return render(request, template, {"change_set": shown, "counts": impact.of(shown)})


@require_safe
@login_required
@permission_required("taxonomy.view_taxonomyversion", raise_exception=True)
def versions(request: HttpRequest) -> HttpResponse:
    """Published versions, with what made each."""
    rows = TaxonomyVersion.objects.defer("content", "annex").select_related("author", "change_set")
    rows = rows.defer("content", "annex")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "taxonomy/versions.html", {"page": page})


@require_safe
@login_required
@permission_required("taxonomy.view_taxonomyversion", raise_exception=True)
def compare(request: HttpRequest) -> HttpResponse:
    """Two versions beside each other: the edits that lead from one to the other."""
    form = CompareForm(request.GET)
    if not form.is_valid():
        return render(request, "taxonomy/compare.html", {"form": form}, status=422)
    former, later = form.cleaned_data["former"], form.cleaned_data["later"]
    found = change_page.compared(former, later)
    content = {"form": form, "former": former, "later": later, "told": found[: change_page.SHOWN], "count": len(found)}
    return render(request, "taxonomy/compare.html", content)


@require_safe
@login_required
@permission_required("taxonomy.view_taxonomyversion", raise_exception=True)
def export_version(request: HttpRequest, number: int) -> HttpResponse:
    """All of a version as a file."""
    version = get_object_or_404(TaxonomyVersion.objects.only("content"), number=number)
    headers = {"Content-Disposition": f'attachment; filename="taxonomy-v{number}.json"'}
    return HttpResponse(gzip.decompress(version.content), content_type="application/json", headers=headers)


@require_POST
@login_required
@permission_required("taxonomy.change_changeset", raise_exception=True)
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Begin a set that leads back to a version, and show it with its preview."""
    get_object_or_404(TaxonomyVersion.objects.only("pk"), number=number)
    return redirect(changes.restore(number, request.user))  # type: ignore[arg-type]


def _done(request: HttpRequest, shown: ChangeSet, perform: Callable[[], Any]) -> HttpResponse:
    try:
        done = perform()
    except changes.NotPossible as reason:
        return _page(request, shown.pk, reasons=[not_possible(reason.code)], status=409)
    except publishing.Stopped as stopped:
        return _page(request, shown.pk, stopped=stopped, status=409)
    if isinstance(done, TaxonomyVersion):
        messages.success(request, _("This is now version %(number)d.") % {"number": done.number})
    return redirect(shown)


def _page(request: HttpRequest, pk: int, *, status: int = 200, **besides: Any) -> HttpResponse:
    shown = get_object_or_404(ChangeSet.objects.shown(), pk=pk)
    content = change_page.of(shown, request.user, **besides)
    content["form"] = DescriptionForm(instance=shown)
    return render(request, "taxonomy/change_set.html", content, status=status)
