"""Publishing a change set: one transaction from the draft to the next version and to what the apps above carry along.

Nothing that reviewers need is locked while the draft is computed and the next version compressed; the live tables are
written at the end, a statement a table, and only the rows that change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from taxonomy import changes, contents, drafts, live_tables, mappings, usage, versions
from taxonomy.changes import NotPossible
from taxonomy.drafting import differences
from taxonomy.drafting.draft import Change, Draft
from taxonomy.drafting.edits import EditRefused, clash, touches
from taxonomy.drafting.published import Published
from taxonomy.models import ChangeSet, Edit, Governance, TaxonomyVersion
from taxonomy.outcome import Outcome
from taxonomy.signals import published

State = ChangeSet.State


@dataclass(frozen=True)
class Clash:
    """An edit that touches what was published since its set was begun; `theirs` are those changes."""

    edit: Edit
    theirs: list[Change]


class Stopped(Exception):
    """The set cannot be published as it is and stays as it was. `clashes`, or `refused` with the edits at fault."""

    def __init__(self, clashes: list[Clash], refused: list[tuple[Edit, EditRefused]]) -> None:
        super().__init__(f"{len(clashes)} clashes, {len(refused)} edits refused")
        self.clashes, self.refused = clashes, refused


def publish(change_set: int, publisher: User) -> TaxonomyVersion:
    """Publish a set as the next version.

    Where something was published since it was begun, it is carried over if it touches nothing of that. Raises Stopped
    or NotPossible; then nothing is changed.
    """
    try:
        with transaction.atomic():
            return _publish(change_set, publisher)
    except IntegrityError as error:
        if "violates foreign key" not in str(error):
            raise
        # Somebody used a tag in the moment in which it was deleted; the next attempt says which.
        raise NotPossible("used_meanwhile") from error


@transaction.atomic
def publish_import(title: str, author: User | None, values: Mapping[str, Any]) -> ChangeSet | None:
    """Publish what a bulk import wrote to the live tables, as one change set with one `import` edit.

    Called at the end of the import's own transaction, which began with `versions.lock()`. `values`: what it was (file,
    format, counts). None where nothing changed.
    """
    former = versions.current()
    content, annex = contents.content(), contents.annex()
    version = versions.store(versions.prepare(content, annex), title, author)
    if former == version:
        return None
    change_set = ChangeSet.objects.create(title=title[:200], author=author, base=former, revision=1)
    change_set.edits.create(number=1, op=Edit.Op.IMPORT, values=dict(values), author=author)
    _close(change_set, version, author)
    mapping = mappings.between(drafts.published(former), Published(content, annex))
    published.send(ChangeSet, version=version, mapping=mapping, change_set=change_set)
    return change_set


def clashes(change_set: ChangeSet) -> list[Clash]:
    """What was published since the set was begun and touches the same. The first clash of each edit counts."""
    newest = versions.current()
    if newest is None or change_set.base_id == newest.pk:
        return []
    since = differences.between(drafts.published(change_set.base), drafts.published(newest), drafts.lines())
    touched = [(change, touches(*change)) for change in since]
    every = set().union(*(touch for _change, touch in touched))
    found = []
    for edit in change_set.edits.standing():
        mine = touches(edit.op, edit.values)
        if clash(mine, every):
            theirs = [change for change, touch in touched if clash(mine, touch)]
            found.append(Clash(edit, theirs))
    return found


def _publish(pk: int, publisher: User) -> TaxonomyVersion:
    versions.lock()
    change_set = changes.hold(pk)
    edits = list(change_set.edits.standing())
    _may_be_published(change_set, edits)
    if clashing := clashes(change_set):
        raise Stopped(clashing, [])
    newest = versions.current()
    draft = drafts.empty(newest)
    _replay(draft, edits)
    made = Outcome(draft, live_tables.allocate(draft))
    _refuse_deleting_used(made, edits)
    content, annex = made.content(), made.annex()
    mapping = mappings.between(draft.base, Published(content, annex))
    ready = versions.prepare(content, annex)  # seconds for 300,000 tags, and nothing is locked yet
    Edit.objects.bulk_update(edits, ["before"], batch_size=2_000)
    live_tables.write(made, publisher.pk)
    version = versions.store(ready, change_set.comment or change_set.title, publisher)
    change_set.base = newest
    _close(change_set, version, publisher)
    published.send(ChangeSet, version=version, mapping=mapping, change_set=change_set)
    return version


def _may_be_published(change_set: ChangeSet, edits: list[Edit]) -> None:
    if not edits:
        raise NotPossible("empty")
    if Governance.load().approval and not (change_set.state == State.PROPOSED and change_set.approved):
        raise NotPossible("not_approved")


def _replay(draft: Draft, edits: list[Edit]) -> None:
    """Make all edits and note on each what takes it back. Raises Stopped with those that cannot be made."""
    refused = []
    for edit in edits:
        try:
            edit.before = draft.apply(edit.op, edit.values)
        except EditRefused as reason:
            refused.append((edit, reason))
    if refused:
        raise Stopped([], refused)


def _refuse_deleting_used(made: Outcome, edits: list[Edit]) -> None:
    used = usage.used(made.deleted)
    codes = {made.base.code(tag) for tag in used}
    at_fault = [edit for edit in edits if edit.op == Edit.Op.DELETE and edit.values["tag"] in codes]
    if at_fault:
        raise Stopped([], [(edit, EditRefused("used", tag=edit.values["tag"])) for edit in at_fault])


def _close(change_set: ChangeSet, version: TaxonomyVersion, publisher: User | None) -> None:
    change_set.state, change_set.version, change_set.publisher = State.PUBLISHED, version, publisher
    change_set.closed_at = timezone.now()
    change_set.save(update_fields=["state", "version", "publisher", "closed_at", "base"])
