"""Few sounds made more: each heard otherwise, hidden in parts, and mixed with others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.modality import logmel
from ml.types import Array

SILENCE = math.log(logmel.OFFSET)  # the least that a band can be
QUIETEST = 0.02  # of the loudest frame; -34 dB
FAINTEST = logmel.OFFSET  # loudness of a silent clip beside another one
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Variation:
    """How far a clip may be from what was recorded; nothing is varied where a number is 0."""

    examples: int = 5  # of 0.96 s that are heard of a clip in one step
    mixing: float = 0.4  # both parameters of mixup's Beta distribution
    blending: float = 0.0  # share of the clips that another is played together with, in place of mixup
    longest_mask: int = 60  # frames of 10 ms
    widest_mask: int = 12  # of the 64 bands
    gain: float = 0.4  # deviation of how much louder or softer, in natural logarithms
    pitch: int = 2  # bands higher or lower at most
    tempo: float = 0.15  # share faster or slower at most


def varied(bands: Array, loud: Places, plan: Variation, random: np.random.Generator) -> Array:
    """So many examples' frames with one of the `loud` in them, a little faster, higher and louder, or the other way."""
    speed = 1 + random.uniform(-plan.tempo, plan.tempo)
    before = int(random.integers(int(plan.examples * logmel.EXAMPLE * speed)))
    heard = window(bands, int(random.choice(loud)) - before, plan.examples, speed)
    higher = int(random.integers(-plan.pitch, plan.pitch + 1))
    places = np.clip(np.arange(heard.shape[1]) - higher, 0, heard.shape[1] - 1)
    louder = np.float32(random.normal(0.0, plan.gain))
    varied: Array = np.maximum(heard[:, places] + louder, np.float32(SILENCE))
    return varied


def audible(bands: Array) -> Places:
    """Frames less than 34 dB below the loudest one; a window of silence would be told to sound like its clip."""
    levels = magnitudes(torch.from_numpy(np.asarray(bands, np.float32))).norm(dim=1).numpy()
    return np.flatnonzero(levels >= QUIETEST * levels.max())


def window(bands: Array, start: int, examples: int, speed: float = 1.0) -> Array:
    """(examples * 96, 64) from frame `start` on, around the end of the clip."""
    places = (start + (np.arange(examples * logmel.EXAMPLE) * speed).astype(np.int64)) % len(bands)
    return np.asarray(bands[places], np.float32)


def together(bands: Tensor, truth: Tensor, plan: Variation, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Clips (clips, frames, 64) with tags (clips, tags), each with another one in it where the plan says so."""
    if plan.blending:
        return blended(bands, truth, plan.blending, random)
    return mixed(bands, truth, plan.mixing, random)


def mixed(bands: Tensor, truth: Tensor, mixing: float, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Each clip mixed with another of the batch, and its tags likewise (mixup, Zhang et al. 2018)."""
    if not mixing:
        return bands, truth
    share, other = float(random.beta(mixing, mixing)), random.permutation(len(bands))
    return share * bands + (1 - share) * bands[other], share * truth + (1 - share) * truth[other]


def blended(bands: Tensor, truth: Tensor, blending: float, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A share `blending` of the clips, each played together with another one in an even draw of shares; tags likewise.

    Between-class learning (Tokozume et al. 2018): a share of r is r of what is heard, so the louder clip is turned down
    first, and the sum is turned up again as sounds without a common phase need it. They add up as powers.
    """
    other, alone = random.permutation(len(bands)), random.random(len(bands)) >= blending
    share = torch.from_numpy(np.where(alone, 1.0, random.random(len(bands)))).float()
    heard = magnitudes(bands)
    own, rest = amplitudes(loudness(heard), loudness(heard)[other], share)
    powers = (own[:, None, None] * heard).square() + (rest[:, None, None] * heard[other]).square()
    said = share[:, None] * truth + (1 - share[:, None]) * truth[other]
    return (powers.sqrt() + logmel.OFFSET).log(), said


def amplitudes(one: Tensor, other: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """By how much to multiply a clip of loudness `one` and another, so that the first is heard to `share`."""
    own = share * other / (share * other + (1 - share) * one)
    size = (own.square() + (1 - own).square()).sqrt()
    return own / size, (1 - own) / size


def loudness(heard: Tensor) -> Tensor:
    """(clips, frames, 64) magnitudes -> (clips,) that of the loudest frame, and at least a whisper."""
    return heard.norm(dim=2).amax(1).clamp(min=FAINTEST)


def magnitudes(bands: Tensor) -> Tensor:
    """What the front end took the logarithm of."""
    return (bands.exp() - logmel.OFFSET).clamp(min=0.0)


def masked(bands: Tensor, plan: Variation, random: np.random.Generator) -> Tensor:
    """One stretch of time and one of bands of each clip set to the batch's mean (SpecAugment, Park et al. 2019)."""
    bands, mean = bands.clone(), float(bands.mean())
    for clip in bands:
        for axis, longest in ((0, plan.longest_mask), (1, plan.widest_mask)):
            width = int(random.integers(longest + 1)) if longest else 0
            start = int(random.integers(max(1, clip.shape[axis] - width + 1)))
            clip.narrow(axis, start, min(width, clip.shape[axis] - start)).fill_(mean)
    return bands
