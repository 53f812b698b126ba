"""One piece of extraction: what it is keyed by, how its media are decoded, how its result is kept."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ml import media
from ml.feature_store import FeatureStore
from ml.modality.extractor import Extractor, Material
from ml.types import Array, VideoInput

log = logging.getLogger(__name__)

Result = tuple[str, str, dict[str, Array]]  # key, extractor's name, arrays


@dataclass
class Work:
    """What must be computed for one key, and by whom."""

    key: str
    video: VideoInput
    extractors: list[Extractor] = field(default_factory=list)

    @property
    def reads_media(self) -> bool:
        return any(extractor.decoding for extractor in self.extractors)


def text_key(video: VideoInput) -> str | None:
    """sha256 of the text; None without any."""
    text = video.text()
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def media_key(video: VideoInput) -> str | None:
    """The media's content hash, known or computed; None without media (or unreadable, see the log)."""
    if video.content_hash or video.media is None:
        return video.content_hash
    try:
        return media.content_hash(video.media)
    except OSError as reason:
        log.warning("video %s: its media cannot be read: %s", video.id, reason)
        return None


def decode(item: Work) -> tuple[Work, Material | None, float]:
    """One pass over the file for all extractors that miss it, and its CPU seconds."""
    started = time.thread_time()
    wanted: dict[str, Any] = {}
    for extractor in item.extractors:
        wanted |= extractor.decoding
    try:
        if item.video.media is None:
            raise media.MediaError("The file does not exist.")
        decoded = media.decode(item.video.media, **wanted)
    except (media.MediaError, OSError) as reason:
        log.warning("video %s: no frames and no sound: %s", item.video.id, reason)
        return item, None, time.thread_time() - started
    material = Material("", decoded.frames, decoded.times, decoded.sound, decoded.whole, decoded.whole_times)
    return item, material, time.thread_time() - started


def keep(store: FeatureStore, results: Sequence[Result], personal: frozenset[str] = frozenset()) -> float:
    """Store what a batch gave; returns its CPU seconds. What extractors of `personal` gave can be erased by itself."""
    started = time.thread_time()
    store.put_all([result for result in results if result[1] not in personal])
    for result in results:
        if result[1] in personal:
            store.put(*result)
    return time.thread_time() - started
