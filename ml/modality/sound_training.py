"""Training a VGGish on the stack's own clips, for machines where the released weights cannot be had.

A clip's embeddings, their mean and their greatest values, should predict the clip's tags; the classifier is thrown away
afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ml.layers.descent import DescentConfig, descend
from ml.layers.embedding_codes import EmbeddingCodes
from ml.layers.vggish import Vggish, VggishConfig
from ml.modality import logmel, vggish
from ml.modality.sound_variation import Variation, audible, masked, together, varied, window
from ml.parts import Step, silent
from ml.types import Array

MOST_CODED = 5000  # examples that the PCA is fitted on


@dataclass(frozen=True)
class SoundSchedule(Variation):
    """How long and how hard to train, on sounds varied how far; the defaults take half a minute on one CPU thread."""

    steps: int = 150  # at least so many, however few the clips are
    epochs: int = 10  # and at least so many passes, however many they are
    batch: int = 16  # clips
    rate: float = 3e-3  # peak learning rate of AdamW, warmed up over the first tenth, then a cosine
    decay: float = 0.02
    half: bool = False  # bfloat16 activations: twice as fast on processors that multiply them, far slower on others
    seed: int = 0


class Listener(nn.Module):
    """(clips, examples, 96, 64) -> (clips, tags), logits."""

    def __init__(self, network: Vggish, tags: int) -> None:
        super().__init__()
        self.network = network
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * network.config.dim, tags))

    def forward(self, clips: Tensor) -> Tensor:
        embedded = torch.relu(self.network(clips.flatten(0, 1))).view(*clips.shape[:2], -1)
        logits: Tensor = self.head(torch.cat([embedded.mean(1), embedded.amax(1)], dim=1))
        return logits


def train(
    sounds: Sequence[Array],
    targets: Array,
    *,
    config: VggishConfig,
    schedule: SoundSchedule = SoundSchedule(),
    step: Step = silent,
    device: str = "cpu",
) -> Listener:
    """Train on log-mel frames (frames, 64) of each clip with multi-hot targets (clips, tags).

    An exception raised by `step` ends the training. The same input and seed give the same weights (on one device).
    Raises ValueError without sounds.
    """
    if not sounds:
        raise ValueError("there are no sounds to train on")
    torch.manual_seed(schedule.seed)
    model = Listener(Vggish(config), targets.shape[1]).to(device).to(memory_format=torch.channels_last)
    wanted = torch.from_numpy(np.asarray(targets, np.float32))
    loud = [audible(sound) for sound in sounds]

    def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        random = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
        heard = np.stack([varied(sounds[i], loud[i], schedule, random) for i in rows])
        bands, truth = together(torch.from_numpy(heard), wanted[torch.from_numpy(rows)], schedule, random)
        with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=schedule.half):
            logits = model(cut(masked(bands, schedule, random)).to(device)).float()
        each = functional.binary_cross_entropy_with_logits(logits, truth.to(device), reduction="none")
        return each.sum(1).mean()

    batch = min(schedule.batch, len(sounds))
    descend(
        model,
        len(sounds),
        loss,
        DescentConfig(schedule.epochs, schedule.steps, batch, schedule.rate, schedule.decay, schedule.seed, whole=True),
        step,
    )
    return model


def keep(model: Listener, sounds: Sequence[Array], out: Path, device: str = "cpu") -> None:
    """Fit PCA and bytes on the clips' embeddings and save the network with them to `out`."""
    examples = np.concatenate([np.asarray(cut(torch.from_numpy(whole(sound)[None]))[0]) for sound in sounds])
    every = -(-len(examples) // MOST_CODED)
    codes = EmbeddingCodes.fit(vggish.embed(model.network, examples[::every], device))
    vggish.save(model.network.cpu(), codes, out)


def frames(sound: Array) -> Array:
    """Log-mel frames (n, 64) of mono sound at 16 kHz, whole examples only."""
    return logmel.examples(sound).reshape(-1, logmel.BANDS)


def whole(bands: Array) -> Array:
    """The whole examples of the frames; a clip of less than one is repeated to one."""
    count = max(1, len(bands) // logmel.EXAMPLE)
    return window(bands, 0, count)


def cut(bands: Tensor) -> Tensor:
    """(clips, examples * 96, 64) -> (clips, examples, 96, 64)."""
    return bands.reshape(len(bands), -1, logmel.EXAMPLE, logmel.BANDS)


def voted(
    model: Listener, sounds: Sequence[Array], shifts: NDArray[np.int64], device: str = "cpu", examples: int = 0
) -> Array:
    """(clips, tags): mean probability over several crops of each clip, each from another frame on.

    Crops are of so many `examples`, and those in which nothing is heard do not vote; 0 is the whole clip.
    """
    found = []
    with torch.inference_mode():
        for sound in sounds:
            count = examples or max(1, len(sound) // logmel.EXAMPLE)
            loud = np.isin(np.arange(len(sound)), audible(sound))[:, None].astype(np.float32)
            starts = [int(start) for start in shifts if window(loud, int(start), count).any()]
            crops = np.stack([window(sound, start, count) for start in starts])
            found.append(torch.sigmoid(model(cut(torch.from_numpy(crops)).to(device))).mean(0).float().cpu().numpy())
    return np.stack(found)
