"""What one business line wants shown: thresholds, limits, allowed branches, and when nobody needs to look. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Decision:
    """What a policy makes of one video's scores."""

    shown: Mapping[int, float]  # tag -> confidence, best first
    auto_accepted: frozenset[int]  # those of them the line takes without a person
    needs_review: bool  # whether a person has to look at the video
    considered: Mapping[int, float] = field(default_factory=dict)  # the shown ones, and those not sure enough
    kept_out: frozenset[int] = frozenset()  # sure enough, but rules prefer others


@dataclass(frozen=True)
class Calibration:
    """What the confidence that all lines share means to the reviewers of one: its log-odds bent by what they said."""

    slope: float = 1.0
    offset: float = 0.0

    def apply(self, confidence: float) -> float:
        """The line's confidence; never the other way round for two tags, as the slope is not negative."""
        if (self.slope, self.offset) == (1.0, 0.0):
            return confidence
        share = min(max(confidence, 1e-6), 1 - 1e-6)
        return 1 / (1 + math.exp(-(self.slope * math.log(share / (1 - share)) + self.offset)))


@dataclass(frozen=True)
class Policy:
    """What one business line wants shown."""

    threshold: float = 0.3  # least confidence of a shown tag
    limit: int = 10  # most tags shown
    auto_accept: float | None = None  # confidence from which nobody needs to look; None: a person sees each video
    subtrees: frozenset[int] = frozenset()  # only tags of these branches; empty: all
    calibration: Calibration = Calibration()

    def apply(self, scores: Mapping[int, float], ancestors: Mapping[int, Collection[int]] | None = None) -> Decision:
        """Decide over `scores` (tag -> confidence shared by all lines); what is shown has the line's own confidence.

        `ancestors` are those of each scored tag, for `subtrees`.
        """
        paths = ancestors or {}
        own = {tag: self.calibration.apply(score) for tag, score in scores.items()}
        allowed = {tag: score for tag, score in own.items() if self._allows(tag, paths)}
        kept = [(tag, score) for tag, score in allowed.items() if score >= self.threshold]
        kept.sort(key=lambda item: (-item[1], item[0]))  # ties by id, so that runs are repeatable
        shown = dict(kept[: self.limit])
        if self.auto_accept is None:
            return Decision(shown, frozenset(), needs_review=True, considered=allowed)
        sure = frozenset(tag for tag, score in shown.items() if score >= self.auto_accept)
        # A video without a tag is never finished by itself: nothing was found, which is not the same as nothing there.
        return Decision(shown, sure, needs_review=not shown or len(sure) < len(shown), considered=allowed)

    def _allows(self, tag: int, ancestors: Mapping[int, Collection[int]]) -> bool:
        return not self.subtrees or tag in self.subtrees or not self.subtrees.isdisjoint(ancestors.get(tag, ()))
