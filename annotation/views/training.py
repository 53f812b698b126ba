"""The button that starts a training on all reviews."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ml.registry import nudges, runs
from ml.registry.requests import SignedIn


@require_POST
@login_required
@permission_required("registry.add_trainingrun", raise_exception=True)
def retrain(request: SignedIn) -> HttpResponse:
    try:
        run = runs.start(settings.TRAINING_STACK, request.user)
    except runs.AlreadyTraining as refused:
        messages.warning(request, str(refused))
        return redirect("registry:versions")
    nudges.train(run.pk)
    return redirect(run)
