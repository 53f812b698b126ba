"""Fingerprints of clips: perceptual hashes of their pictures, by which a clip is known when it is uploaded again.

A picture a second is hashed, as vPDQ does (Meta, ThreatExchange), by which of the low frequencies of its cosine
transform lie above their median (pHash: Zauner 2010, section 3.2.1; here 16 x 16 of them). That outlives another
bitrate, size, or a caption's bar, but neither mirroring nor cutting off the edges: so each picture is hashed as it
would look then, too, and a copy is like one of these views.
"""

from __future__ import annotations

from pathlib import Path

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ml.media.container import DEFAULT_LIMITS, Limits
from ml.media.decoding import Whole, decode
from ml.types import Fetchable

PICTURES = Whole(size=160, fps=1.0, most=16)
KEPT = (1.0, 0.95, 0.9, 0.85, 0.8)  # shares of each side that are left where the edges were cut off
VIEWS = len(KEPT) + 1  # the first one is the picture as it is, the last one mirrored
BYTES = 32  # of a hash
PLAIN = 8  # grey levels: a picture that varies less is plain, and like all other plain ones
SAME = 20  # bits of 256: a picture that differs less from one before says nothing new

Fingerprint = NDArray[np.uint8]  # (pictures, VIEWS, BYTES)


def fingerprint(source: Path | Fetchable, limits: Limits = DEFAULT_LIMITS) -> Fingerprint:
    """(pictures, VIEWS, BYTES), the first view as the picture is; without pictures where all of them are plain.

    Raises MediaError.
    """
    kept: list[Fingerprint] = []
    for array in decode(source, whole=PICTURES, limits=limits).whole:
        picture = Image.fromarray(array).convert("L")
        if np.asarray(picture).std() < PLAIN:
            continue
        views = np.stack([_hash(_middle(picture, share)) for share in KEPT] + [_hash(ImageOps.mirror(picture))])
        if all(np.bitwise_count(views[0] ^ before[0]).sum() >= SAME for before in kept):
            kept.append(views)
    return np.stack(kept) if kept else np.zeros((0, VIEWS, BYTES), np.uint8)


def to_bytes(found: Fingerprint) -> bytes:
    return found.tobytes()


def from_bytes(stored: bytes) -> Fingerprint:
    return np.frombuffer(stored, np.uint8).reshape(-1, VIEWS, BYTES)


def _middle(picture: Image.Image, share: float) -> Image.Image:
    x, y = (round(side * (1 - share) / 2) for side in picture.size)
    return picture.crop((x, y, picture.width - x, picture.height - y))


def _hash(picture: Image.Image) -> NDArray[np.uint8]:
    return np.packbits(imagehash.phash(picture, hash_size=16).hash.ravel())
