"""Features of many videos: what the store lacks is decoded, embedded and stored, all three at once."""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from ml import parts
from ml.feature_store import FeatureStore
from ml.layers import accelerator
from ml.modality import EXTRACTORS
from ml.modality.extractor import Extractor, Material, MissingWeights
from ml.modality.work import Result, Work, decode, keep, media_key, text_key
from ml.types import Array, Features, VideoInput

log = logging.getLogger(__name__)

STAGES = ("decode", "text", "frames", "sound", "texture", "faces", "store")
TEXT_BATCH = 256  # texts sorted by length together
CLIP_BATCH = 8  # clips whose frames share batches
# Threads that decode. One core is left to the networks: beside two decoders on two cores they ran with cold caches.
DECODERS = min(4, max(1, (os.cpu_count() or 2) - 1))

Arrays = dict[str, Array]
Keys = tuple[str | None, str | None]  # of the text, of the media
Found = dict[tuple[str, str], Arrays]  # (key, extractor name) -> arrays


Ready = tuple[Work, Material]


class Modality:
    """All extractors of a stack.

    `timings` holds, after `features`, the CPU seconds of each of `STAGES`.
    """

    def __init__(self, extractors: Sequence[Extractor], workers: int = DECODERS) -> None:
        self.extractors = tuple(extractors)
        self.workers = workers  # threads that decode
        self.personal = frozenset(extractor.name for extractor in self.extractors if extractor.personal)
        self.timings = dict.fromkeys(STAGES, 0.0)
        self.missing: dict[str, str] = {}  # modality that was left out -> why, and what to do

    @classmethod
    def build(
        cls, config: Mapping[str, Mapping[str, Any]], folder: Path | None = None, device: str | None = None
    ) -> Self:
        """From the stack's `[modality.<modality>]` sections, each with `extractor` and its settings.

        `folder` holds one folder of trained weights a modality. A modality whose weights are missing is left out,
        with a warning that says what to do.
        """
        device = device or accelerator.name()
        torch.set_num_threads(1)
        extractors: list[Extractor] = []
        missing: dict[str, str] = {}
        for modality, settings in config.items():
            extractor = parts.find(EXTRACTORS, settings["extractor"])
            try:
                extractors.append(extractor.build(settings, folder / modality if folder else None, device))
            except MissingWeights as reason:
                log.warning("going on without %s: %s", modality, reason)
                missing[modality] = str(reason)
        built = cls(extractors)
        built.missing = missing
        return built

    @property
    def names(self) -> dict[str, str]:
        """Cache name of the extractor of each modality present."""
        return {extractor.modality: extractor.name for extractor in self.extractors}

    @property
    def dims(self) -> dict[str, int]:
        """Width of the rows of each modality present."""
        return {extractor.modality: extractor.dim for extractor in self.extractors}

    def features(self, videos: Sequence[VideoInput], store: FeatureStore) -> list[Features]:
        """Features in the order of `videos`. Media that cannot be read leave their modalities None (see the log)."""
        self.timings = dict.fromkeys(STAGES, 0.0)
        keys = [(text_key(video), media_key(video)) for video in videos]
        found: Found = {}
        work = list(self._missing(videos, keys, store, found))
        with ThreadPoolExecutor(self.workers) as decoders, ThreadPoolExecutor(1) as writer:
            # Decoding starts before the texts are embedded and runs ahead of the backbone from then on.
            clips = self._decoded([item for item in work if item.reads_media], decoders)
            texts = ((item, Material(text=item.video.text())) for item in work if not item.reads_media)
            stored = [
                writer.submit(keep, store, self._extracted(batch, found), self.personal)
                for batch in chain(_batches(texts, TEXT_BATCH), _batches(clips, CLIP_BATCH))
            ]
            self.timings["store"] = sum(done.result() for done in stored)
        return [self._features(video, pair, found) for video, pair in zip(videos, keys, strict=True)]

    def sentences(self, texts: Sequence[str]) -> Array | None:
        """(texts, dim): embeddings as in `Features.text`, zeros for an empty text; None without a text model."""
        for extractor in self.extractors:
            if extractor.modality == "text":
                rows = extractor.extract([Material(text=text) for text in texts])
                return np.stack([row.get("text", np.zeros(extractor.dim, np.float32)) for row in rows])
        return None

    def _missing(
        self, videos: Sequence[VideoInput], keys: Sequence[Keys], store: FeatureStore, found: Found
    ) -> Iterator[Work]:
        """Fill `found` from the store and yield what is left to do, each key once."""
        work: dict[str, Work] = {}
        for video, pair in zip(videos, keys, strict=True):
            for extractor in self.extractors:
                key = pair[bool(extractor.decoding)]
                if key is None or (key, extractor.name) in found:
                    continue
                if (arrays := store.get(key, extractor.name)) is not None:
                    found[key, extractor.name] = arrays
                elif extractor not in (item := work.setdefault(key, Work(key, video))).extractors:
                    item.extractors.append(extractor)
        yield from work.values()

    def _decoded(self, work: Sequence[Work], pool: ThreadPoolExecutor) -> Iterator[Ready]:
        """Decode in `pool`, a bounded number of clips ahead of the reader; unreadable ones are left out."""
        left = iter(work)
        ahead = deque(pool.submit(decode, item) for item in islice(left, self.workers + CLIP_BATCH))

        def ready() -> Iterator[Ready]:
            while ahead:
                item, material, seconds = ahead.popleft().result()
                ahead.extend(pool.submit(decode, item) for item in islice(left, 1))
                self.timings["decode"] += seconds
                if material is not None:
                    yield item, material

        return ready()

    def _extracted(self, batch: Sequence[Ready], found: Found) -> list[Result]:
        results = []
        for extractor in self.extractors:
            part = [(item, material) for item, material in batch if extractor in item.extractors]
            started = time.thread_time()
            rows = extractor.extract([material for _, material in part]) if part else []
            self.timings[extractor.modality] += time.thread_time() - started
            for (item, _), arrays in zip(part, rows, strict=True):
                found[item.key, extractor.name] = arrays
                results.append((item.key, extractor.name, arrays))
        return results

    def _features(self, video: VideoInput, pair: Keys, found: Found) -> Features:
        arrays: Arrays = {}
        for extractor in self.extractors:
            key = pair[bool(extractor.decoding)]
            arrays |= found.get((key, extractor.name), {}) if key else {}
        return Features(video, **arrays)


def _batches(ready: Iterator[Ready], size: int) -> Iterator[list[Ready]]:
    while batch := list(islice(ready, size)):
        yield batch
