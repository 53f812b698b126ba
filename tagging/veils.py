"""What of videos a person is not to be told: whoever judges a clip now, or may be asked to, is to judge by themselves.

Rooms above register here what they know of people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Hidden:
    """What one person is not told of one video."""

    proposed: bool = False  # what the models say of it
    said: bool = False  # what people say of it
    own: bool = False  # because this person reviews it, or did so lately

    def __or__(self, other: Hidden) -> Hidden:
        return Hidden(self.proposed or other.proposed, self.said or other.said, self.own or other.own)


@dataclass(frozen=True)
class Veil:
    """What a room knows. Both are asked of a signed-in person."""

    of_video: Callable[[Any, int], Hidden]
    unsaid: Callable[[Any], set[int]]  # ids of all videos of which `said` is hidden; a few thousand at most


VEILS: dict[str, Veil] = {}  # by room


def of_video(user: Any, video: int) -> Hidden:
    found = Hidden()
    for veil in VEILS.values():
        found |= veil.of_video(user, video)
    return found


def unsaid(user: Any) -> set[int]:
    """Videos of which this person is not told what people say. Empty for who looks after clips."""
    return set().union(*(veil.unsaid(user) for veil in VEILS.values()))
