"""When trainings begin by themselves: settings, what they watch, and who changed them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation.learning import charts, triggers, windows
from annotation.learning.forms import LearningForm
from annotation.learning.models import DriftWindow, LearningSettings
from ml.registry.models import TrainingRun
from ml.registry.requests import SignedIn
from taxonomy.models import BusinessLine

WINDOWS, CHANGES = 60, 10


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("annotation.add_learningsettings", raise_exception=True)
def learning(request: SignedIn) -> HttpResponse:
    now = LearningSettings.now()
    if request.method != "POST":
        return _page(request, now, LearningForm(instance=now, initial={"number": now.number}))
    form = LearningForm(request.POST)
    if not form.is_valid():
        return _page(request, now, form, status=400)
    form.instance.number, form.instance.changed_by = form.cleaned_data["number"], request.user
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError as error:  # the number was given to what somebody else saved
        if "number" not in str(error):
            raise
        messages.error(request, _("Somebody else changed the settings meanwhile. These are theirs: look again."))
        return _page(request, now, LearningForm(instance=now, initial={"number": now.number}), status=409)
    messages.success(request, _("Saved."))
    return redirect("annotation:learning")


def _page(request: SignedIn, now: LearningSettings, form: LearningForm, status: int = 200) -> HttpResponse:
    last = TrainingRun.objects.first()
    content: dict[str, Any] = {
        "form": form,
        "now": now,
        "new": triggers.new_verdicts(last, now.verdicts) if now.verdicts else 0,
        "due": triggers.due_at(now, last, timezone.localtime()) if now.every_days else None,
        "watched": _watched(),
        "promotion": windows.promotion(),
        "changes": LearningSettings.objects.select_related("changed_by")[:CHANGES],
    }
    return render(request, "annotation/learning.html", content, status=status)


def _watched() -> list[dict[str, Any]]:
    """Of each line that has a full window, the newest ones. One query."""
    rows = DriftWindow.objects.filter(promotion=windows.promotion(), business_line__isnull=False)
    by_line: dict[BusinessLine, list[DriftWindow]] = {}
    for row in rows.select_related("business_line").order_by("business_line", "number"):
        if row.business_line is not None:  # for type checkers: the query asked for no others
            by_line.setdefault(row.business_line, []).append(row)
    newest = {line: closed[-WINDOWS:] for line, closed in by_line.items()}
    return [{"line": line, "windows": closed, **_plots(closed)} for line, closed in newest.items()]


def _plots(closed: list[DriftWindow]) -> dict[str, charts.WindowPlot | None]:
    measured = [windows.measured(row) for row in closed]
    found = [windows.found(row) for row in closed]
    return {
        "acceptance": charts.windows([w.accepted for w in measured], [bool(f and f.fell) for f in found], share=True),
        "brier": charts.windows([w.brier for w in measured], [bool(f and f.misjudges) for f in found], share=False),
    }
