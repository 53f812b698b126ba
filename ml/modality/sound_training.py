"""Training a VGGish on the stack's own clips, for machines where the released weights cannot be had.

A clip's embeddings, their mean and their greatest values, should predict the clip's tags; the classifier is thrown away
afterwards. Few sounds are made more by shifts in time, tempo, pitch and loudness, by masks over time and bands
(SpecAugment, Park et al. 2019) and by mixing two clips (mixup, Zhang et al. 2018).
"""

from __future__ import annotations

import math
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
from ml.parts import Step, silent
from ml.types import Array

SILENCE = math.log(logmel.OFFSET)  # the least that a band can be
MOST_CODED = 5000  # examples that the PCA is fitted on


@dataclass(frozen=True)
class SoundSchedule:
    """How long and how hard to train; the defaults take half a minute on one CPU thread."""

    steps: int = 150  # at least so many, however few the clips are
    epochs: int = 10  # and at least so many passes, however many they are
    batch: int = 16  # clips
    examples: int = 5  # of 0.96 s that are heard of a clip in one step
    rate: float = 3e-3  # peak learning rate of AdamW, warmed up over the first tenth, then a cosine
    decay: float = 0.02
    mixing: float = 0.4  # both parameters of mixup's Beta distribution; 0 mixes nothing
    longest_mask: int = 60  # frames of 10 ms; 0 masks no time
    widest_mask: int = 12  # of the 64 bands; 0 masks none
    gain: float = 0.4  # deviation of how much louder or softer, in natural logarithms
    pitch: int = 2  # bands higher or lower at most
    tempo: float = 0.15  # share faster or slower at most
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

    def loss(rows: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        random = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
        heard = np.stack([varied(sounds[i], schedule, random) for i in rows])
        bands, truth = mixed(torch.from_numpy(heard), wanted[torch.from_numpy(rows)], schedule.mixing, random)
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


def varied(bands: Array, schedule: SoundSchedule, random: np.random.Generator) -> Array:
    """So many examples' frames from a random one on, a little faster, higher and louder, or the other way."""
    speed = 1 + random.uniform(-schedule.tempo, schedule.tempo)
    heard = window(bands, int(random.integers(len(bands))), schedule.examples, speed)
    higher = int(random.integers(-schedule.pitch, schedule.pitch + 1))
    places = np.clip(np.arange(heard.shape[1]) - higher, 0, heard.shape[1] - 1)
    louder = np.float32(random.normal(0.0, schedule.gain))
    varied: Array = np.maximum(heard[:, places] + louder, np.float32(SILENCE))
    return varied


def window(bands: Array, start: int, examples: int, speed: float = 1.0) -> Array:
    """(examples * 96, 64) from frame `start` on, around the end of the clip."""
    places = (start + (np.arange(examples * logmel.EXAMPLE) * speed).astype(np.int64)) % len(bands)
    return np.asarray(bands[places], np.float32)


def cut(bands: Tensor) -> Tensor:
    """(clips, examples * 96, 64) -> (clips, examples, 96, 64)."""
    return bands.reshape(len(bands), -1, logmel.EXAMPLE, logmel.BANDS)


def mixed(bands: Tensor, truth: Tensor, mixing: float, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Each clip mixed with another of the batch, and its tags likewise."""
    if not mixing:
        return bands, truth
    share, other = float(random.beta(mixing, mixing)), random.permutation(len(bands))
    return share * bands + (1 - share) * bands[other], share * truth + (1 - share) * truth[other]


def masked(bands: Tensor, schedule: SoundSchedule, random: np.random.Generator) -> Tensor:
    """One stretch of time and one of bands of each clip set to the batch's mean."""
    bands, mean = bands.clone(), float(bands.mean())
    for clip in bands:
        for axis, longest in ((0, schedule.longest_mask), (1, schedule.widest_mask)):
            width = int(random.integers(longest + 1)) if longest else 0
            start = int(random.integers(max(1, clip.shape[axis] - width + 1)))
            clip.narrow(axis, start, min(width, clip.shape[axis] - start)).fill_(mean)
    return bands


def voted(model: Listener, sounds: Sequence[Array], shifts: NDArray[np.int64], device: str = "cpu") -> Array:
    """(clips, tags): mean probability over several crops of each whole clip, each from another frame on."""
    found = []
    with torch.inference_mode():
        for sound in sounds:
            count = max(1, len(sound) // logmel.EXAMPLE)
            crops = np.stack([window(sound, int(start), count) for start in shifts])
            found.append(torch.sigmoid(model(cut(torch.from_numpy(crops)).to(device))).mean(0).float().cpu().numpy())
    return np.stack(found)
