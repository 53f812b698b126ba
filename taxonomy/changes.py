"""Change sets: gather edits, have them approved, publish them together, take them back. See docs/adr/0007.

Who may do what is decided by the callers' permissions; that a set is approved by somebody else than its author is
decided here, in the transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from taxonomy import drafts, usage, versions
from taxonomy.drafting import differences
from taxonomy.drafting.draft import Change, Draft
from taxonomy.drafting.edits import EditRefused, Values, clash, clean, touches
from taxonomy.models import ChangeSet, Edit, Governance, TaxonomyVersion

State = ChangeSet.State
MOST_EDITS = 400_000  # of one set


class NotPossible(Exception):
    """The change set is not in a state for it; `code` says why (see taxonomy.edit_words)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Outdated(Exception):
    """Somebody else touched the same since the sender last looked; nothing was stored. `edits` are theirs."""

    def __init__(self, edits: Sequence[Edit], revision: int) -> None:
        super().__init__(f"{len(edits)} edits since, now at {revision}")
        self.edits, self.revision = list(edits), revision


def open(author: User, title: str = "", comment: str = "") -> ChangeSet:
    """Begin a change set on the newest version."""
    return ChangeSet.objects.create(author=author, title=title[:200], comment=comment, base=versions.current())


@transaction.atomic
def add(change_set: int, op: str, values: Values, author: User, seen: int | None = None) -> Edit:
    """Add one edit; `seen` is the set's revision that the author saw.

    Raises EditRefused, Outdated where others touched the same since, NotPossible where the set is closed.
    """
    return add_all(change_set, [(op, values)], author, seen)[0]


@transaction.atomic
def add_all(change_set: int, changes: Iterable[Change], author: User, seen: int | None = None) -> list[Edit]:
    """Add several edits or none, in one go. Raises what `add` raises."""
    locked = hold(change_set)
    cleaned = [(op, clean(op, _with_key(op, values))) for op, values in changes]
    _refuse_deleting_used(cleaned, locked.base)
    draft, _problems = drafts.of(locked)
    for op, values in cleaned:
        draft.apply(op, values)
    if seen is not None and seen < locked.revision:
        _refuse_clashes(locked, cleaned, seen)
    return _append(locked, cleaned, author)


@transaction.atomic
def remove(change_set: int, number: int, author: User, seen: int | None = None) -> ChangeSet:
    """Take an edit out. Later edits that needed it are pointed out by the set until they are taken out too.

    Raises NotPossible when there is no such edit, Outdated where others edited on what it touches.
    """
    locked = hold(change_set)
    edit = locked.edits.standing().filter(number=number).first()
    if edit is None:
        raise NotPossible("no_such_edit")
    if seen is not None and seen < locked.revision:
        _refuse_clashes(locked, [(edit.op, edit.values)], seen)
    _bump(locked, 1)
    edit.removed = locked.revision
    edit.save(update_fields=["removed"])
    return locked


def undo(change_set: int, author: User) -> ChangeSet:
    """Take this person's last edit out. Raises NotPossible when there is none."""
    last = Edit.objects.standing().filter(change_set=change_set, author=author).order_by("-number").first()
    if last is None:
        raise NotPossible("no_such_edit")
    return remove(change_set, last.number, author)


def since(change_set: ChangeSet, revision: int) -> list[Edit]:
    """What was added or taken out after a revision."""
    return list(change_set.edits.since(revision).select_related("author").order_by("number"))


@transaction.atomic
def describe(change_set: int, title: str, comment: str) -> ChangeSet:
    """Change title and comment."""
    locked = hold(change_set)
    locked.title, locked.comment = title[:200], comment
    locked.save(update_fields=["title", "comment"])
    return locked


@transaction.atomic
def propose(change_set: int, author: User) -> ChangeSet:
    """Ask a second person to look at it."""
    locked = hold(change_set)
    if not locked.edits.standing().exists():
        raise NotPossible("empty")
    locked.state, locked.proposed_at = State.PROPOSED, timezone.now()
    locked.save(update_fields=["state", "proposed_at"])
    return locked


@transaction.atomic
def approve(change_set: int, approver: User) -> ChangeSet:
    """Agree with the set as it is now. Neither its author nor anybody who edited it may."""
    locked = hold(change_set)
    if locked.state != State.PROPOSED:
        raise NotPossible("not_proposed")
    if locked.author_id == approver.pk or locked.edits.standing().filter(author=approver).exists():
        raise NotPossible("own")
    locked.approver, locked.approved_revision = approver, locked.revision
    locked.save(update_fields=["approver", "approved_revision"])
    return locked


@transaction.atomic
def send_back(change_set: int) -> ChangeSet:
    """Open a proposed set again: its author goes on, or the second person does not agree."""
    locked = hold(change_set)
    locked.state, locked.approver, locked.approved_revision = State.OPEN, None, None
    locked.save(update_fields=["state", "approver", "approved_revision"])
    return locked


@transaction.atomic
def discard(change_set: int) -> ChangeSet:
    """Close it without publishing. Its edits stay to be read."""
    locked = hold(change_set)
    locked.state, locked.closed_at = State.DISCARDED, timezone.now()
    locked.save(update_fields=["state", "closed_at"])
    return locked


