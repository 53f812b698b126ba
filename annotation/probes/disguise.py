"""What a probed clip shows in place of the models' suggestions. Pure.

A seeded tag goes through all that a real suggestion goes through.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tagging.policy import Policy
from taxonomy.rules import RuleBook

# Of a task (%(task)s) and its reviewer (%(reviewer)s), the probe's id and, as a JSON array, what `of` reads. Nothing
# once a review has answered it, unless that was taken back.
ASKED = """
    SELECT probe.id, jsonb_build_array(probe.kind, probe.tag_id, probe.shown) AS told FROM annotation_probe probe
    WHERE probe.task_id = %(task)s AND probe.reviewer_id = %(reviewer)s AND NOT EXISTS (
        SELECT FROM annotation_probeanswer answer WHERE answer.probe_id = probe.id AND NOT EXISTS (
            SELECT FROM annotation_review undoing WHERE undoing.undoes_id = answer.review_id))
"""


@dataclass(frozen=True)
class Disguise:
    """How a reviewer is shown a task: without suggestions, with a tag more, or with one less."""

    kind: str  # blind | wrong | missing | gold
    tag: int | None = None
    shown: Sequence[Any] | None = None  # of a tag more: confidence, recallers, evidence

    @property
    def tags(self) -> tuple[int, ...]:
        return () if self.tag is None else (self.tag,)


PLAIN = Disguise("")


def of(told: Sequence[Any] | None) -> Disguise:
    """From the JSON array of a statement."""
    return Disguise(*told) if told else PLAIN


def today(disguise: Disguise, heirs: Mapping[int, int], own: Collection[int]) -> Disguise:
    """With the tag that stands for its own today; plain where the models propose the seeded one after all.

    `own` are the tags the models propose for the clip.
    """
    if disguise.tag is None:
        return disguise
    now = replace(disguise, tag=heirs.get(disguise.tag, disguise.tag))
    return PLAIN if now.kind == "wrong" and now.tag in own else now


def fitted(evidence: Mapping[str, Any], length: float) -> dict[str, Any]:
    """Evidence of another clip within the length of this one: its windows over again, its moment where it fits."""
    told = dict(evidence)
    seconds, scores = told.get("windows") or (0.0, ())
    if scores:
        told["windows"] = [seconds, [scores[n % len(scores)] for n in range(math.ceil(length / seconds))]]
    if told.get("moment"):
        start, end = told["moment"]
        lasts = min(end - start, length)
        start = start % (length - lasts) if length > lasts else 0.0
        told["moment"] = [start, start + lasts]
    return told


def hides(disguise: Disguise, tag: int, book: RuleBook) -> bool:
    """Whether this is the tag to be left out. One that others need is shown: without it a rule would seem broken."""
    if disguise.kind != "missing" or tag != disguise.tag or tag not in book:
        return False
    path = book.path(tag)
    return not any(rule.kind == "requires" and set(path) & set(rule.others) for rule in book.rules_about(tag))


def with_seed(
    shown: Mapping[int, float], tag: int, confidence: float, policy: Policy, book: RuleBook
) -> dict[int, float]:
    """The tags that are shown with a seeded one in its place, the surest first.

    Without it where the policy would not show it, where there is no room, and where it does not go with the others:
    nothing that the models propose leaves for its sake.
    """
    allowed = policy.apply({tag: confidence}, {tag: book.path(tag)} if tag in book else None).shown
    if not allowed or tag in shown or len(shown) >= policy.limit or book.conflicts({*shown, tag}):
        return dict(shown)
    return dict(sorted([*shown.items(), *allowed.items()], key=lambda item: (-item[1], item[0])))


def why(reasons: Mapping[str, Any], disguise: Disguise) -> Mapping[str, Any]:
    """What brought the clip to the front, as far as it goes with what is shown."""
    if disguise.kind == "blind":
        return {"nothing_found": 1} | {name: n for name, n in reasons.items() if name == "new"}
    if disguise.kind in {"wrong", "missing"}:
        # The page tells which recallers propose a tag, so this one could be counted. A clip always has some reason.
        kept = {name: n for name, n in reasons.items() if name != "split"}
        return kept if any(kept.values()) else reasons
    return reasons
