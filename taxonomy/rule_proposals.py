"""Deciding about rules that reviewed clips speak for: an accepted one becomes an edit, a refused one is remembered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from taxonomy import changes, own_set, wording
from taxonomy.models import Edit, RuleProposal
from taxonomy.search import preferred

State = RuleProposal.State


class Decided(Exception):
    """Somebody has decided about it already."""


@dataclass(frozen=True)
class InWords:
    proposal: RuleProposal
    text: str
    look: str
    subject: str
    other: str
    share: float  # of the subject's sets that hold the other tag, in per cent
    surely: float  # of excludes the most per cent of chance it may be, else the least per cent


def in_words(proposals: Iterable[RuleProposal]) -> list[InWords]:
    """One query besides that of the proposals."""
    rows = list(proposals)
    tags = {tag.pk: tag.name for row in rows for tag in (row.subject, row.other) if tag}
    names = tags | preferred(tags)
    return [_in_words(row, names) for row in rows]


def _in_words(row: RuleProposal, names: dict[int, str]) -> InWords:
    subject, other = names[row.subject_id], names.get(row.other_id or 0, "")
    text = wording.sentence(row.kind, subject, [other] if other else [])
    share = 100 * row.together / row.subject_sets if row.subject_sets else 0.0
    return InWords(row, text, wording.CHIPS[row.kind], subject, other, share, 100 * row.bound)


@transaction.atomic
def accept(proposal: int, editor: User) -> Edit:
    """Put the rule into the editor's open change set. Raises Decided, EditRefused, RuleProposal.DoesNotExist."""
    row = _decide(proposal, editor, State.ACCEPTED)
    values = {
        "kind": row.kind,
        "subject": row.subject.code,
        "others": [row.other.code] if row.other else [],
        "line": row.business_line.slug if row.business_line else None,
    }
    return changes.add(own_set.of(editor).pk, "rule_add", values, editor)


@transaction.atomic
def refuse(proposal: int, editor: User) -> None:
    """Never propose it again. Raises Decided or RuleProposal.DoesNotExist."""
    _decide(proposal, editor, State.REFUSED)


def _decide(proposal: int, editor: User, state: str) -> RuleProposal:
    rows = RuleProposal.objects.select_for_update(of=("self",)).select_related("subject", "other", "business_line")
    row = rows.get(pk=proposal)
    if row.state != State.OPEN:
        raise Decided
    row.state, row.decided_by, row.decided_at = state, editor, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    return row
