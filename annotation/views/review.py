"""The review page and what it asks for while a reviewer works. The contract is told in annotation/forms/reviews.py."""

from __future__ import annotations

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation import assignments, figures, queue, readings, refusals, reviews, shortcuts, workbench
from annotation.clips import Clip
from annotation.forms.reviews import ReviewForm, is_id
from annotation.models import GroupReview, ReviewTask, SecondLook
from annotation.probes import qualification
from annotation.tag_labels import labels
from annotation.verdicts import Effort
from annotation.views import operations
from annotation.views.lines import chosen, header
from annotation.views.permissions import reviewer_only
from ml.registry.requests import SignedIn
from taxonomy import guidelines


@require_GET
@never_cache
@login_required
@reviewer_only
def enter(request: SignedIn) -> HttpResponse:
    """Go on with the task held longest, else claim the most urgent one."""
    line = chosen(request)
    if line is None:
        return render(request, "annotation/queue_empty.html")
    task = queue.held(request.user, line) or queue.claim(request.user, line, leave=_ids(request.GET, "not"))
    if task is None:
        standing = qualification.standing(request.user, line)
        if standing.shut or standing.decided:  # passed or not, one reads first what was right
            return redirect(reverse("annotation:qualify") + f"?line={line.slug}")
        return render(request, "annotation/queue_empty.html", header(request, line))
    return redirect(task)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@reviewer_only
def review(request: SignedIn, pk: int) -> HttpResponse:
    task = get_object_or_404(ReviewTask.objects.of(request.user).select_related("business_line"), pk=pk)
    if request.method == "POST":
        return _answer(request, task, ReviewForm(request.POST))
    if not ReviewTask.objects.claimed_by(request.user).filter(pk=pk).exists():
        messages.info(request, _("You no longer hold that clip. Here is the next one."))
        return redirect("annotation:enter")
    return _page(request, workbench.clip(task))


@require_GET
@never_cache
@login_required
@reviewer_only
def next_clip(request: SignedIn) -> HttpResponse:
    """One more clip, for the page to have at hand: one that an earlier page left behind, else a new one."""
    line = chosen(request)
    task = line and queue.take(request.user, line, leave=_ids(request.GET, "not"))
    return HttpResponse(_drawn(request, task)) if task else HttpResponse(status=204)


@require_POST
@login_required
@reviewer_only
def heartbeat(request: SignedIn, pk: int) -> HttpResponse:
    try:
        until = queue.heartbeat(pk, request.user, int(request.POST.get("token", "")))
    except (queue.LeaseLost, ValueError):
        return _lost(request, pk)
    return JsonResponse({"lease_until": until.isoformat()})


@require_GET
@never_cache
@login_required
@reviewer_only
def guideline(request: SignedIn, pk: int, tag: int) -> HttpResponse:
    """What a tag means that was added on the page: the part of the page that says so."""
    task = get_object_or_404(ReviewTask.objects.of(request.user).select_related("business_line"), pk=pk)
    known = labels([tag])
    if tag not in known:
        raise Http404
    texts = workbench.guideline_texts(guidelines.texts([tag], task.business_line_id), request.user.pk)
    content = {"tag": workbench.added(tag, known, texts), "line": task.business_line, "first": False}
    return render(request, "annotation/_guideline.html", content)


@require_POST
@login_required
@reviewer_only
def read(request: SignedIn) -> HttpResponse:
    """Guidelines that the reviewer had on the screen."""
    rows = [int(value) for value in request.POST.getlist("guideline")[:50] if value.isascii() and value.isdigit()]
    readings.note(request.user.pk, rows)
    return HttpResponse(status=204)


@require_POST
@login_required
@reviewer_only
def undo(request: SignedIn) -> HttpResponse:
    """Take back the reviewer's last review and show its clip again."""
    try:
        undoing = reviews.undo(reviewer=request.user, operation=operations.sent(request))
    except reviews.NotUndoable as refusal:
        return _not_undone(request, refusal.code, refusal.event)
    except reviews.OperationReused:
        return _not_undone(request, "not_undoable")
    if not _wants_json(request):
        return redirect(undoing.task)
    stats = figures.own(request.user, undoing.task.business_line)
    return JsonResponse({"clip": _drawn(request, undoing.task), "stats": stats})


