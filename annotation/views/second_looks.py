"""Second looks: one tag of one clip at a time that the model is sure of and a reviewer did not give, yes or no."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation import readings, reviews, second_answers, workbench
from annotation.forms.reviews import is_id
from annotation.models import SecondLook
from annotation.tag_labels import labels
from annotation.verdicts import Said
from annotation.views import operations
from annotation.views.lines import chosen
from annotation.views.permissions import reviewer_only
from annotation.workbench import Answers
from ml.registry.requests import SignedIn
from taxonomy.models import BusinessLine


@require_safe
@never_cache
@login_required
@reviewer_only
def look(request: SignedIn) -> HttpResponse:
    """The best one of the line; with `after`, the one after that; with `at`, that one."""
    line = chosen(request)
    content: dict[str, object] = {"line": line, "choices": list(BusinessLine.objects.of(request.user))}
    if line is None:
        return render(request, "annotation/no_second_look.html", content)
    last, found = second_answers.last(line, request.user), _asked_for(line, request)
    known = labels([one.tag_id for one in (last, found) if one])
    content |= {"operation": uuid4(), "last": last}
    if last is not None:
        content["last_name"] = known[last.tag_id].name if last.tag_id in known else str(last.tag)
    if found is None:
        return render(request, "annotation/no_second_look.html", content)
    return render(request, "annotation/second_look.html", content | _shown(found, request))


@require_POST
@login_required
@reviewer_only
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """`answer` is yes or no; `review` opens the whole clip again."""
    rows = SecondLook.objects.select_related("business_line", "review", "tag")
    asked = get_object_or_404(rows, pk=pk, business_line__in=BusinessLine.objects.of(request.user))
    said = request.POST.get("answer")
    if said not in {"yes", "no", "review"}:
        raise Http404
    try:
        if said == "review":
            return redirect(second_answers.take(asked, request.user))
        second_answers.answer(asked, request.user, missing=said == "yes", operation=uuid4())
    except second_answers.Gone:
        messages.info(request, _("Somebody else looked at that clip meanwhile. Here is the next one."))
    except (reviews.Refused, readings.Unconfirmed):
        # The clip needs more than yes or no: its other tags broke a rule since, or a guideline is to be confirmed.
        try:
            task = second_answers.take(asked, request.user)
        except second_answers.Gone:
            return _next(asked)
        messages.info(request, _("This clip needs a whole review: the taxonomy changed since the last one."))
        return redirect(task)
    return _next(asked)


@require_POST
@login_required
@reviewer_only
def undo(request: SignedIn, pk: int) -> HttpResponse:
    """Take one's own answer back and show its clip again."""
    rows = SecondLook.objects.select_related("business_line")
    asked = get_object_or_404(rows, pk=pk, business_line__in=BusinessLine.objects.of(request.user))
    texts = {
        "too_late": _("This is more than a day ago and stays."),
        "went_on": _("Your answer stays: somebody reviewed the clip since, or its tags changed."),
    }
    try:
        second_answers.undo(asked, request.user, operations.sent(request))
    except second_answers.Stays as refusal:
        messages.info(request, texts[refusal.code])
    except (second_answers.Gone, reviews.OperationReused):
        messages.info(request, _("That answer is not yours any more. Nothing was taken back."))
    else:
        messages.success(request, _("Your answer was taken back."))
    return redirect(asked)


def _next(asked: SecondLook) -> HttpResponse:
    """On from there: what was left for later comes again at the end, not after each answer."""
    return redirect(reverse("annotation:second-looks") + f"?line={asked.business_line.slug}&after={asked.pk}")


def _asked_for(line: BusinessLine, request: SignedIn) -> SecondLook | None:
    waiting = second_answers.waiting([line], request.user).select_related("task__business_line", "task__video", "tag")
    at, after = (request.GET.get(name, "") for name in ("at", "after"))
    if is_id(at) and (named := waiting.filter(pk=int(at)).first()):
        return named
    place = SecondLook.objects.filter(pk=int(after), business_line=line).first() if is_id(after) else None
    if place and (following := second_answers.behind(waiting, place).first()):
        return following
    return waiting.first()


def _shown(found: SecondLook, request: SignedIn) -> dict[str, object]:
    tag, task = found.tag_id, found.task
    task.why, task.reviewer = {}, request.user  # drawn for who looks: what was hidden from the reviewer is shown
    drawn = workbench.clip(task, Answers({tag: Said(tag, "")}, (tag,), found.model_version_id))
    drawn.lanes = [lane for lane in drawn.lanes if lane.tag == tag]
    proposal = next((one for one in drawn.proposals if one.tag == tag), None)
    given = [one.tag_id for one in task.video.video_tags.filter(business_line=found.business_line_id)]
    known = labels([tag, *given])
    return {
        "look": found,
        "clip": drawn,
        "tag": proposal or next((one for one in drawn.added if one.tag == tag), None),
        "label": known.get(tag),
        "given": [known[one].name for one in given if one in known],
        "percent": round(found.confidence * 100),
        "count": second_answers.counts([task.business_line], request.user).get(found.business_line_id, 0),
    }
