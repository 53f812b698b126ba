"""A ruling as an example in the guideline: noted in the editor's own change set, it holds once that is published."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.models import User

from annotation.models import Ruling
from taxonomy import changes, drafts, own_set
from taxonomy.drafting.draft import Draft
from taxonomy.drafting.published import GuidelineValue
from taxonomy.drafting.rule_edits import guideline_values


class Unwritten(Exception):
    """The tag has no guideline of its own that an example could stand in."""


def add(ruling: Ruling, editor: User) -> bool:
    """Let the guideline of the tag point to the clip: as an example when it was accepted, else as a counter-example.

    The line's own guideline where it has one, else the general one. False when it points there already.
    Raises Unwritten, and what `changes.add` raises.
    """
    change_set = own_set.find(editor)
    draft = drafts.of(change_set)[0] if change_set else drafts.empty()
    line, value = _place(ruling, draft)
    accepted = ruling.choice == Ruling.Choice.ACCEPT
    shown = _with(value, ruling.video_id, accepted)
    if shown == value:
        return False
    values = guideline_values(replace(shown, confirm=False))
    edit = {"tag": ruling.tag.code, "line": line, **values}
    changes.add(own_set.of(editor).pk, "guideline", edit, editor)
    return True


def _place(ruling: Ruling, draft: Draft) -> tuple[str | None, GuidelineValue]:
    """The short name of the line whose guideline it is (None: the general one), and what it says."""
    line = ruling.business_line
    for slug, pk in ((line.slug, line.pk), (None, None)):
        value = draft.guideline((ruling.tag.code, pk))
        if value.body:
            return slug, value
    raise Unwritten


def _with(value: GuidelineValue, video: int, accepted: bool) -> GuidelineValue:
    examples, counter_examples = (
        tuple(clip for clip in clips if clip != video) for clips in (value.examples, value.counter_examples)
    )
    if accepted:
        shown = value.examples if video in value.examples else (*examples, video)
        return replace(value, examples=shown, counter_examples=counter_examples)
    shown = value.counter_examples if video in value.counter_examples else (*counter_examples, video)
    return replace(value, examples=examples, counter_examples=shown)