def _answer(request: SignedIn, task: ReviewTask, form: ReviewForm) -> HttpResponse:
    """Carry out a submitted form and say how it went."""
    if not form.is_valid() or form.problems:
        return _refused(request, task, form, {"conflicts": [], "errors": form.problems}, 422)
    try:
        review = _carry_out(task, request, form)
    except queue.LeaseLost:
        if _wants_json(request):
            return _lost(request, task.pk)
        return _refused(request, task, form, _lost_entry(request, task.pk), 409)
    except assignments.NotTheirs:
        text = _("This colleague has reviewed the clip already, or does not work for its business line.")
        return _refused(request, task, form, {"conflicts": [], "errors": [{"field": "to", "text": text}]}, 422)
    except reviews.Refused as refusal:
        return _refused(request, task, form, refusals.describe(refusal), 422)
    except readings.Unconfirmed as asked:
        return _refused(request, task, form, refusals.ask(asked), 422)
    except reviews.OperationReused:
        text = _("This page was sent before with other verdicts. Load it again.")
        return _refused(request, task, form, {"conflicts": [], "errors": [{"field": "operation", "text": text}]}, 422)
    if not _wants_json(request):
        return redirect(reverse("annotation:enter") + f"?line={task.business_line.slug}&not={task.pk}")
    stats = figures.own(request.user, task.business_line)
    stored = {"stored": True, "review": review, "undo_url": reverse("annotation:undo"), "stats": stats}
    if form.cleaned_data["next"]:  # the page wants another one: a second request would cost more than the clip
        following = queue.take(request.user, task.business_line, leave=_ids(request.POST, "not"))
        stored["clip"] = _drawn(request, following) if following else None
    return JsonResponse(stored)


def _carry_out(task: ReviewTask, request: SignedIn, form: ReviewForm) -> int | None:
    """The id of the review that was stored, if the action stores one."""
    data = form.cleaned_data
    if data["action"] == "skip":
        queue.skip(task.pk, request.user, data["token"], data["skip_reason"])
    elif data["action"] == "hand_over":
        assignments.hand_over(task.pk, request.user, data["token"], to=data["to"], note=data["note"])
    elif data["action"] == "give_back":
        queue.give_back(task.pk, request.user, data["token"])
    else:
        return reviews.submit(
            task.pk,
            reviewer=request.user,
            token=data["token"],
            operation=data["operation"],
            verdicts=data["verdicts"],
            model_version=data["model_version"],
            effort=Effort(data["seconds"], data["keystrokes"], data["edits"]),
            confirmed=form.confirmed,
        ).pk
    return None


def _refused(request: SignedIn, task: ReviewTask, form: ReviewForm, why: dict, status: int) -> HttpResponse:
    """Nothing was stored: say why, and keep every entry."""
    if _wants_json(request):
        return JsonResponse(why, status=status)
    clip = workbench.clip(task, form.answers)
    clip.conflicts, clip.errors = why["conflicts"], why["errors"]
    # Words that named one tag have become that tag; left in the box they would add it again after it was taken back.
    clip.choices, clip.add_name = form.choices, "" if form.looked_up else form.data.get("add_name", "")
    clip.skip_reason = form.data.get("skip_reason", "")
    return _page(request, clip, status)


def _drawn(request: SignedIn, task: ReviewTask) -> str:
    """The clip as the page takes it in."""
    return render_to_string("annotation/review.html#clip", {"clip": workbench.clip(task)}, request)


def _page(request: SignedIn, clip: Clip, status: int = 200) -> HttpResponse:
    rows = shortcuts.table(request.user)
    keys = {"shortcuts": rows, "own_keys": json.dumps({row["name"]: row["code"] for row in rows})}
    people = assignments.colleagues(clip.line, request.user)
    content = {"clip": clip, "colleagues": people, **header(request, clip.line), **keys}
    return render(request, "annotation/review.html", content, status=status)


def _lost_entry(request: SignedIn, task: int) -> dict:
    done = ReviewTask.objects.filter(pk=task, reviewer=request.user, state=ReviewTask.State.DONE).exists()
    if done:
        text = _("You have sent this clip already, maybe from another window. What you entered here was not stored.")
    else:
        text = _("Somebody else has this clip now. Nothing was stored; what you entered is still here.")
    return {"conflicts": [], "errors": [{"field": "token", "text": text}]}


def _lost(request: SignedIn, task: int) -> JsonResponse:
    message = _lost_entry(request, task)["errors"][0]["text"]
    return JsonResponse({"error": "lease_lost", "message": message}, status=409)


def _not_undone(request: SignedIn, code: str, event: GroupReview | SecondLook | None = None) -> HttpResponse:
    texts = {
        "nothing_to_undo": _("There is nothing to undo."),
        "too_late": _("Your last review is more than a day old and stays."),
        "in_group": _("Your last review was one verdict for a group of clips. It is taken back as a whole."),
        "in_second_look": _("Your last review was a second look. It is taken back where it was answered."),
        "not_undoable": _("That cannot be undone."),
    }
    words = {"in_group": _("To the group"), "in_second_look": _("To the second looks")}
    if _wants_json(request) or request.htmx:
        where = {"url": event.get_absolute_url(), "words": words[code]} if event else {}
        return JsonResponse({"error": code, "message": texts[code], **where}, status=409)
    messages.info(request, texts[code])
    return redirect(event or f"annotation:{'history' if request.POST.get('next') == 'history' else 'enter'}")


def _wants_json(request: SignedIn) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _ids(sent: QueryDict, name: str) -> list[int]:
    return [int(value) for value in sent.getlist(name)[:10] if is_id(value)]
