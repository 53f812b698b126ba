"""One verdict for a group: what it says of each clip, and which clips have to be looked at first. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping

from annotation.verdicts import Said

ALL, PROPOSED, NONE = "all", "proposed", "none"
CHOICES = frozenset({ALL, PROPOSED, NONE})
FEW, MANY = 3, 20  # clips of a sample; clips from which one in so many more is looked at


def said(choices: Mapping[int, str], proposed: Collection[int]) -> list[Said]:
    """The verdicts on a clip that is proposed these tags.

    `all`: every clip gets the tag; `proposed`: those it is proposed for; `none`: no clip. A tag of which nothing is
    said is as `proposed`.
    """
    judged = [Said(tag, "reject" if choices.get(tag) == NONE else "accept") for tag in sorted(proposed)]
    added = [Said(tag, "add") for tag, choice in sorted(choices.items()) if choice == ALL and tag not in proposed]
    return judged + added


def sample(videos: Iterable[int], key: str) -> list[int]:
    """Those of the clips that are to be opened before one speaks for all: drawn by `key`, which nobody can guess.

    Three of few, one more for each twenty. A clip that is taken out is replaced by the next lot, so nobody gets around
    the sample by leaving out what they would have to look at.
    """
    lots = sorted(set(videos), key=lambda video: hashlib.sha256(f"{key}/{video}".encode()).digest())
    return lots[: FEW + len(lots) // MANY]
