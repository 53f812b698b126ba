"""What rules and policies make of the proposals of videos: decided once, then stored, shown and queued by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ml.registry.models import ModelVersion
from ml.types import Proposal
from tagging import policies, tag_merges
from tagging.policy import Decision
from taxonomy import rulebook
from taxonomy.models import TaxonomyVersion
from taxonomy.rules import RuleBook

# What is kept of a video: more tags are shown by no policy, and less likely ones tell nobody anything.
MOST = 50
LEAST_CONFIDENCE = 0.01


@dataclass(frozen=True)
class Outcome:
    """The proposals of one video in terms of today's tags, and what follows from them."""

    proposals: list[Proposal] = field(default_factory=list)
    consistent: frozenset[int] = frozenset()  # the best set that breaks no global rule
    decisions: Mapping[int, Decision] = field(default_factory=dict)  # by business line
    likeness: float | None = None  # cosine to the most alike clip that the model learned from; None: nothing compared


def of(
    proposals: Mapping[int, Iterable[Proposal]], taxonomy: TaxonomyVersion, version: ModelVersion | None = None
) -> dict[int, Outcome]:
    """The outcome of each video for every business line, by the rules of this taxonomy version.

    `version` is the model that proposes: what its confidences mean to each line is known of it.
    """
    book, merged, lines = rulebook.load(taxonomy.number), tag_merges.targets(), policies.load(version)
    parts = tag_merges.parts()
    books = rulebook.of_lines(lines, taxonomy.number)
    outcomes = {}
    for video, proposed in proposals.items():
        current = _current(_of_parts(proposed, parts) if parts else proposed, merged, book)
        scores = {proposal.tag: proposal.confidence for proposal in current}
        best = {id(each): each.best_tags(scores) for each in {id(b): b for b in (book, *books.values())}.values()}
        decisions = {
            line: policies.decide(policy, books[line], scores, best[id(books[line])]) for line, policy in lines.items()
        }
        outcomes[video] = Outcome(current, best[id(book)], decisions)
    return outcomes


def _current(proposals: Iterable[Proposal], merged: Mapping[int, int], book: RuleBook) -> list[Proposal]:
    """The best proposals in terms of today's tags: merged ones follow, those that may not be given are left out."""
    best: dict[int, Proposal] = {}
    for proposal in proposals:  # the most confident first, so of two that meet in one tag the surer one stays
        tag = merged.get(proposal.tag, proposal.tag)
        if book.assignable(tag) and tag not in best and proposal.confidence >= LEAST_CONFIDENCE:
            best[tag] = proposal if tag == proposal.tag else proposal._replace(tag=tag)
            if len(best) == MOST:
                break
    return list(best.values())


def _of_parts(proposals: Iterable[Proposal], parts: Mapping[int, tuple[int, ...]]) -> list[Proposal]:
    """A model from before a split says its tag: each part gets an equal share of the confidence, for one is meant."""
    found = []
    for proposal in proposals:
        split = parts.get(proposal.tag, (proposal.tag,))
        found += [proposal._replace(tag=part, confidence=proposal.confidence / len(split)) for part in split]
    return sorted(found, key=lambda proposal: -proposal.confidence)
