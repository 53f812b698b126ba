"""Old statements about a tag that was merged follow it to where it went."""

from __future__ import annotations

from taxonomy import versions
from taxonomy.models import Tag


def targets() -> dict[int, int]:
    """Merged tag -> the tag it stands for now, through any number of merges. Tags that were not merged are absent."""
    rows = Tag.objects.filter(state=Tag.State.MERGED).values_list("pk", "merged_into")
    merged = {tag: into for tag, into in rows if into is not None}
    return {tag: versions.follow(tag, merged) for tag in merged}
