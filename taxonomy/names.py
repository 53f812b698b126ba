"""Names of tags as rows: every name, the main one included, with the keys it is found by."""

from __future__ import annotations

from taxonomy.models import Tag, TagName
from taxonomy.search_keys import is_chinese, keys


def language(text: str) -> str:
    """The language a name is filed under when nobody said which."""
    return "zh" if is_chinese(text) else "en"


def make(tag: Tag, text: str, *, language: str, preferred: bool = False) -> TagName:
    """The unsaved row of a name."""
    found = keys(text)
    return TagName(
        tag=tag,
        language=language,
        text=text,
        preferred=preferred,
        normalised=found.normalised,
        pinyin=found.pinyin,
        initials=found.initials,
    )


def index(name: TagName) -> TagName:
    """Renew the keys of a row whose text may have changed; the caller saves it."""
    found = keys(name.text)
    name.normalised, name.pinyin, name.initials = found.normalised, found.pinyin, found.initials
    return name


def follow(tag: Tag, former: str = "") -> None:
    """Keep the main name of a tag among its names: the row of the former name changes, or a row is added."""
    rows = {row.text: row for row in TagName.objects.filter(tag=tag, language=language(tag.name))}
    row = rows.get(tag.name) or rows.get(former) or TagName(tag=tag, language=language(tag.name))
    row.text = tag.name
    row.preferred = row.preferred or not any(other.preferred for other in rows.values())
    index(row).save()
