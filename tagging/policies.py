"""The policies of the business lines, loaded for deciding."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.db.models.functions import Coalesce

from ml.registry.models import ModelVersion
from tagging.models import LinePolicy
from tagging.policy import Calibration, Decision, Policy
from taxonomy.models import BusinessLine
from taxonomy.rules import RuleBook

# A branch that was merged stands for where it went; of longer chains of merges the policy's editor names the end.
HEIRS = ("merged_into__merged_into", "merged_into")
BRANCH = Coalesce(*(f"subtrees__{heir}" for heir in HEIRS), "subtrees")


def load(version: ModelVersion | None = None) -> dict[int, Policy]:
    """The policy of every business line, by the line's id; a line without one has the defaults. Two queries.

    `version`: the model whose confidences are to be decided over; what they mean to a line is in its metrics.
    """
    rows = LinePolicy.objects.annotate(branches=ArrayAgg(BRANCH, filter=Q(subtrees__isnull=False), default=[]))
    known = {row.business_line_id: _policy(row, row.branches) for row in rows}
    measured = version.metrics.get("lines", {}) if version else {}
    return {
        line: replace(known.get(line, Policy()), calibration=calibration(measured.get(str(line))))
        for line in BusinessLine.objects.values_list("pk", flat=True)
    }


def calibration(measured: Mapping[str, Any] | None) -> Calibration:
    """Of one line, from a model version's metrics; none where the training saw too few of its verdicts."""
    return Calibration(measured["slope"], measured["offset"]) if measured else Calibration()


def of(line: BusinessLine) -> Policy:
    """The policy of one line; the defaults when it has none."""
    row = LinePolicy.objects.filter(business_line=line).first()
    return _policy(row, row.subtrees.values_list(Coalesce(*HEIRS, "pk"), flat=True)) if row else Policy()


def decide(
    policy: Policy, book: RuleBook, scores: Mapping[int, float], consistent: Collection[int] | None = None
) -> Decision:
    """Rules first, then the policy. `book` holds the line's rules; tags it does not know are left out.

    `consistent` is what `book.best_tags(scores)` says, for a caller who knows it already.

    What nobody will look at must stand together as it is: a tag below the threshold may have been required.
    """
    best = {tag: scores[tag] for tag in (book.best_tags(scores) if consistent is None else consistent)}
    decision = policy.apply(best, {tag: book.path(tag) for tag in best})
    against = [
        tag for tag, score in scores.items() if tag not in best and policy.calibration.apply(score) >= policy.threshold
    ]
    broken = not decision.needs_review and bool(book.conflicts(decision.shown))
    return replace(decision, needs_review=decision.needs_review or broken, kept_out=frozenset(against))


def _policy(row: LinePolicy, branches: Iterable[int]) -> Policy:
    return Policy(row.threshold, row.limit, row.auto_accept, frozenset(branches))
