"""Old statements about a tag that was merged follow it to where it went."""

from __future__ import annotations

from collections import defaultdict

from taxonomy import versions
from taxonomy.models import Tag, TagRelation


def targets() -> dict[int, int]:
    """Merged tag -> the tag it stands for now, through any number of merges. Tags that were not merged are absent."""
    rows = Tag.objects.filter(state=Tag.State.MERGED).values_list("pk", "merged_into")
    merged = {tag: into for tag, into in rows if into is not None}
    return {tag: versions.follow(tag, merged) for tag in merged}


def parts() -> dict[int, tuple[int, ...]]:
    """Tag that was split without an heir -> its parts, of which one must be meant. To be followed through merges."""
    found: dict[int, list[int]] = defaultdict(list)
    split = TagRelation.objects.filter(kind=TagRelation.Kind.SPLIT_INTO, tag__state=Tag.State.DEPRECATED)
    for tag, part in split.order_by("pk").values_list("tag", "other"):
        found[tag].append(part)  # type: ignore[arg-type]  # such a relation has another end
    return {tag: tuple(split_into) for tag, split_into in found.items()}
