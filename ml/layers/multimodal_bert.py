"""A BERT that reads a video as sentences of several modalities and weighs candidate tags (iQIYI's ranker).

Early fusion: [CLS] title [SEP] description [SEP] frames [SEP] sound [SEP] candidate, each modality a sentence with a
segment of its own, frames and sound projected among the word embeddings. Late fusion: a candidate's last state, [CLS],
its tag's embedding and what the recallers say of it, to one logit.

All candidates of a video share one pass: each sees the video and itself, and no part of the video sees a candidate.
That costs a token a candidate instead of a pass, and leaves a candidate's score independent of the others. It departs
from a cross-encoder of pairs in that the video's states do not depend on the candidate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ml.layers.sequences import Streams

TITLE, REST, FRAMES, SOUND, TAG = range(5)  # segments
_STREAMS = {"frames": FRAMES, "sound": SOUND}


@dataclass(frozen=True)
class MultimodalConfig:
    """`encoder` is a whole transformers configuration, its model_type included."""

    encoder: Mapping[str, Any]
    streams: Mapping[str, int] = field(default_factory=dict)  # modality -> width of one row
    opinions: int = 0  # numbers that the recallers say of a candidate
    hidden: int = 64  # of the late fusion
    dropout: float = 0.1


class Sentences(NamedTuple):
    """Videos as they are read."""

    title: tuple[Tensor, Tensor]  # rows (videos, length) and mask
    rest: tuple[Tensor, Tensor]
    streams: Streams


class Choices(NamedTuple):
    """Candidates of each video, padded: (videos, candidates, ...)."""

    columns: Tensor  # of the vocabulary
    opinions: Tensor  # (videos, candidates, opinions)


class TagWords(NamedTuple):
    """The names of all tags."""

    rows: Tensor  # (tags, length)
    mask: Tensor
    meaning: Tensor  # (tags, width) sentence embedding


class MultimodalBert(nn.Module):
    """Videos and their candidates -> (videos, candidates) logits."""

    def __init__(self, config: MultimodalConfig, names: TagWords) -> None:
        super().__init__()
        self.config = config
        self.encoder: Any = _encoder(config.encoder)
        self.encoder.pooler = None  # [CLS] is read as it is
        width, state = self.words.embedding_dim, int(self.encoder.config.hidden_size)
        self.enter = nn.ModuleDict({name: _entrance(w, width) for name, w in sorted(config.streams.items())})
        self.segment = nn.Embedding(TAG + 1, width)
        self.marks = nn.Embedding(2, width)  # [CLS], [SEP]
        for embedding in (self.segment, self.marks):
            nn.init.normal_(embedding.weight, std=0.02)
        tags, meaning = names.meaning.shape
        self.delta = nn.Parameter(torch.randn(tags, width) * 0.02)  # what a tag's name does not say
        self.meaning = nn.Linear(meaning, width, bias=False) if meaning else None
        self.register_buffer("name_rows", names.rows)
        self.register_buffer("name_mask", names.mask)
        self.register_buffer("name_meaning", names.meaning)
        last = nn.Linear(config.hidden, 1)
        for parameter in last.parameters():  # it begins by adding nothing to the first scorer
            nn.init.zeros_(parameter)
        wide = nn.Linear(2 * state + width + config.opinions, config.hidden)
        self.late = nn.Sequential(wide, nn.GELU(), nn.Dropout(config.dropout), last)

    @property
    def words(self) -> Any:
        """The encoder's embedding of words."""
        return self.encoder.get_input_embeddings()

    def begin_with(self, encoder: Any, marks: tuple[int | None, int | None]) -> None:
        """Take the weights of a pretrained encoder of the same shape, and what its [CLS] and [SEP] mean."""
        self.encoder.load_state_dict(encoder.state_dict(), strict=False)
        with torch.no_grad():
            for number, row in enumerate(marks):
                if row is not None:
                    self.marks.weight[number] = self.words.weight[row]

    def forward(self, videos: Sentences, choices: Choices) -> Tensor:
        parts, masks, places = self._video(videos)
        tags = self.tags(choices.columns)  # (videos, candidates, width)
        read, count = sum(part.shape[1] for part in parts), tags.shape[1]
        parts.append(tags + self.segment.weight[TAG])
        places.append(torch.zeros(count, dtype=torch.long, device=tags.device))
        seen = _seen(torch.cat(masks, dim=1), count)
        at = torch.cat(places).clamp(max=int(self.encoder.config.max_position_embeddings) - 1)
        states = self.encoder(
            inputs_embeds=torch.cat(parts, dim=1),
            attention_mask=seen[:, None],
            position_ids=at.expand(len(tags), -1),
        ).last_hidden_state
        whole = states[:, :1].expand(-1, count, -1)  # of [CLS]
        late = torch.cat([states[:, read:], whole, tags, choices.opinions], dim=-1)
        logits: Tensor = self.late(late)[..., 0]
        return logits

    def tags(self, columns: Tensor) -> Tensor:
        """(..., width): the mean of the name's words, its meaning, and what videos taught of the tag."""
        rows, mask = self.get_buffer("name_rows")[columns], self.get_buffer("name_mask")[columns][..., None]
        spelt: Tensor = (self.words(rows) * mask).sum(dim=-2) / mask.sum(dim=-2).clamp(min=1)
        if self.meaning is not None:
            spelt = spelt + self.meaning(self.get_buffer("name_meaning")[columns])
        return spelt + self.delta[columns]

    def _video(self, videos: Sentences) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
        """Embeddings, masks and places of [CLS], and of each sentence with the [SEP] that closes it."""
        count, device = len(videos.title[0]), self.delta.device
        one = torch.ones(count, 1, dtype=torch.bool, device=device)
        parts, masks = [self._mark(0, TITLE, count)], [one]
        places, start = [torch.zeros(1, dtype=torch.long, device=device)], 1
        sentences = [(self.words(rows), mask) for rows, mask in (videos.title, videos.rest)]
        sentences += [(enter(videos.streams.rows[n]), videos.streams.mask[n]) for n, enter in self.enter.items()]
        kinds = [TITLE, REST, *(_STREAMS[name] for name in self.enter)]
        for kind, (values, mask) in zip(kinds, sentences, strict=True):
            length = values.shape[1]
            parts += [values + self.segment.weight[kind], self._mark(1, kind, count)]
            masks += [mask, mask.any(dim=1, keepdim=True)]
            # The rest of a text follows its title; frames and sound are counted from their own beginning.
            first = start if kind == REST else 1
            places.append(torch.arange(first, first + length + 1, device=device))
            start = first + length + 1
        return parts, masks, places

    def _mark(self, number: int, kind: int, videos: int) -> Tensor:
        """[CLS] (0) or [SEP] (1) of a segment, once a video."""
        return (self.marks.weight[number] + self.segment.weight[kind]).expand(videos, 1, -1)


