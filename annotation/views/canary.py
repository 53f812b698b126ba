"""Trials of a version on a share of the new videos: begun, looked at, and ended by hand."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation.learning import acceptance, sequels, trial_page, watching
from annotation.learning.forms import TrialForm
from annotation.learning.models import LearningSettings
from ml.registry import canaries, nudges, promotion
from ml.registry.models import Canary, ModelVersion
from ml.registry.requests import SignedIn

PAGE = 20


@require_safe
@login_required
@permission_required("registry.view_modelversion", raise_exception=True)
def trials(request: SignedIn) -> HttpResponse:
    shown = Canary.objects.select_related("version", "rival", "started_by", "ended_by")
    return render(request, "annotation/trials.html", {"page": Paginator(shown, PAGE).get_page(request.GET.get("page"))})


@require_safe
@login_required
@permission_required("registry.view_modelversion", raise_exception=True)
def trial(request: SignedIn, pk: int) -> HttpResponse:
    return _trial(request, pk)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("registry.promote_modelversion", raise_exception=True)
def begin(request: SignedIn, pk: int) -> HttpResponse:
    version, active = get_object_or_404(ModelVersion, pk=pk), ModelVersion.objects.active()
    form = TrialForm(request.POST or None, initial=sequels.trial(LearningSettings.now()))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            canary = canaries.start(version, request.user, **form.cleaned_data)
        except canaries.CanaryRefused as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            return redirect("annotation:trial", canary.pk)
    elif request.method == "POST":
        status = 400
    content = {
        "version": version,
        "active": active,
        "form": form,
        "objections": promotion.objections_to(version, active),
    }
    return render(request, "annotation/trial_begin.html", content, status=status)


@require_POST
@login_required
@permission_required("registry.promote_modelversion", raise_exception=True)
def end(request: SignedIn, pk: int) -> HttpResponse:
    """`what` is to become of the version: promote or roll back; `note` says why."""
    canary = get_object_or_404(Canary.objects.select_related("version", "rival"), pk=pk)
    now = watching.figures(watching.standing(canary, acceptance.of_trial(canary)), request.POST.get("note", "")[:500])
    if request.POST.get("what") == "promote":
        try:
            promotion.promote_canary(canary, request.user, despite="despite" in request.POST, figures=now)
        except promotion.PromotionRefused as refused:
            return _trial(request, pk, refused.reasons, status=409)
        messages.success(request, _("%(version)s is the active version now.") % {"version": canary.version})
    elif canaries.end(canary, Canary.Outcome.ROLLED_BACK, request.user, now):
        messages.success(
            request, _("%(version)s was rolled back; the active version takes over.") % {"version": canary.version}
        )
    else:
        return _trial(request, pk, [_("The trial was ended at the same moment. Look again.")], status=409)
    nudges.suggest_waiting()
    return redirect("annotation:trial", pk)


def _trial(request: SignedIn, pk: int, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
    shown = Canary.objects.select_related("version", "rival", "started_by", "ended_by")
    canary = get_object_or_404(shown, pk=pk)
    content = {
        "page": trial_page.load(canary),
        "canary": canary,
        "refused": refused,
        "objections": promotion.objections_to(canary.version, canary.rival) if canary.runs else [],
    }
    return render(request, "annotation/trial.html", content, status=status)
