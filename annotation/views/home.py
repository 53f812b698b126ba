"""The first page: what there is to do, for each role a person has."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotation import assignments, figures, second_answers, tag_figures
from annotation.agreement import comments, disputes, notices
from annotation.models import ReviewTask
from annotation.tag_labels import labels
from ml.registry.models import ModelVersion, TrainingRun
from ml.registry.requests import SignedIn
from tagging import veils
from tagging.models import Import, Video
from taxonomy.models import BusinessLine, Tag, TaxonomyVersion
from taxonomy.search import preferred

TOLD = 3  # rulings at a time


@require_safe
@login_required
def home(request: SignedIn) -> HttpResponse:
    user = request.user
    content: dict[str, Any] = {}
    if user.has_perm("annotation.add_review"):
        content["review"], content["rulings"] = _review(user), _rulings(user)
    if user.has_perm("tagging.view_video"):
        content["news"] = comments.news(user)
    if user.has_perm("annotation.adjudicate"):
        lines = list(tag_figures.lines_of(user))
        content["decide"] = {
            "disputes": sum(disputes.counts(lines).values()),
            "questions": comments.open_questions(lines).count(),
        }
    if user.has_perm("taxonomy.change_tag"):
        content["taxonomy"] = _taxonomy()
    if user.has_perm("tagging.view_import"):
        content["running"] = _running(user)
    return render(request, "annotation/home.html", content)


def _review(user: User) -> dict[str, Any]:
    own, mine = assignments.waiting_for(user), list(BusinessLine.objects.of(user))
    lines = [{"line": line, "waiting": figures.waiting(line), "own": own.get(line.pk, 0)} for line in mine]
    held = ReviewTask.objects.claimed_by(user).select_related("video", "business_line").order_by("lease_until", "pk")
    counts = second_answers.counts(mine, user)
    looks = [(line, counts[line.pk]) for line in mine if line.pk in counts]
    return {"looks": looks, "lines": lines, "held": held[:3], "today": figures.today(user)}


def _rulings(user: User) -> dict[str, Any]:
    """Those that say otherwise than this person did, until they look at them."""
    found = list(notices.new(user, veils.unsaid(user))[: TOLD + 1])
    known = labels([notice.ruling.tag_id for notice in found])
    told = [(notice, known.get(notice.ruling.tag_id)) for notice in found[:TOLD]]
    return {"told": told, "more": len(found) > TOLD}


def _taxonomy() -> dict[str, Any]:
    assignable = Tag.objects.filter(state=Tag.State.ACTIVE, assignable=True)
    silent = assignable.filter(guidelines=None).order_by("name")[:8]
    names = preferred(tag.pk for tag in silent)
    return {
        "version": TaxonomyVersion.objects.defer("content").first(),
        "tags": assignable.count(),
        "silent": [names.get(tag.pk, tag.name) for tag in silent],
        "silent_count": assignable.filter(guidelines=None).count(),
    }


def _running(user: User) -> dict[str, Any]:
    return {
        "videos": Video.objects.exists(),
        "imports": Import.objects.filter(state__in=[Import.State.QUEUED, Import.State.RUNNING])[:5],
        "model": ModelVersion.objects.active(),
        "training": TrainingRun.objects.unfinished().first(),
        "skipped": ReviewTask.objects.of(user).filter(state=ReviewTask.State.SKIPPED).count(),
        "people": User.objects.filter(is_active=True).count(),
        "lines": BusinessLine.objects.of(user),
    }