def _encoder(config: Mapping[str, Any]) -> Any:
    from transformers import AutoConfig, AutoModel

    settings, auto = dict(config), AutoModel  # type: Any, Any
    return auto.from_config(AutoConfig.for_model(settings.pop("model_type"), **settings))


def _seen(video: Tensor, candidates: int) -> Tensor:
    """(videos, read + candidates, read + candidates): who may look at whom."""
    count, read = video.shape
    seen = torch.zeros(count, read + candidates, read + candidates, dtype=torch.bool, device=video.device)
    seen[:, :, :read] = video[:, None]
    itself = torch.arange(read, read + candidates, device=video.device)
    seen[:, itself, itself] = True
    return seen


def _entrance(width: int, dim: int) -> nn.Module:
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, dim))


def ranking_loss(logits: Tensor, said: Tensor, weight: Tensor) -> Tensor:
    """Pointwise BCE and, within each video, the logistic loss of each said tag against each unsaid one.

    All (videos, candidates); weight 0 = padding, or not known. RankNet's pairs (Burges et al. 2005, equation 3).
    """
    each = nn.functional.binary_cross_entropy_with_logits(logits, said, weight, reduction="sum")
    pairs = weight[:, :, None] * said[:, :, None] * weight[:, None] * (1 - said[:, None])  # (videos, said, unsaid)
    against = nn.functional.softplus(logits[:, None] - logits[:, :, None])
    return each / weight.sum().clamp(min=1) + (pairs * against).sum() / pairs.sum().clamp(min=1)
