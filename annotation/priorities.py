"""Which clip is worth a person's time first: the one the models are unsure of, or quarrel about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from annotation.queue import Wanted
from ml.registry.models import ModelVersion
from tagging import policies
from tagging.models import Suggestion
from tagging.policy import Policy
from taxonomy import rulebook
from taxonomy.models import TaxonomyVersion
from taxonomy.rules import RuleBook

UNSURE = 0.5  # certainty |2c - 1| below which a tag counts as unsure


@dataclass
class Proposed:
    """What one model says of one video: tag -> confidence, tag -> names of its recallers."""

    scores: dict[int, float] = field(default_factory=dict)
    recallers: dict[int, frozenset[str]] = field(default_factory=dict)


def of_videos(videos: Iterable[int], model: ModelVersion, taxonomy: TaxonomyVersion) -> list[Wanted]:
    """Each video for each business line whose policy wants a person to look, with its priority and why."""
    proposed = _proposed(list(videos), model)
    wanted = []
    for line, policy in policies.load().items():
        book = rulebook.load(taxonomy.number, line)
        wanted += [w for video, said in proposed.items() if (w := _wanted(video, line, said, policy, book))]
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


def _wanted(video: int, line: int, said: Proposed, policy: Policy, book: RuleBook) -> Wanted | None:
    decision = policies.decide(policy, book, said.scores)
    if not decision.needs_review:
        return None
    priority, why = urgency(decision.shown, said.recallers)
    return Wanted(video, line, priority, why)


def _proposed(videos: list[int], model: ModelVersion) -> dict[int, Proposed]:
    proposed = {video: Proposed() for video in videos}
    stored = Suggestion.objects.filter(suggestion_set__video__in=videos, suggestion_set__model_version=model)
    for video, tag, confidence, recallers in stored.values_list(
        "suggestion_set__video", "tag", "confidence", "recallers"
    ):
        proposed[video].scores[tag] = confidence
        proposed[video].recallers[tag] = frozenset(recallers)
    return proposed
