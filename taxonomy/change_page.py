"""What the page of a change set shows, and two versions beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from taxonomy import changes, drafts, publishing
from taxonomy.edit_words import Words
from taxonomy.models import ChangeSet, Edit, Governance, TaxonomyVersion

SHOWN = 500  # edits on one page; the API gives them all


@dataclass(frozen=True)
class Told:
    """An edit in words, and why it can no longer be made."""

    edit: Edit
    words: str
    refused: str = ""


@dataclass(frozen=True)
class ToldClash:
    mine: str
    theirs: list[str]


def of(
    change_set: ChangeSet,
    reader: Any,
    reasons: list[str] | None = None,
    stopped: publishing.Stopped | None = None,
) -> dict[str, Any]:
    edits = list(change_set.edits.standing().select_related("author"))
    words = Words(drafts.published(change_set.base), [(edit.op, edit.values) for edit in edits])
    unpublished = change_set.state in ChangeSet.UNPUBLISHED
    draft, refused = changes.problems(change_set) if unpublished else (None, [])
    why = {edit.number: words.refused(reason) for edit, reason in refused}
    if stopped:
        why |= {edit.number: words.refused(reason) for edit, reason in stopped.refused}
    rules = Governance.load()
    own = change_set.author_id == reader.pk or any(edit.author_id == reader.pk for edit in edits)
    return {
        "change_set": change_set,
        "unpublished": unpublished,
        "edits": [Told(e, words.edit(e.op, e.values), why.get(e.number, "")) for e in edits[:SHOWN]],
        "count": len(edits),
        "reasons": reasons or [],
        "refused": len(why),
        "clashes": [
            ToldClash(words.edit(c.edit.op, c.edit.values), [words.edit(op, values) for op, values in c.theirs])
            for c in (stopped.clashes if stopped else publishing.clashes(change_set) if unpublished else [])
        ],
        "odd_leaves": [(words.name(c), depth) for c, depth in draft.odd_leaves(rules.shallowest, rules.deepest)]
        if draft
        else [],
        "levels": rules,
        "own": own,
        "publishable": unpublished and (change_set.approved or not rules.approval),
    }


def compared(former: TaxonomyVersion, later: TaxonomyVersion) -> list[str]:
    found = changes.compare(former, later)
    words = Words(drafts.published(former), found)
    return [words.edit(op, values) for op, values in found]
