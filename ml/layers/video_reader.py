"""How videos become what the video tower reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from ml.layers.grams import GramTable
from ml.layers.inputs import vector_of
from ml.layers.sequences import Streams, sequence_widths
from ml.layers.tokens import TokenTable, tokens
from ml.layers.video_tower import Read, VideoTowerConfig
from ml.types import Features


@dataclass(frozen=True)
class Reader:
    """Its tables, and how much of a video is read."""

    config: VideoTowerConfig
    grams: GramTable
    words: TokenTable
    longest: int  # tokens of a text
    most: int  # rows of a modality

    @classmethod
    def of(
        cls, features: Sequence[Features], shape: VideoTowerConfig, sentences: bool, longest: int, most: int
    ) -> Reader:
        """With the tables and widths of these videos; `sentences`: whether the sentence embedding is read."""
        texts = [item.video.text() for item in features]
        grams = GramTable.count(texts)
        words = TokenTable.count([tokens(text) for text in texts] if shape.bert else [], at_least=2)
        sentence = next((len(f.text) for f in features if f.text is not None), 0) if sentences else 0
        streams = sequence_widths(features)
        config = replace(shape, streams=streams, text=sentence, grams=len(grams), tokens=len(words))
        return cls(config, grams, words, longest, most)

    def read(self, features: Sequence[Features]) -> Read:
        text = np.zeros((len(features), max(self.config.text, 1)), np.float32)
        there = np.zeros((len(features), 1), bool)
        for i, item in enumerate(features):
            vector = vector_of(item, "text")
            if vector is not None and len(vector) == self.config.text:
                text[i], there[i] = vector, True
        texts = [item.video.text() for item in features]
        rows, mask = self.words.encode([tokens(t) for t in texts] if self.config.bert else [], self.longest)
        streams = Streams.collate(features, self.config.streams, self.most)
        return Read(
            streams, torch.from_numpy(text), torch.from_numpy(there), self.grams.encode(texts), rows, mask
        )  # fmt: skip
