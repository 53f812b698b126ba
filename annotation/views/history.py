"""What was reviewed: by oneself, of one video; and what was skipped."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from annotation import figures, past, queue
from annotation.forms.history import SearchForm
from annotation.models import Review, ReviewTask
from annotation.probes import memory, trust_list
from annotation.views.permissions import reviewer_only
from ml.registry.requests import SignedIn
from tagging import veils
from tagging.models import Video
from tagging.video_page import localised_names
from taxonomy.models import BusinessLine

PAGE = 50
SKIP_REASONS = {  # those the review page offers; programs may send others
    "does not play": _("It does not play"),
    "unknown language": _("A language I do not know"),
    "needs an expert": _("It needs an expert"),
    "unsuitable": _("Nobody should see it"),
    "other": _("Another reason"),
}


@require_safe
@login_required
@reviewer_only
def own(request: SignedIn) -> HttpResponse:
    """The reviewer's own reviews, newest first, paged by id."""
    asked = SearchForm(request.GET, lines=BusinessLine.objects.of(request.user))
    page = past.search(request.user, asked.wanted, asked.older_than, PAGE)
    rows = Review.objects.filter(pk__in=page.found).shown().select_related("group_item__event")
    rows = rows.prefetch_related(*_names()).order_by("-pk")
    found, before = list(rows), asked.older_than
    older = page.older and urlencode({**asked.told, "before": page.older})
    memory.recall(found, request.user)
    past.note_outcomes(found, veils.unsaid(request.user))
    content: dict[str, Any] = {"reviews": found, "older": older, "first": not before, "operation": uuid4()}
    content |= {"asked": asked, "filtered": bool(asked.told), "partial": page.partial}
    content["effort"] = None if before else figures.effort(request.user)
    content["look_closer"] = not before and trust_list.note(request.user)
    return render(request, "annotation/history.html", content)


@require_safe
@login_required
@permission_required("tagging.view_video", raise_exception=True)
def of_video(request: SignedIn, pk: int) -> HttpResponse:
    """The part of a video's page that tells its reviews, for the lines this person may see."""
    video = get_object_or_404(Video.objects.only("pk"), pk=pk)
    known = Review.objects.filter(task__video=video, task__in=ReviewTask.objects.of(request.user))
    known = known.own(request.user) if veils.of_video(request.user, pk).said else known.open_to(request.user)
    rows = list(known.shown().prefetch_related(*_names()).order_by("-pk")[:PAGE])
    memory.recall(rows, request.user)
    return render(request, "annotation/video_reviews.html", {"reviews": rows, "video": video})


@require_safe
@login_required
@permission_required("annotation.change_reviewtask", raise_exception=True)
def skipped(request: SignedIn) -> HttpResponse:
    tasks = ReviewTask.objects.of(request.user).filter(state=ReviewTask.State.SKIPPED)
    rows = tasks.select_related("video", "business_line", "reviewer").order_by("-done_at", "-pk")
    told = [(task, SKIP_REASONS.get(task.skip_reason, task.skip_reason)) for task in rows[: 4 * PAGE]]
    return render(request, "annotation/skipped.html", {"tasks": told})


@require_POST
@login_required
@permission_required("annotation.change_reviewtask", raise_exception=True)
def put_back(request: SignedIn, pk: int) -> HttpResponse:
    queue.put_back(get_object_or_404(ReviewTask.objects.of(request.user), pk=pk).pk)
    return redirect("annotation:skipped")


def _names() -> list[Prefetch]:
    """The names of judged tags in the reader's language."""
    return [Prefetch(f"verdicts__{tag}__names", localised_names(), to_attr="shown") for tag in ("tag", "replacement")]
