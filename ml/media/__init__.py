"""Video files in, plain values out: facts, frames, sound, pictures. PyAV only, no torch.

Files come from strangers. Every function opens nothing but the one local file it is given, in one of the
container formats of `container.FORMATS`, within `Limits`, and answers anything else with a `MediaError`
whose text is a sentence for people.
"""

from ml.media import fingerprints
from ml.media.container import Limits, MediaError, MediaInfo, content_hash, probe
from ml.media.decoding import Decoded, Whole, decode, frames, waveform
from ml.media.pictures import filmstrip, peaks, picture_at, poster

__all__ = [
    "Decoded",
    "Limits",
    "MediaError",
    "MediaInfo",
    "Whole",
    "content_hash",
    "decode",
    "filmstrip",
    "fingerprints",
    "frames",
    "peaks",
    "picture_at",
    "poster",
    "probe",
    "waveform",
]
