"""The change set a person is working on: where edits made outside the change set's own page gather."""

from __future__ import annotations

from django.contrib.auth.models import User

from taxonomy import changes
from taxonomy.models import ChangeSet


def find(person: User) -> ChangeSet | None:
    """The newest open set this person began, if there is one."""
    own = ChangeSet.objects.filter(state=ChangeSet.State.OPEN, author=person.pk).select_related("base")
    return own.defer("base__content", "base__annex").order_by("-pk").first()


def of(person: User) -> ChangeSet:
    """The same, begun where there is none."""
    return find(person) or changes.open(person)
