"""ALBERT (Lan et al. 2019) on the platform's own texts: a masked language model and the order of two parts."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from transformers import AlbertConfig, AlbertForPreTraining

from ml.pretraining import vocabulary
from ml.pretraining.batches import Batch
from ml.pretraining.masking import NO_TARGET
from ml.pretraining.sentence_order import UNKNOWN
from ml.pretraining.settings import Settings


class Losses(NamedTuple):
    """Means over the hidden pieces, and over the pairs whose order is known (0 without any)."""

    pieces: Tensor
    order: Tensor


def network(settings: Settings, tokenizer: Tokenizer) -> AlbertForPreTraining:
    """Fresh weights from the seed; no dropout, as in the paper's section 4.3."""
    torch.manual_seed(settings.seed)
    config = AlbertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        embedding_size=settings.embedding,
        hidden_size=settings.hidden,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        intermediate_size=settings.intermediate,
        max_position_embeddings=settings.longest,
        hidden_act="gelu_new",
        classifier_dropout_prob=0.0,
        pad_token_id=tokenizer.token_to_id(vocabulary.PAD),
        bos_token_id=tokenizer.token_to_id(vocabulary.CLS),
        eos_token_id=tokenizer.token_to_id(vocabulary.SEP),
    )
    return AlbertForPreTraining(config)


def losses(model: Any, batch: Batch) -> Losses:
    """Cross entropy of both tasks; pieces that are not hidden and pairs of unknown order have no part in it."""
    pieces, order = logits(model, batch)
    hidden = functional.cross_entropy(pieces, batch.targets[batch.targets != NO_TARGET])
    known = batch.order != UNKNOWN
    if not bool(known.any()):
        return Losses(hidden, hidden.new_zeros(()))
    return Losses(hidden, functional.cross_entropy(order[known], batch.order[known]))


def logits(model: Any, batch: Batch) -> tuple[Tensor, Tensor]:
    """(hidden pieces, vocabulary) and (texts, 2). The wide output layer sees hidden places only: a seventh of them."""
    states = model.albert(batch.pieces, attention_mask=batch.mask.long(), token_type_ids=batch.parts)
    places = states.last_hidden_state[batch.targets != NO_TARGET]
    return model.predictions(places).float(), model.sop_classifier(states.pooler_output).float()
