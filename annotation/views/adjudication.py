"""Ruling on disputed tags: the queue of clips, and one clip with who said what of each of its disputed tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation import refusals, tag_figures, workbench
from annotation.agreement import disputes, examples, rulings
from annotation.agreement.disputes import Dispute
from annotation.clips import AddedTag, Clip, ProposedTag
from annotation.models import Consensus, ReviewTask, Ruling
from annotation.tag_labels import labels
from annotation.verdicts import Said
from annotation.workbench import Answers
from ml.registry.requests import SignedIn
from taxonomy import own_set
from taxonomy.drafting.edits import EditRefused
from taxonomy.models import BusinessLine

RULED = 10  # of the newest rulings that the queue tells

adjudicators = permission_required("annotation.adjudicate", raise_exception=True)
editors = permission_required("taxonomy.change_guideline", raise_exception=True)


@require_safe
@never_cache
@login_required
@adjudicators
def queue(request: SignedIn) -> HttpResponse:
    """The most disputed clips of a line, and what was ruled on lately."""
    lines = list(tag_figures.lines_of(request.user))
    counts = disputes.counts(lines)
    line = _chosen(request, lines, counts)
    place = _place(request.GET.get("at", ""))
    rows = (disputes.after(line, place) if place else disputes.waiting(line)) if line else Consensus.objects.none()
    found = list(rows[: disputes.AT_ONCE + 1])
    more = found[disputes.AT_ONCE - 1] if len(found) > disputes.AT_ONCE else None
    ruled = list(disputes.ruled(line)[:RULED]) if line and not place else []
    known = labels([row.tag_id for row in found] + [ruling.tag_id for ruling in ruled])
    content = {
        "rows": [(row, known[row.tag_id].name) for row in found[: disputes.AT_ONCE] if row.tag_id in known],
        "ruled": [(ruling, known[ruling.tag_id].name) for ruling in ruled if ruling.tag_id in known],
        "line": line,
        "choices": [(one, counts[one.pk]) for one in lines],
        "count": counts[line.pk] if line else 0,
        "most": disputes.COUNTED,
        "more": _at(more) if more else "",
    }
    return render(request, "annotation/disputes.html", content)


@require_safe
@never_cache
@login_required
@adjudicators
def clip(request: SignedIn, line: str, video: int) -> HttpResponse:
    """Its disputed tags side by side; `at` is the place in the queue to go on from."""
    found = get_object_or_404(tag_figures.lines_of(request.user), slug=line)
    disputed = disputes.of_clip(video, found.pk)
    task = _task(video, found)
    if task is None or not disputed:
        raise Http404
    place = _place(request.GET.get("at", "")) or (disputed[0].row.doubt, disputed[0].row.pk)
    following = (
        disputes.after(found, place).exclude(video=video).first()
        or disputes.waiting(found).exclude(video=video).first()
    )
    content = {
        "disputed": _told(disputed, shown := _drawn(task, disputed, request.user)),
        "clip": shown,
        "line": found,
        "at": f"{place[0]!r}:{place[1]}",
        "following": following,
        "open": sum(one.open for one in disputed),
        "most_text": rulings.MOST_TEXT,
    }
    return render(request, "annotation/dispute.html", content)


@require_POST
@login_required
@adjudicators
def rule(request: SignedIn, pk: int) -> HttpResponse:
    """Decide one tag of a clip."""
    lines = tag_figures.lines_of(request.user)
    disputed = get_object_or_404(Consensus.objects.select_related("business_line"), pk=pk, business_line__in=lines)
    choice, seen = request.POST.get("choice"), request.POST.get("seen", "")
    if choice not in {"accept", "reject"} or not (seen.isascii() and seen.isdigit() and len(seen) < 9):
        raise Http404
    comment = request.POST.get("comment", "").strip()
    try:
        rulings.rule(disputed, accept=choice == "accept", adjudicator=request.user, seen=int(seen), comment=comment)
    except rulings.Overtaken as overtaken:
        _tell_overtaken(request, overtaken.latest)
    except rulings.Contradicted as refused:
        for reason in refusals.sentences(refused.conflicts):
            messages.error(request, _("Not stored: %(reason)s") % {"reason": reason})
    return _back(request, disputed.business_line, disputed.video_id)


@require_POST
@login_required
@adjudicators
def undo(request: SignedIn, pk: int) -> HttpResponse:
    ruling = _ruling(request.user, pk)
    try:
        rulings.undo(ruling, request.user)
    except rulings.Overtaken as overtaken:
        _tell_overtaken(request, overtaken.latest)
    return _back(request, ruling.business_line, ruling.video_id)


@require_POST
@login_required
@adjudicators
@editors
def example(request: SignedIn, pk: int) -> HttpResponse:
    """Let the guideline of the tag point to this clip."""
    ruling = _ruling(request.user, pk)
    try:
        added = examples.add(ruling, request.user)
    except examples.Unwritten:
        text = _("This tag has no guideline of its own yet that the clip could stand in.")
        messages.error(request, _linked(text, _guideline(ruling), _("Write one with this clip")))
    except EditRefused:
        text = _("The guideline cannot take this clip now.")
        messages.error(request, _linked(text, _guideline(ruling), _("Open it to see why")))
    else:
        messages.success(request, _noted(request) if added else _("The guideline points to this clip already."))
    return _back(request, ruling.business_line, ruling.video_id)


def _chosen(request: SignedIn, lines: list[BusinessLine], counts: Mapping[int, int]) -> BusinessLine | None:
    """The line that the address names, else the one with the most to decide."""
    slug = request.GET.get("line", "")
    found = next((line for line in lines if line.slug == slug), None)
    if slug and found is None:
        raise Http404
    return found or max(lines, key=lambda line: counts[line.pk], default=None)


def _guideline(ruling: Ruling) -> str:
    """Where it is written, with the clip of the ruling put in."""
    name = "example" if ruling.choice == Ruling.Choice.ACCEPT else "counter_example"
    query = {"tag": ruling.tag.code, "line": ruling.business_line.slug, name: ruling.video_id}
    return f"{reverse('taxonomy:guideline')}?{urlencode(query)}"


def _noted(request: SignedIn) -> SafeString:
    text = _("Noted in your change set. It holds once the set is published.")
    return _linked(text, own_set.of(request.user).get_absolute_url(), _("To the change set"))


def _linked(text: str, address: str, words: str) -> SafeString:
    return format_html('<span>{}</span> <a href="{}">{}</a>', text, address, words)


def _ruling(user: User, pk: int) -> Ruling:
    rows = Ruling.objects.select_related("business_line", "tag")
    return get_object_or_404(rows, pk=pk, business_line__in=tag_figures.lines_of(user))


def _task(video: int, line: BusinessLine) -> ReviewTask | None:
    """The one reviewed last: its page is what the reviewers saw."""
    reviewed = ReviewTask.objects.filter(video=video, business_line=line, current_review__isnull=False)
    return reviewed.order_by("-current_review").first()


def _drawn(task: ReviewTask, disputed: list[Dispute], person: User) -> Clip:
    """The clip with these tags alone, drawn for the adjudicator: what was hidden from a reviewer is shown."""
    tags = [one.row.tag_id for one in disputed]
    task.why, task.reviewer = {}, person
    drawn = workbench.clip(task, Answers({tag: Said(tag, "") for tag in tags}, tuple(tags)))
    drawn.lanes = [lane for lane in drawn.lanes if lane.tag in tags]
    return drawn


def _told(disputed: list[Dispute], shown: Clip) -> list[dict[str, Any]]:
    """Each dispute with how its tag is called, and what the model says for it."""
    proposed: dict[int, AddedTag | ProposedTag] = {tag.tag: tag for tag in shown.added}
    proposed.update({tag.tag: tag for tag in shown.proposals})
    others = {voice.other for one in disputed for voice in one.voices if voice.other}
    known = labels({one.row.tag_id for one in disputed} | others)
    return [
        {
            "dispute": one,
            "tag": proposed.get(one.row.tag_id),
            "label": known.get(one.row.tag_id),
            "voices": [(voice, known[voice.other].name if voice.other in known else "") for voice in one.voices],
        }
        for one in disputed
    ]


def _tell_overtaken(request: SignedIn, latest: Ruling | None) -> None:
    if latest is None:
        return messages.error(request, _("This page was out of date. Nothing was stored; here is how it stands now."))
    told = {"who": disputes.name(latest.adjudicator), "choice": latest.get_choice_display()}
    return messages.error(
        request, _("%(who)s was faster: %(choice)s. Nothing of yours was stored; here is how it stands now.") % told
    )


def _back(request: SignedIn, line: BusinessLine, video: int) -> HttpResponse:
    at = _place(request.POST.get("at", ""))
    address = reverse("annotation:dispute", args=[line.slug, video])
    return redirect(f"{address}?at={at[0]!r}:{at[1]}" if at else address)


def _at(row: Consensus) -> str:
    return f"{row.doubt!r}:{row.pk}"


def _place(told: str) -> tuple[float, int] | None:
    """A place in the queue as it stands in an address."""
    doubt, _colon, pk = told.partition(":")
    try:
        place = float(doubt), int(pk)
    except ValueError:
        return None
    return place if 0 <= place[0] <= 1 and 0 < place[1] < 2**63 else None
