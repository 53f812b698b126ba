"""Training ALBERT on a corpus: goes on from its checkpoint, and says how well it guesses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from ml.parts import Step
from ml.pretraining import checkpoint, vocabulary
from ml.pretraining.albert import logits, losses
from ml.pretraining.batches import Batches
from ml.pretraining.corpus import Corpus
from ml.pretraining.masking import NO_TARGET, Mask
from ml.pretraining.sentence_order import UNKNOWN
from ml.pretraining.settings import Settings

CHECKPOINT_STEPS = 50
HELD_OUT = 1_000  # texts at most, and a fiftieth of them


def batches(settings: Settings, tokenizer: Tokenizer, corpus: Corpus, documents: NDArray[np.int64]) -> Batches:
    """The batches of some documents of the corpus."""
    number: Any = tokenizer.token_to_id
    flags = vocabulary.continuing(tokenizer)
    mask = Mask(
        number=number(vocabulary.MASK),
        pieces=range(len(vocabulary.SPECIAL), tokenizer.get_vocab_size()),
        fixed=frozenset({number(vocabulary.CLS), number(vocabulary.SEP)}),
        continues=lambda piece: bool(flags[piece]),
    )
    special = {"cls": number(vocabulary.CLS), "sep": number(vocabulary.SEP), "pad": number(vocabulary.PAD)}
    return Batches(
        corpus, documents, mask, **special, longest=settings.longest, size=settings.batch, seed=settings.seed
    )


def parts(corpus: Corpus, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Documents to learn from, and a few to judge by."""
    order = np.random.default_rng(seed).permutation(len(corpus))
    cut = len(corpus) - min(HELD_OUT, len(corpus) // 50)
    return order[:cut], order[cut:]


def learn(model: Any, source: Batches, settings: Settings, file: Path, step: Step, device: str = "cpu") -> None:
    """Train from the checkpoint `file`, if there is one, to the last step; the same as without an interruption."""
    model.to(device).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=settings.rate, weight_decay=settings.decay)
    done = checkpoint.read(file, model, optimiser)
    while done < settings.steps:
        for group in optimiser.param_groups:
            group["lr"] = settings.rate * share_of_rate(done, settings.steps)
        with torch.autocast("cuda", torch.bfloat16, enabled=device.startswith("cuda")):
            value = sum(losses(model, source.at(done).to(device)))
        assert isinstance(value, Tensor)
        optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        done += 1
        if done % CHECKPOINT_STEPS == 0 or done == settings.steps:
            checkpoint.write(file, done, model, optimiser)
        step(done, settings.steps, float(value.detach()))
    model.eval()


def share_of_rate(done: int, total: int) -> float:
    """Share of the peak learning rate after `done` of `total` steps."""
    warmup = max(1, total // 10)
    return min((done + 1) / warmup, (total - done) / max(1, total - warmup))


@torch.inference_mode()
def judged(model: Any, source: Batches, device: str = "cpu") -> dict[str, float]:
    """Share of hidden pieces and of orders that the network guesses, on each text of the source once."""
    right: dict[str, list[Tensor]] = {"pieces": [], "order": []}
    model.to(device).eval()
    for number in range(source.an_epoch):
        batch = source.at(number).to(device)
        pieces, order = logits(model, batch)
        known = batch.order != UNKNOWN
        right["pieces"].append(pieces.argmax(-1) == batch.targets[batch.targets != NO_TARGET])
        right["order"].append((order.argmax(-1) == batch.order)[known])
    return {name: float(torch.cat(hits).float().mean()) for name, hits in right.items() if sum(map(len, hits))}
