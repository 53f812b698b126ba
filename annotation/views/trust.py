"""Whom to trust: who is qualified, how they do on gold clips, and how readily they accept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotation.forms.trust import TrustPolicyForm
from annotation.models import Qualification, TrustPolicy
from annotation.probes import bias, qualification, trust_list
from annotation.tag_labels import labels
from annotation.views.lines import chosen
from ml.registry.requests import SignedIn
from taxonomy.models import BusinessLine

admins = permission_required("annotation.change_qualification", raise_exception=True)


@require_http_methods(["GET", "POST"])
@login_required
@admins
def trust(request: SignedIn) -> HttpResponse:
    """POST changes the line's policy."""
    line = chosen(request)
    if line is None:
        return render(request, "annotation/trust.html", {"line": None})
    policy = TrustPolicy.objects.filter(business_line=line).first() or trust_list.default_policy(line)
    form = TrustPolicyForm(request.POST or None, instance=policy, label_suffix="")
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The settings of %(line)s were changed.") % {"line": line})
        return redirect(reverse("annotation:trust") + f"?line={line.slug}")
    tags = sorted(bias.by_tag([line.pk]).items(), key=lambda one: (-one[1].accepted.bounds[0], -one[1].missed.tries))
    known = labels(tag for tag, _bias in tags)
    content: dict[str, Any] = {
        "line": line,
        "choices": BusinessLine.objects.of(request.user),
        "people": trust_list.people(line),
        "tags": [(known[tag], found) for tag, found in tags if tag in known][:30],
        "standing": qualification.standing(request.user, line),
        "form": form,
    }
    return render(request, "annotation/trust.html", content, status=422 if form.errors else 200)


@require_POST
@login_required
@admins
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Let a person work for a line without an exam, or ask them to pass one again."""
    line = get_object_or_404(BusinessLine.objects.of(request.user), slug=request.POST.get("line", ""))
    person = get_object_or_404(User, pk=pk)
    waived = request.POST.get("state") == "waived"
    state = Qualification.State.WAIVED if waived else Qualification.State.REVOKED
    qualification.decide(person.pk, line.pk, state, request.user)
    return redirect(reverse("annotation:trust") + f"?line={line.slug}")