@transaction.atomic
def carry_over(change_set: int) -> ChangeSet:
    """Set the edits on the newest version, whose changes the author has been told; what others did is kept below."""
    locked = hold(change_set)
    locked.base = versions.current()
    _bump(locked, 1)
    locked.save(update_fields=["base"])
    return locked


@transaction.atomic
def revert(change_set: ChangeSet, author: User) -> ChangeSet:
    """Begin a set that takes a published one back: its edits' inverses, on the newest version.

    A tag that the set made and that is used by now is deprecated instead of deleted. Raises NotPossible.
    """
    if change_set.state != State.PUBLISHED:
        raise NotPossible("not_published")
    back: list[Change] = []
    for edit in change_set.edits.standing().order_by("-number"):
        back += _inverse(change_set, edit)
    return _begin(author, back, reverts=change_set)


@transaction.atomic
def restore(number: int, author: User) -> ChangeSet:
    """Begin a set that leads from the newest version back to an older one. Raises TaxonomyVersion.DoesNotExist."""
    target = TaxonomyVersion.objects.defer("content").get(number=number)
    newest = drafts.empty()
    changes = differences.between(newest.base, drafts.published(target), newest.lines)
    return _begin(author, changes, title=f"v{number}")


def compare(former: TaxonomyVersion, later: TaxonomyVersion) -> list[Change]:
    """The edits that lead from one version to the other."""
    return differences.between(drafts.published(former), drafts.published(later), drafts.lines())


def problems(change_set: ChangeSet) -> tuple[Draft, list[tuple[Edit, EditRefused]]]:
    """The draft of a set, and its edits that can no longer be made."""
    draft, found = drafts.of(change_set)
    edits = list(change_set.edits.standing()) if found else []
    return draft, [(edits[problem.place], problem.refused) for problem in found]


def governed() -> bool:
    """Whether a second person has to approve."""
    return Governance.load().approval


def _inverse(change_set: ChangeSet, edit: Edit) -> list[Change]:
    if edit.op == Edit.Op.IMPORT:
        assert change_set.version is not None
        after, before = drafts.published(change_set.version), drafts.published(change_set.base)
        return differences.between(after, before, drafts.lines())
    return [(op, values) for op, values in edit.before or []]


def _begin(author: User, changes: list[Change], title: str = "", reverts: ChangeSet | None = None) -> ChangeSet:
    begun = ChangeSet.objects.create(author=author, title=title[:200], base=versions.current(), reverts=reverts)
    _append(begun, _without_deleting_used(changes, begun.base), author)
    return begun


def _without_deleting_used(changes: Sequence[Change], base: TaxonomyVersion | None) -> list[Change]:
    used = _used(changes, base)

    def kept(op: str, values: Values) -> Change:
        if op == "delete" and values["tag"] in used:
            return "state", {"tag": values["tag"], "state": "deprecated"}
        return op, values

    return [kept(op, values) for op, values in changes]


def _refuse_deleting_used(changes: Sequence[Change], base: TaxonomyVersion | None) -> None:
    for code in sorted(_used(changes, base)):
        raise EditRefused("used", tag=code)


def _used(changes: Iterable[Change], base: TaxonomyVersion | None) -> set[str]:
    """Codes of the tags that are to be deleted though something speaks of them."""
    known = drafts.published(base)
    codes = {values["tag"] for op, values in changes if op == "delete" and values["tag"] in known}
    ids = {known.tags["id"][known.rows[code]]: code for code in codes}
    return {ids[tag] for tag in usage.used(ids)}


def hold(change_set: int) -> ChangeSet:
    """The set, to be changed by nobody else until the transaction ends. Raises NotPossible when it is closed."""
    rows = ChangeSet.objects.select_for_update(no_key=True, of=("self",)).select_related("base")
    found = rows.defer("base__content", "base__annex").get(pk=change_set)
    if found.state not in ChangeSet.UNPUBLISHED:
        raise NotPossible("closed")
    return found


def _refuse_clashes(change_set: ChangeSet, changes: Iterable[Change], seen: int) -> None:
    mine = {touch for op, values in changes for touch in touches(op, values)}
    theirs = since(change_set, seen)
    clashing = [edit for edit in theirs if clash(mine, touches(edit.op, edit.values))]
    if clashing:
        raise Outdated(clashing, change_set.revision)


def _append(change_set: ChangeSet, changes: Sequence[Change], author: User) -> list[Edit]:
    first = change_set.revision + 1
    if first + len(changes) > MOST_EDITS:
        raise NotPossible("too_many_edits")
    _bump(change_set, len(changes))
    rows = [
        Edit(change_set=change_set, number=first + n, op=op, values=values, author=author)
        for n, (op, values) in enumerate(changes)
    ]
    return Edit.objects.bulk_create(rows, batch_size=5_000)


def _bump(change_set: ChangeSet, by: int) -> None:
    change_set.revision += by
    change_set.save(update_fields=["revision"])


def _with_key(op: str, values: Values) -> Values:
    """A new rule gets its key here, where chance is allowed."""
    return {"rule": str(uuid.uuid4()), **values} if op == "rule_add" else values
