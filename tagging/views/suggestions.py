"""How far the active model is with the videos that wait for it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from ml.registry.requests import SignedIn
from tagging import suggestions


@require_safe
@login_required
@permission_required("registry.view_modelversion", raise_exception=True)
@vary_on_headers("HX-Request")
def progress(request: SignedIn) -> HttpResponse:
    template = "tagging/suggestions.html#progress" if request.htmx else "tagging/suggestions.html"
    return render(request, template, {"progress": suggestions.progress()})
