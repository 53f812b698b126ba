"""What a rule would break, while an editor writes it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from ml.registry.requests import SignedIn
from tagging import rule_breaks
from taxonomy import drafts, own_set
from taxonomy.rule_forms import RuleForm


@require_POST
@login_required
@permission_required("taxonomy.change_rule", raise_exception=True)
def broken(request: SignedIn) -> HttpResponse:
    """A part of the rule's page; without a complete rule it says so."""
    change_set = own_set.find(request.user)
    draft = drafts.of(change_set)[0] if change_set else drafts.empty()
    key = request.POST.get("rule", "")
    if key and not draft.has_rule(key):
        raise Http404
    form = RuleForm(request.POST, draft, draft.rule(key) if key else None)
    found = rule_breaks.of(rule_breaks.live(form.values)) if form.is_valid() else None
    soft = form.is_valid() and form.cleaned_data["kind"] == "co_occurs"
    return render(request, "tagging/_rule_breaks.html", {"broken": found, "soft": soft})
