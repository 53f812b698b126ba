"""Which column of a stranger's table holds which of our fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tagging.rows import FIELDS

# As platforms, crawlers and published data sets name them; the first that the table has is taken.
KNOWN_NAMES: dict[str, tuple[str, ...]] = {
    "external_id": ("external_id", "video_id", "vid", "item_id", "photo_id", "aweme_id", "id", "视频id", "编号"),
    "title": ("title", "caption", "video_title", "name", "标题", "文案"),
    "description": ("description", "desc", "text", "content", "summary", "简介", "描述", "正文"),
    "cover_text": ("cover_text", "manual_cover_text", "ocr", "ocr_text", "封面文字", "封面文本"),
    "uploader": ("uploader", "author", "author_name", "channel", "channel_title", "creator", "user", "作者", "up主"),
    "program": ("program", "series", "show", "album", "节目", "合集"),
    "media": ("media", "file", "filename", "file_name", "video", "video_path", "path", "url", "文件", "视频"),
    "tags": ("tags", "tag", "labels", "categories", "category_path", "category", "label", "标签", "分类"),
}


def guess(columns: Sequence[str], named: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our field -> their column, for the names we know. A column is used once.

    `named` are fields whose column somebody told: these are as told, an empty one stays empty.
    """
    theirs = {_plain(column): column for column in reversed(columns)}
    mapping = dict(named or {})
    for field in (field for field in FIELDS if field not in mapping):
        for name in KNOWN_NAMES[field]:
            if (column := theirs.get(name)) is not None and column not in mapping.values():
                mapping[field] = column
                break
    return {field: mapping[field] for field in (*FIELDS, *mapping) if field in mapping}


def checked(mapping: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    """The mapping without its empty places. Raises ValueError for an unknown field or column."""
    for field, column in mapping.items():
        if field not in FIELDS:
            raise ValueError(f"Unknown field {field!r}; known: {', '.join(FIELDS)}.")
        if column and column not in columns:
            raise ValueError(f"The table has no column {column!r}; it has: {', '.join(columns)}.")
    return {field: column for field, column in mapping.items() if column}


def _plain(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().casefold())
