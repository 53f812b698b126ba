"""The admins' page on whose clips are whose before anybody took them."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation import assignments
from annotation.forms.assignments import AssignmentForm
from ml.registry.requests import SignedIn
from taxonomy.models import BusinessLine


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required("annotation.change_reviewtask", raise_exception=True)
def assign(request: SignedIn) -> HttpResponse:
    """Assign waiting clips to a person, and see for whom how many wait; `count` only says how many it would be."""
    lines = BusinessLine.objects.of(request.user)
    form = AssignmentForm(request.POST or None, lines=lines, label_suffix="")
    if request.htmx:
        return render(request, "annotation/assignments.html#count", {"count": _count(form)})
    if request.method != "POST" or not form.is_valid() or "count" in request.POST:
        content = {"form": form, "waiting": assignments.waiting(lines), "count": _count(form)}
        return render(request, "annotation/assignments.html", content, status=422 if form.errors else 200)
    line, person = form.cleaned_data["line"], form.cleaned_data["person"]
    if "release" in request.POST:
        count = assignments.release(line, person)
        text = ngettext("%(n)d clip is everybody's again.", "%(n)d clips are everybody's again.", count)
    else:
        operation = form.cleaned_data["operation"] or uuid4()
        try:
            count = assignments.assign(line, person, form.selection, by=request.user, operation=operation)
        except assignments.OperationReused:
            messages.error(request, _("This page was sent before. Here it is anew."))
            return redirect("annotation:assignments")
        text = ngettext("%(n)d clip now waits for %(person)s.", "%(n)d clips now wait for %(person)s.", count)
    told = text % {"n": count, "person": person.first_name or person.username}
    (messages.success if count else messages.info)(request, told if count else _("No waiting clip is like that."))
    return redirect("annotation:assignments")


def _count(form: AssignmentForm) -> int | None:
    """How many clips it would be; None as long as the form does not say enough."""
    if not form.is_bound or not form.is_valid():
        return None
    return assignments.count(form.cleaned_data["line"], form.cleaned_data["person"], form.selection)
