"""The admins' pages about people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotation import people
from annotation.forms.people import NewPersonForm, PersonForm
from ml.registry.requests import SignedIn


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required("auth.view_user", raise_exception=True)
def roster(request: SignedIn) -> HttpResponse:
    everybody = User.objects.prefetch_related("groups", "business_lines").order_by("-is_active", "username")
    form = NewPersonForm(request.POST or None, label_suffix="")
    content: dict[str, Any] = {"people": everybody, "roles": people.ROLE_NAMES, "form": form}
    if request.method == "POST" and request.user.has_perm("auth.add_user") and form.is_valid():
        data = form.cleaned_data
        person, password = people.create(data["username"], data["name"], data["roles"], data["lines"])
        content |= {"person": person, "password": password, "form": NewPersonForm(label_suffix="")}
    return render(request, "annotation/people.html", content)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required("auth.change_user", raise_exception=True)
def person(request: SignedIn, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    form = PersonForm(request.POST or None, initial=_known(found), label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            people.change(found, request.user, **form.cleaned_data)
        except people.NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(person)s was changed.") % {"person": found})
            return redirect("annotation:people")
    return render(request, "annotation/person.html", {"person": found, "form": form})


@require_POST
@login_required
@permission_required("auth.change_user", raise_exception=True)
def activity(request: SignedIn, pk: int) -> HttpResponse:
    """Shut a person out, or let them in again."""
    found = get_object_or_404(User, pk=pk)
    try:
        people.set_active(found, request.user, active=request.POST.get("active") == "1")
    except people.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("annotation:person", pk)


@require_POST
@never_cache
@login_required
@permission_required("auth.change_user", raise_exception=True)
def password(request: SignedIn, pk: int) -> HttpResponse:
    """Make a new first password. It is in this answer and nowhere else."""
    found = get_object_or_404(User, pk=pk)
    content: dict[str, Any] = {"person": found, "form": PersonForm(initial=_known(found), label_suffix="")}
    try:
        content["password"] = people.reset_password(found, request.user)
    except people.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("annotation:person", pk)
    return render(request, "annotation/person.html", content)


def _known(person: User) -> dict[str, Any]:
    roles = [group.name for group in person.groups.all()]
    return {"name": person.first_name, "roles": roles, "lines": person.business_lines.all()}
