"""Model versions and training runs as pages."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from ml.registry import canaries, charts, facts, nudges, promotion, runs, stack_names
from ml.registry.comparison import compare
from ml.registry.models import ModelVersion, Promotion, TrainingRun
from ml.registry.requests import SignedIn

PAGE = 20


@require_safe
@login_required
@permission_required("registry.view_modelversion", raise_exception=True)
def versions(request: SignedIn) -> HttpResponse:
    active = ModelVersion.objects.active()
    page = Paginator(ModelVersion.objects.all(), PAGE).get_page(request.GET.get("page"))
    stale = facts.stale_tags(page)
    content = {
        "active": active and compare(active, None),
        "page": page,
        "comparisons": [compare(version, active, stale.get(version.pk)) for version in page],
        "runs": TrainingRun.objects.select_related("version", "started_by")[:5],
        "training": TrainingRun.objects.unfinished().first(),
        "canary": canaries.running(),
        "stacks": stack_names.choices(),
        "promotions": Promotion.objects.select_related("version", "former", "by")[:5],
    }
    return render(request, "registry/versions.html", content)


@require_safe
@login_required
@permission_required("registry.view_modelversion", raise_exception=True)
def version(request: SignedIn, pk: int) -> HttpResponse:
    return _version(request, get_object_or_404(ModelVersion.objects.select_related("parent"), pk=pk))


@require_POST
@login_required
@permission_required("registry.promote_modelversion", raise_exception=True)
def promote(request: SignedIn, pk: int) -> HttpResponse:
    version = get_object_or_404(ModelVersion, pk=pk)
    try:
        promotion.promote(version, request.user, despite="despite" in request.POST)
    except promotion.PromotionRefused as refused:
        return _version(request, version, refused.reasons, status=409)
    nudges.suggest_waiting()
    messages.success(request, _("%(version)s is the active version now.") % {"version": version})
    return redirect("registry:versions")


@require_safe
@login_required
@permission_required("registry.view_trainingrun", raise_exception=True)
@vary_on_headers("HX-Request")
def run(request: SignedIn, pk: int) -> HttpResponse:
    run = get_object_or_404(TrainingRun.objects.select_related("version", "started_by"), pk=pk)
    template = "registry/run.html#progress" if request.htmx else "registry/run.html"
    content = {"run": run, "losses": charts.losses(run.losses), "live": run.state in TrainingRun.UNFINISHED}
    return render(request, template, content)


@require_POST
@login_required
@permission_required("registry.change_trainingrun", raise_exception=True)
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    run = get_object_or_404(TrainingRun, pk=pk)
    if not runs.cancel(run):
        messages.info(request, _("The training was over already."))
    return redirect(run)


def _version(
    request: SignedIn, version: ModelVersion, refused: list[str] | None = None, status: int = 200
) -> HttpResponse:
    active = ModelVersion.objects.active()
    content = {
        "comparison": compare(version, active),
        "version": version,
        "stale": facts.stale_tags([version]).get(version.pk),
        "active": active,
        "refused": refused,
        "run": TrainingRun.objects.filter(version=version).first(),
        "promotions": version.promotions.select_related("former", "by"),
        "canary": canaries.running(),
        "trials": version.canaries.select_related("rival", "started_by"),
    }
    return render(request, "registry/version.html", content, status=status)
