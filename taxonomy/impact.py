"""What a change set would touch once published. Apps that speak of tags add their counters when they start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from taxonomy import changes
from taxonomy.drafting.draft import Draft
from taxonomy.mappings import TagMapping, drafted
from taxonomy.models import ChangeSet

EXAMPLES = 5


@dataclass(frozen=True)
class Example:
    text: str
    url: str = ""


@dataclass(frozen=True)
class Count:
    """How much of one kind refers to the changed tags. `label` says what is counted, in the reader's language."""

    name: str
    label: str
    count: int
    examples: list[Example] = field(default_factory=list)


@dataclass(frozen=True)
class Touched:
    """What a draft does to tags, by their ids."""

    draft: Draft
    mapping: TagMapping

    @property
    def tags(self) -> list[int]:
        """Every tag that the draft changes, in whatever way."""
        return sorted({*self.mapping.stale, *self.mapping.revived, *self.mapping.changed})

    @property
    def carried(self) -> list[int]:
        """Tags whose labels go to another tag."""
        return sorted({*self.mapping.merged, *self.mapping.revived})

    @property
    def reviewed_again(self) -> list[int]:
        """Tags whose labels no mapping covers."""
        return sorted(self.mapping.split)


Counter = Callable[[Touched], Iterable[Count]]
COUNTERS: dict[str, Counter] = {}  # the app -> its counter


def of(change_set: ChangeSet) -> list[Count]:
    """The counts of all apps, those of nothing left out."""
    draft, _refused = changes.problems(change_set)
    touched = Touched(draft, drafted(draft))
    return [count for count in _all(touched) if count.count]


def _all(touched: Touched) -> Iterator[Any]:
    for name in sorted(COUNTERS):
        yield from COUNTERS[name](touched)
