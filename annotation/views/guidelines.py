"""Sending clips to be reviewed again whose verdicts are older than a guideline."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import guideline_cards, outdated
from annotation.models import ReReview
from ml.registry.requests import SignedIn
from tagging import veils
from taxonomy.models import Guideline

editors = permission_required("taxonomy.change_guideline", raise_exception=True)


class SampleForm(forms.Form):
    """All of them, or a sample: `size` clips or per cent of them."""

    how = forms.ChoiceField(choices=[("all", "all"), ("clips", "clips"), ("percent", "percent")])
    size = forms.IntegerField(required=False, min_value=1, max_value=10_000_000)
    seed = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("how") != "all" and not told.get("size"):
            self.add_error("size", forms.Field.default_error_messages["required"])
        return told

    @property
    def sample(self) -> dict[str, Any]:
        told = self.cleaned_data
        size = {"clips": "most", "percent": "percent"}.get(told["how"])
        return ({size: told["size"]} if size else {}) | {"seed": told["seed"] or 0}


@require_http_methods(["GET", "POST"])
@login_required
@editors
def again(request: SignedIn, pk: int) -> HttpResponse:
    """How many there are, and the action: a part of the guideline's page."""
    guideline = get_object_or_404(Guideline.objects.select_related("tag"), pk=pk)
    form = SampleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outdated.send(guideline, request.user, **form.sample)
    return _part(request, guideline, form)


@require_POST
@login_required
@editors
def undo(request: SignedIn, pk: int) -> HttpResponse:
    batch = get_object_or_404(ReReview.objects.select_related("guideline__tag"), pk=pk)
    outdated.undo(batch)
    return _part(request, batch.guideline, SampleForm())


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
def examples(request: SignedIn, pk: int) -> HttpResponse:
    """The clips that a guideline points to: a part of the tag's page."""
    guideline = get_object_or_404(Guideline, pk=pk)
    card = guideline_cards.of_guideline(guideline, veils.unsaid(request.user))
    return render(request, "annotation/_example_clips.html", {"card": card})


def _part(request: SignedIn, guideline: Guideline, form: SampleForm) -> HttpResponse:
    last = ReReview.objects.filter(guideline=guideline, undone_at=None).first()
    content = {
        "guideline": guideline,
        "count": outdated.count(guideline),
        "last": last,
        "waiting": outdated.waiting(last) if last else 0,
        "form": form,
    }
    template = "annotation/_review_again.html" if request.htmx else "annotation/review_again.html"
    return render(request, template, content, status=422 if form.errors and not request.htmx else 200)
