"""Groups of similar clips: the list, one group as a grid, and what a verdict for a group did."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from annotation import readings, refusals
from annotation.forms.groups import GroupForm
from annotation.groups import grid, orders, sending
from annotation.models import ClipGroup, GroupReview
from annotation.probes import qualification
from annotation.reviews import OperationReused, Refused
from annotation.views import operations
from annotation.views.lines import chosen
from annotation.views.permissions import reviewer_only
from ml.registry import nudges
from ml.registry.requests import SignedIn
from tagging.models import Video
from taxonomy.models import BusinessLine


@require_safe
@never_cache
@login_required
@reviewer_only
def listing(request: SignedIn) -> HttpResponse:
    """The groups of one business line, the largest first. While they are looked for, the page asks how far that is."""
    line = chosen(request)
    content: dict[str, Any] = {"line": line, "choices": BusinessLine.objects.of(request.user)}
    content["shut"] = line is not None and qualification.standing(request.user, line).shut
    content["groups"] = grid.listing(line, request.user) if line and not content["shut"] else []
    content["gathering"] = orders.of(line) if line else None
    content["going_on"] = orders.going_on(content["gathering"])
    part = "#found" if request.htmx else ""
    return render(request, f"annotation/groups.html{part}", content)


@require_POST
@login_required
@reviewer_only
def gather(request: SignedIn) -> HttpResponse:
    """Have a worker look for groups now; asked again within a minute, it is the same order."""
    line = chosen(request)
    if line is None:
        return redirect("annotation:groups")
    if orders.order(line):
        nudges.gather(line.pk)
    return redirect(reverse("annotation:groups") + f"?line={line.slug}")


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@reviewer_only
def group(request: SignedIn, pk: int) -> HttpResponse:
    """The grid of a group; sent, its verdict is carried out."""
    found = _group(request, pk)
    if request.method != "POST":
        return _grid(request, found)
    form = GroupForm(request.POST)
    if not form.is_valid():
        return _grid(request, found, form, problems=_problems(form))
    try:
        event = sending.send(
            found,
            request.user,
            operation=form.cleaned_data["operation"],
            choices=form.cleaned_data["choices"],
            without=form.without,
            effort=form.effort,
            confirmed=form.confirmed,
        )
    except sending.Unlooked:
        return _grid(request, found, form, problems=[_("Open the clips that are marked first.")])
    except sending.NothingToSend:
        return _grid(request, found, form, problems=[_("No clip is left that this could be said of.")])
    except Refused as refusal:
        return _grid(request, found, problems=[error["text"] for error in refusals.describe(refusal)["errors"]])
    except readings.Unconfirmed as asked:
        return _grid(request, found, form, confirm=refusals.ask(asked)["errors"])
    except OperationReused:
        return _grid(request, found, problems=[_("This page was sent before with other verdicts. Load it again.")])
    return redirect(event)


@require_POST
@login_required
@reviewer_only
def preview(request: SignedIn, pk: int) -> HttpResponse:
    """What the verdict as it stands would do: the tags and the counts, as a part of the page."""
    found, form = _group(request, pk), GroupForm(request.POST)
    if not form.is_valid():
        return render(request, "annotation/group.html#verdict", {"problems": _problems(form)}, status=422)
    try:
        told = grid.load(found, request.user, form.cleaned_data["choices"], form.without)
    except Refused as refusal:
        problems = [error["text"] for error in refusals.describe(refusal)["errors"]]
        return render(request, "annotation/group.html#verdict", {"problems": problems}, status=422)
    return render(request, "annotation/group.html#verdict", {"grid": told})


@require_POST
@login_required
@reviewer_only
def clip(request: SignedIn, pk: int, video: int) -> HttpResponse:
    """One clip of a group, opened; that it was is noted."""
    found = _group(request, pk)
    member = get_object_or_404(Video.objects.select_related("media"), pk=video, pk__in=found.clips.values("video"))
    sending.look(found, request.user, member.pk)
    content = {"video": member, "group": found, "tags": grid.proposed(found, request.user, video)}
    part = "#clip" if request.headers.get("X-Requested-With") else ""
    return render(request, f"annotation/group_clip.html{part}", content)


@require_GET
@never_cache
@login_required
@reviewer_only
def event(request: SignedIn, pk: int) -> HttpResponse:
    """What a verdict for a group did, and the way to take it back."""
    found = get_object_or_404(GroupReview.objects.select_related("business_line"), pk=pk, reviewer=request.user)
    following = grid.listing(found.business_line, request.user, 1)
    content = {"operation": uuid4(), "following": following[0] if following else None, **grid.story(found)}
    return render(request, "annotation/group_review.html", content)


@require_POST
@login_required
@reviewer_only
def undo(request: SignedIn, pk: int) -> HttpResponse:
    """Take the reviews of all clips of a group back."""
    found = get_object_or_404(GroupReview, pk=pk, reviewer=request.user)
    try:
        sending.undo(found.pk, request.user, operations.sent(request))
    except sending.TooLate:
        messages.info(request, _("This is more than a day ago and stays."))
    return redirect(found)


def _group(request: SignedIn, pk: int) -> ClipGroup:
    mine = ClipGroup.objects.filter(business_line__in=BusinessLine.objects.of(request.user))
    found = get_object_or_404(mine.select_related("business_line"), pk=pk)
    if qualification.standing(request.user, found.business_line).shut:
        raise PermissionDenied(_("Qualify for this business line first."))
    return found


def _grid(request: SignedIn, found: ClipGroup, form: GroupForm | None = None, **content: Any) -> HttpResponse:
    """The page, with what was entered where there is a form."""
    said = form.cleaned_data.get("choices") if form else None
    told = grid.load(found, request.user, said, form.without if form else ())
    status = 422 if content else 200
    return render(request, "annotation/group.html", {"grid": told, "operation": uuid4(), **content}, status=status)


def _problems(form: GroupForm) -> list[str]:
    return [str(text) for texts in form.errors.values() for text in texts]
