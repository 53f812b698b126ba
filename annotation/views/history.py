"""What was reviewed: by oneself, of one video; and what was skipped."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotation import queue
from annotation.models import Review, ReviewTask
from tagging.models import Video

PAGE = 50


@require_safe
@login_required
@permission_required("annotation.add_review", raise_exception=True)
def own(request: HttpRequest) -> HttpResponse:
    """The reviewer's own reviews, newest first, paged by id."""
    rows = Review.objects.filter(reviewer=request.user).exclude(kind=Review.Kind.UNDO).shown().order_by("-pk")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    content = {"reviews": found[:PAGE], "older": older, "first": not before, "operation": uuid4()}
    return render(request, "annotation/history.html", content)


@require_safe
@login_required
@permission_required("tagging.view_video", raise_exception=True)
def of_video(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a video's page that tells its reviews, for the lines this person may see."""
    video = get_object_or_404(Video.objects.only("pk"), pk=pk)
    rows = Review.objects.filter(task__video=video, task__in=ReviewTask.objects.of(request.user)).shown()
    return render(request, "annotation/video_reviews.html", {"reviews": rows.order_by("-pk")[:PAGE], "video": video})


@require_safe
@login_required
@permission_required("annotation.change_reviewtask", raise_exception=True)
def skipped(request: HttpRequest) -> HttpResponse:
    tasks = ReviewTask.objects.of(request.user).filter(state=ReviewTask.State.SKIPPED)
    rows = tasks.select_related("video", "business_line", "reviewer").order_by("-done_at", "-pk")
    return render(request, "annotation/skipped.html", {"tasks": rows[: 4 * PAGE]})


@require_POST
@login_required
@permission_required("annotation.change_reviewtask", raise_exception=True)
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    queue.put_back(get_object_or_404(ReviewTask.objects.of(request.user), pk=pk).pk)
    return redirect("annotation:skipped")
