"""What became of tags between two versions. Plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from taxonomy.outcome import final
from taxonomy.published import STATES, Published

_ACTIVE, _DEPRECATED, _MERGED = STATES.index("active"), STATES.index("deprecated"), STATES.index("merged")


@dataclass(frozen=True)
class TagMapping:
    """From one version to another, by ids. Tags that are in neither field stand as they stood."""

    merged: Mapping[int, int] = field(default_factory=dict)  # to where it went; a split with a default is one too
    split: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # without a default: to its parts
    deprecated: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    revived: Mapping[int, int] = field(default_factory=dict)  # merged before and no longer: where it had gone
    # Besides, tags that are themselves but read or stand differently: renamed, moved, given otherwise.
    changed: frozenset[int] = frozenset()

    @property
    def stale(self) -> frozenset[int]:
        """Tags that no longer mean themselves."""
        return frozenset({*self.merged, *self.split, *self.deprecated, *self.gone})

    def translate(self, tag: int) -> tuple[int, ...]:
        """What a statement about the tag says now: the tag, its heir, the parts one of which it may be, or nothing."""
        if tag in self.gone or tag in self.deprecated:
            return ()
        if tag in self.split:
            return self.split[tag]
        return (self.merged.get(tag, tag),)


def between(former: Published, later: Published) -> TagMapping:
    """What became of the tags of `former` in `later`; it may be the older one, as after a restoring."""
    before, after = former.tags, later.tags
    old_heirs, heirs = final(before), final(after)
    rows = later.row_of_id
    merged, split, revived = {}, {}, {}
    deprecated, gone, changed = set(), set(), set()
    parts = _parts(later)
    for row, tag in enumerate(before["id"]):
        now = rows.get(tag)
        if now is None:
            gone.add(tag)
        elif (state := after["state"][now]) == _MERGED:
            if heirs[tag] != old_heirs.get(tag):
                merged[tag] = heirs[tag]
        elif tag in old_heirs:
            revived[tag] = old_heirs[tag]
        elif state == _DEPRECATED and before["state"][row] != _DEPRECATED:
            if tag in parts:
                split[tag] = parts[tag]
            else:
                deprecated.add(tag)
        elif _looks(before, row) != _looks(after, now):
            changed.add(tag)
    return TagMapping(merged, split, frozenset(deprecated), frozenset(gone), revived, frozenset(changed))


def _looks(tags: Mapping[str, list[object]], row: int) -> tuple[object, ...]:
    return tuple(tags[column][row] for column in ("name", "parent", "state", "assignable", "names"))


def _parts(version: Published) -> dict[int, tuple[int, ...]]:
    """Tags that were split -> their parts, merged ones followed."""
    heirs, found = final(version.tags), {}
    relations: Iterable[tuple[int, str, int, str]] = version.annex["relations"]
    for tag, kind, other, _uri in relations:
        if kind == "split_into":
            found[tag] = tuple(dict.fromkeys([*found.get(tag, ()), heirs.get(other, other)]))
    return found
