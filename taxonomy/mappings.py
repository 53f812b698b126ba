"""What became of tags between two versions. Plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from taxonomy.drafting.draft import Draft
from taxonomy.drafting.published import STATES, Published
from taxonomy.outcome import final

_ACTIVE, _DEPRECATED, _MERGED = STATES.index("active"), STATES.index("deprecated"), STATES.index("merged")


@dataclass(frozen=True)
class TagMapping:
    """From one version to another, by ids. Tags that are in neither field stand as they stood."""

    merged: Mapping[int, int] = field(default_factory=dict)  # to where it went; a split with a default is one too
    split: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # without a default: to its parts
    deprecated: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    revived: Mapping[int, int] = field(default_factory=dict)  # merged before, and now not or elsewhere: where it was
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
    merged: dict[int, int] = {}
    split: dict[int, tuple[int, ...]] = {}
    revived: dict[int, int] = {}
    deprecated, gone, changed = set(), set(), set()
    parts = _parts(later)
    for row, tag in enumerate(before["id"]):
        now = rows.get(tag)
        if now is None:
            gone.add(tag)
        elif (state := after["state"][now]) == _MERGED:
            if heirs[tag] != old_heirs.get(tag):
                merged[tag] = heirs[tag]
                revived |= {tag: old_heirs[tag]} if tag in old_heirs else {}
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


def drafted(draft: Draft) -> TagMapping:
    """What a draft would make of the tags of its version. Costs what the edits touched, and one look at the merges."""
    base = draft.base
    old_heirs = {base.code(tag): base.code(heir) for tag, heir in final(base.tags).items()}
    merged, split, revived = {}, {}, {}
    deprecated, gone, changed = set(), set(), set()
    for code in draft.touched_tags() & base.rows.keys():
        tag, node, before = base.tags["id"][base.rows[code]], draft.find(code), base.node(code)
        assert before
        if node is None:
            gone.add(tag)
        elif node.state == "merged":
            merged[tag] = _id(draft, _heir(draft, code))
        elif code in old_heirs:
            revived[tag] = _id(draft, old_heirs[code])
        elif node.state == "deprecated" and before.state != "deprecated":
            if parts := draft.parts(code):
                split[tag] = tuple(_id(draft, part) for part in parts)
            else:
                deprecated.add(tag)
        else:
            changed.add(tag)
    return TagMapping(merged, split, frozenset(deprecated), frozenset(gone), revived, frozenset(changed))


def _heir(draft: Draft, code: str) -> str:
    while (into := draft.node(code).merged_into) is not None:
        code = into
    return code


def _id(draft: Draft, code: str) -> int:
    """0 for a tag that the draft itself makes."""
    row = draft.base.rows.get(code)
    return int(draft.base.tags["id"][row]) if row is not None else 0


def _looks(tags: Mapping[str, Sequence[Any]], row: int) -> tuple[object, ...]:
    return tuple(tags[column][row] for column in ("name", "parent", "state", "assignable", "names"))


def _parts(version: Published) -> dict[int, tuple[int, ...]]:
    """Tags that were split -> their parts, merged ones followed."""
    heirs = final(version.tags)
    found: dict[int, tuple[int, ...]] = {}
    relations: Iterable[tuple[int, str, int, str]] = version.annex["relations"]
    for tag, kind, other, _uri in relations:
        if kind == "split_into":
            found[tag] = tuple(dict.fromkeys([*found.get(tag, ()), heirs.get(other, other)]))
    return found
