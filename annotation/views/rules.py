"""Counting anew which rules the reviews speak for."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from annotation import tasks
from ml.registry.requests import SignedIn
from taxonomy.models import BusinessLine


@require_POST
@login_required
@permission_required("taxonomy.change_rule", raise_exception=True)
def mine(request: SignedIn) -> HttpResponse:
    """A worker counts: over a million labels it takes seconds."""
    slug = request.POST.get("line", "")
    line = get_object_or_404(BusinessLine, slug=slug) if slug else None
    tasks.mine_rules.delay_on_commit(line.pk if line else None)
    messages.success(request, _("The reviews are being counted. Load this page again in a moment."))
    return redirect("taxonomy:rule-proposals")
