"""Which clip is worth a person's time first: the one the models are unsure of, or quarrel about."""

from __future__ import annotations

from collections.abc import Mapping

from annotation.queue import Wanted
from tagging.outcomes import Outcome

UNSURE = 0.5  # certainty |2c - 1| below which a tag counts as unsure


def of_videos(outcomes: Mapping[int, Outcome]) -> list[Wanted]:
    """Each video for each business line with its priority and why, and whether the line's policy asks for a person."""
    wanted = []
    for video, outcome in outcomes.items():
        recallers = {proposal.tag: frozenset(proposal.recallers) for proposal in outcome.proposals}
        for line, decision in outcome.decisions.items():
            wanted.append(Wanted(video, line, *urgency(decision.shown, recallers), asked=decision.needs_review))
    return wanted


def urgency(shown: Mapping[int, float], recallers: Mapping[int, frozenset[str]]) -> tuple[float, dict[str, int]]:
    """Priority in [0, 2] and what made it: the most uncertain tag, plus the share of tags that few recallers found."""
    if not shown:
        return 1.0, {"nothing_found": 1}  # the models know nothing like it: as good as quite unsure
    asked = frozenset().union(*recallers.values())
    split = [tag for tag in shown if 0 < len(recallers.get(tag, ())) <= len(asked) / 2]
    unsure = [tag for tag, confidence in shown.items() if abs(2 * confidence - 1) < UNSURE]
    priority = max(1 - abs(2 * confidence - 1) for confidence in shown.values()) + len(split) / len(shown)
    return round(priority, 4), {"unsure": len(unsure), "split": len(split)}
