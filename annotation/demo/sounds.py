"""Synthesised sounds: mono float arrays at `RATE`, mixed on a track."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 32_000
Samples = NDArray[np.float64]


class Track:
    """The sound of one clip, as long as the clip."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.samples: Samples = np.zeros(int(seconds * RATE))

    def add(self, sound: Samples, at: float = 0.0, gain: float = 1.0) -> None:
        """Mix a sound in, `at` seconds from the start; what sticks out at the end is cut."""
        start = int(at * RATE)
        if 0 <= start < len(self.samples):
            part = sound[: len(self.samples) - start]
            self.samples[start : start + len(part)] += gain * part

    def mastered(self) -> NDArray[np.float32]:
        """Samples with a peak of 0.7 and short fades; silence stays silence."""
        samples = self.samples.copy()
        peak = float(np.abs(samples).max(initial=0.0))
        if peak > 0:
            samples *= 0.7 / peak
        fade = min(len(samples) // 2, RATE // 20)
        samples[:fade] *= np.linspace(0, 1, fade)
        samples[len(samples) - fade :] *= np.linspace(1, 0, fade)
        return samples.astype(np.float32)


def clock(seconds: float) -> Samples:
    """The time in seconds of every sample."""
    return np.arange(int(seconds * RATE)) / RATE


def noise(rng: np.random.Generator, seconds: float, low: float, high: float) -> Samples:
    """Noise between two frequencies (Hz), root mean square about 0.2."""
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    # Soft edges: a brick-wall filter rings.
    spectrum /= np.sqrt(1 + (frequency / high) ** 8) * np.sqrt(1 + (low / np.maximum(frequency, 1e-3)) ** 8)
    samples = np.fft.irfft(spectrum, count)
    return 0.2 * samples / max(float(samples.std()), 1e-9)


def swell(rng: np.random.Generator, seconds: float, period: float, floor: float = 0.3) -> Samples:
    """A slow random loudness between `floor` and 1, about one rise and fall a period."""
    knots = rng.uniform(floor, 1.0, int(seconds / period * 2) + 3)
    knots[::2] = floor
    time = clock(seconds)
    phase = time / period * 2
    index = phase.astype(int)
    smooth = (1 - np.cos(np.pi * (phase - index))) / 2
    return knots[index] * (1 - smooth) + knots[index + 1] * smooth


def note(
    pitch: float,
    seconds: float,
    partials: Sequence[float] = (1, 0.5, 0.25, 0.12),
    decay: float = 3.0,
    attack: float = 0.005,
) -> Samples:
    """A struck or plucked note of `pitch` Hz; higher partials die sooner."""
    time = clock(seconds)
    total = np.zeros_like(time)
    for number, strength in enumerate(partials, start=1):
        if pitch * number < RATE / 2:
            total += strength * np.sin(2 * np.pi * pitch * number * time) * np.exp(-decay * (1 + 0.4 * number) * time)
    return 0.4 * total * np.minimum(1, time / attack)


def pad(pitch: float, seconds: float, partials: Sequence[float] = (1, 0.4, 0.2)) -> Samples:
    """A held, softly starting and ending tone."""
    time = clock(seconds)
    total = sum(
        (s * np.sin(2 * np.pi * pitch * k * time) for k, s in enumerate(partials, start=1)), np.zeros_like(time)
    )
    edge = np.minimum(1, np.minimum(time, seconds - time) / min(0.3, seconds / 3))
    return 0.25 * total * np.maximum(edge, 0)


def square(pitch: float, seconds: float, decay: float = 4.0) -> Samples:
    """The bleep of an old games console."""
    time = clock(seconds)
    return 0.25 * np.sign(np.sin(2 * np.pi * pitch * time)) * np.exp(-decay * time)


def sweep(start: float, end: float, seconds: float, decay: float = 0.0) -> Samples:
    """A sine gliding from one pitch (Hz) to another."""
    time = clock(seconds)
    phase = 2 * np.pi * np.cumsum(np.linspace(start, end, len(time))) / RATE
    return 0.4 * np.sin(phase) * np.exp(-decay * time) * np.sin(np.pi * time / seconds) ** 0.5


def thump(pitch: float, seconds: float = 0.25, decay: float = 18.0) -> Samples:
    """A drum or a ball: a tone that falls an octave while it dies."""
    time = clock(seconds)
    return np.sin(2 * np.pi * pitch * (time + (1 - np.exp(-30 * time)) / 30)) * np.exp(-decay * time)


def hit(rng: np.random.Generator, seconds: float, low: float, high: float, decay: float) -> Samples:
    """A burst of noise: clap, click, snare, splash."""
    return noise(rng, seconds, low, high) * np.exp(-decay * clock(seconds))


def voice(
    pitch: float, seconds: float, formants: Sequence[tuple[float, float]], bend: float = 0.0, decay: float = 0.0
) -> Samples:
    """A voiced sound: harmonics of `pitch` shaped by formants (Hz, strength); `bend` is the relative pitch change."""
    time = clock(seconds)
    phase = 2 * np.pi * pitch * np.cumsum(1 + bend * time / seconds) / RATE
    total = np.zeros_like(time)
    for number in range(1, int(5000 / pitch)):
        strength = sum(peak * np.exp(-(((number * pitch - centre) / 220) ** 2)) for centre, peak in formants)
        total += (strength + 0.02) / number**0.3 * np.sin(number * phase)
    return 0.3 * total * np.exp(-decay * time) * np.sin(np.pi * time / seconds) ** 0.6


def crowd(rng: np.random.Generator, seconds: float) -> Samples:
    """Many people at once: babble-shaped noise."""
    return noise(rng, seconds, 300, 1800) * swell(rng, seconds, 0.7, 0.6)


def drums(rng: np.random.Generator, seconds: float, tempo: float) -> Samples:
    """Kick, snare and hi-hat at `tempo` beats a minute."""
    track = Track(seconds)
    beat = 60 / tempo
    for number in range(int(seconds / beat * 2) + 1):
        at = number * beat / 2
        track.add(hit(rng, 0.06, 6000, 14000, 70), at, 0.5)
        if number % 4 == 0:
            track.add(thump(60, 0.3, 12), at, 0.9)
        if number % 4 == 2:
            track.add(hit(rng, 0.2, 800, 7000, 22), at, 1.2)
    return track.samples
