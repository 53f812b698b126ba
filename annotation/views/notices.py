"""A ruling that says otherwise than a reviewer did: the clip, both words on the tag, and its guideline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation import workbench
from annotation.agreement import disputes, notices
from annotation.clips import AddedTag, Clip, ProposedTag
from annotation.models import RulingNotice
from annotation.tag_labels import labels
from annotation.verdicts import Said
from annotation.views.permissions import reviewer_only
from annotation.workbench import Answers
from ml.registry.requests import SignedIn
from tagging import veils


@require_safe
@never_cache
@login_required
@reviewer_only
def notice(request: SignedIn, pk: int) -> HttpResponse:
    """Looking at it is what takes the notice off the first page."""
    unsaid = veils.unsaid(request.user)
    found = get_object_or_404(
        notices.of(request.user, unsaid).select_related("review__task", "ruling__adjudicator"), pk=pk
    )
    notices.seen(found)
    ruling, review = found.ruling, found.review
    said = {verdict.tag_id: verdict for verdict in review.verdicts.all()}
    put = next((one for one in said.values() if one.replacement_id == ruling.tag_id), None)
    voice = disputes.voice(disputes.name(request.user), said.get(ruling.tag_id), put)
    known = labels([tag for tag in (ruling.tag_id, voice.other) if tag])
    clip = _drawn(found, request)
    tags: list[AddedTag | ProposedTag] = [*clip.proposals, *clip.added]
    content: dict[str, Any] = {
        "clip": clip,
        "line": ruling.business_line,
        "ruling": ruling,
        "voice": voice,
        "other": known[voice.other].name if voice.other in known else "",
        "label": known.get(ruling.tag_id),
        "tag": next((one for one in tags if one.tag == ruling.tag_id), None),
        "following": notices.new(request.user, unsaid).first(),
    }
    return render(request, "annotation/ruling.html", content)


def _drawn(found: RulingNotice, request: SignedIn) -> Clip:
    """The clip with this tag alone; without what the models say where it waits in another line of this person's."""
    tag, task = found.ruling.tag_id, found.review.task
    task.why, task.reviewer = {}, request.user
    drawn = workbench.clip(task, Answers({tag: Said(tag, "")}, (tag,), found.review.model_version_id))
    drawn.lanes = [lane for lane in drawn.lanes if lane.tag == tag]
    if veils.of_video(request.user, task.video_id).proposed:
        drawn.proposals, drawn.lanes = [], []
        drawn.text_fields = [
            replace(field, segments=tuple(replace(part, tags=()) for part in field.segments))
            for field in drawn.text_fields
        ]
    return drawn
