"""Old statements about a tag that was merged follow it to where it went."""

from __future__ import annotations

from taxonomy.models import Tag


def targets() -> dict[int, int]:
    """Merged tag -> the tag it stands for now, through any number of merges. Tags that were not merged are absent."""
    merged = dict(Tag.objects.filter(state=Tag.State.MERGED).values_list("pk", "merged_into"))
    return {tag: _last(tag, merged) for tag in merged}


def _last(tag: int, merged: dict[int, int]) -> int:
    for _ in merged:  # no longer than all merges together: a ring of merges must not hang us
        if tag not in merged:
            break
        tag = merged[tag]
    return tag
