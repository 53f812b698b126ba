"""The button that starts a training on all reviews."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ml.registry import nudges, runs, stack_names
from ml.registry.requests import SignedIn


@require_POST
@login_required
@permission_required("registry.add_trainingrun", raise_exception=True)
def retrain(request: SignedIn) -> HttpResponse:
    stack = request.POST.get("stack") or settings.TRAINING_STACK
    if stack not in dict(stack_names.choices()):
        return HttpResponseBadRequest(_("There is no such stack."))
    try:
        run = runs.start(stack, request.user)
    except runs.AlreadyTraining as refused:
        messages.warning(request, str(refused))
        return redirect("registry:versions")
    nudges.train(run.pk)
    return redirect(run)
