"""One comparable vector for each modality of a video. All are L2-normalised; None where the modality is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ml.types import Array, Features

SILENCE = 1e-6  # an example whose bands do not differ at all carries no sound
Centre = Mapping[str, Array]  # statistics of the training videos: <modality>, sound_spread


def unit(vector: Array) -> Array | None:
    """The vector at length 1; None for one without direction."""
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length > 1e-12 else None


def text_vector(features: Features) -> Array | None:
    """The sentence embedding."""
    return None if features.text is None else unit(features.text)


def frames_centre(features: Sequence[Features]) -> dict[str, Array]:
    """Mean of the videos' pictures. After a ReLU all frames point the same way, and cosine says nothing uncentred."""
    seen = [mean for item in features if (mean := _pictured(item.frames)) is not None]
    return {"frames": np.mean(seen, axis=0, dtype=np.float32)} if seen else {}


def frames_vector(features: Features, centre: Centre) -> Array | None:
    """Frames normalised before they are averaged (CLIP4Clip's mean pooling, Luo et al. 2021), centred."""
    mean, middle = _pictured(features.frames), centre.get("frames")
    if mean is None or middle is None or len(mean) != len(middle):
        return None
    return unit(mean - middle)


def sound_centre(features: Sequence[Features]) -> dict[str, Array]:
    """Mean and deviation of the videos' sounds; without them the loudest bands decide alone."""
    heard = [mean for item in features if (mean := _heard(item.sound)) is not None]
    if not heard:
        return {}
    return {
        "sound": np.mean(heard, axis=0, dtype=np.float32),
        "sound_spread": np.std(heard, axis=0, dtype=np.float32) + 1e-3,
    }


def sound_vector(features: Features, centre: Centre) -> Array | None:
    """Mean over the examples that are not silent, standardised."""
    mean, middle = _heard(features.sound), centre.get("sound")
    if mean is None or middle is None or len(mean) != len(middle):
        return None
    return unit((mean - middle) / centre["sound_spread"])


def _pictured(frames: Array | None) -> Array | None:
    if frames is None or not len(frames):
        return None
    lengths = np.linalg.norm(frames, axis=1, keepdims=True)
    mean: Array = (frames / np.maximum(lengths, 1e-12)).mean(axis=0)
    return mean


def audible(sound: Array | None) -> Array | None:
    """The examples that are not silent; None without any."""
    if sound is None or not len(sound):
        return None
    heard = sound[sound.std(axis=1) > SILENCE]
    return heard if len(heard) else None


def _heard(sound: Array | None) -> Array | None:
    heard = audible(sound)
    return None if heard is None else heard.mean(axis=0)
