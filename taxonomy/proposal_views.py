"""Rules that reviewed clips speak for, for an editor to accept or refuse."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from taxonomy import own_set, rule_proposals
from taxonomy.drafting.edits import EditRefused
from taxonomy.models import BusinessLine, RuleProposal

PAGE = 50

editors = permission_required("taxonomy.change_rule", raise_exception=True)


@require_safe
@login_required
@editors
def proposals(request: HttpRequest) -> HttpResponse:
    """What is open, or what was refused, with the counts it rests on."""
    state = RuleProposal.State.REFUSED if request.GET.get("state") == "refused" else RuleProposal.State.OPEN
    rows = RuleProposal.objects.shown().filter(state=state).order_by("kind", "-strength", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    content = {
        "state": state,
        "page": page,
        "proposals": rule_proposals.in_words(page.object_list),
        "business_lines": BusinessLine.objects.all(),
        "change_set": own_set.find(request.user),  # type: ignore[arg-type]
    }
    return render(request, "taxonomy/rule_proposals.html", content)


@require_POST
@login_required
@editors
def decide(request: HttpRequest, pk: int, decision: str) -> HttpResponse:
    """`decision`: accept | refuse."""
    get_object_or_404(RuleProposal, pk=pk)
    try:
        if decision == "accept":
            rule_proposals.accept(pk, request.user)  # type: ignore[arg-type]
            messages.success(request, _("Noted in your change set. It holds once the set is published."))
        else:
            rule_proposals.refuse(pk, request.user)  # type: ignore[arg-type]
            messages.success(request, _("It will not be proposed again."))
    except rule_proposals.Decided:
        messages.info(request, _("Somebody has decided about it already."))
    except EditRefused:
        messages.error(request, _("The rule cannot be added: there is such a rule already, or a tag is gone."))
    return redirect("taxonomy:rule-proposals")
