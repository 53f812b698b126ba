"""What holds for the clips of a group now: the taxonomy's edition, its rules, and what the line wants shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from annotation.groups import choice
from annotation.groups.rows import GroupClip, Judged
from annotation.reviews import Refused
from annotation.verdicts import given
from ml.registry.models import ModelVersion
from tagging import policies, statements
from tagging.policy import Policy
from taxonomy import rulebook
from taxonomy.edition import EDITION, NOTHING, Edition
from taxonomy.models import BusinessLine
from taxonomy.rules import Conflict, RuleBook

Shown = dict[int, tuple[int, float]]  # tag -> id of the suggestion, confidence


@dataclass(frozen=True)
class Terms:
    line: BusinessLine
    edition: Edition
    book: RuleBook
    policies: Mapping[int, Policy]  # by model version: each means something else by its confidences

    def shown(self, clip: GroupClip) -> Shown:
        """The tags that the review page would show for the clip. What was said of a merged tag is said of its heir."""
        heirs = rulebook.successors((tag for tag, *_told in clip.suggested), self.edition, self.line.pk)
        found: Shown = {}
        for tag, confidence, pk in clip.suggested:
            found.setdefault(heirs.get(tag, tag), (pk, confidence))
        if clip.model is None:
            return {}
        scores = {tag: confidence for tag, (_pk, confidence) in found.items()}
        return {tag: found[tag] for tag in policies.decide(self.policies[clip.model], self.book, scores).shown}


@dataclass(frozen=True)
class Plan:
    """What one verdict for a group would do."""

    judged: Sequence[Judged]
    conflicts: Sequence[tuple[GroupClip, Sequence[Conflict]]]  # clips whose rules it breaks: they are left out

    @property
    def given(self) -> int:
        """Tags that clips get which they have not now."""
        return sum(len(one.tags - one.clip.has) for one in self.judged)

    @property
    def taken(self) -> int:
        """Tags that clips have now and lose."""
        return sum(len(one.clip.has - one.tags) for one in self.judged)

    @property
    def rejected(self) -> int:
        """Suggestions that it rejects."""
        return sum(said.choice == "reject" for one in self.judged for said in one.said)


def of(line: BusinessLine, clips: Iterable[GroupClip]) -> Terms:
    """A handful of queries, however many clips there are."""
    row = statements.row(f"SELECT {EDITION}", {})
    edition = Edition(*row[0]) if row and row[0] else NOTHING
    models = ModelVersion.objects.in_bulk({clip.model for clip in clips if clip.model is not None})
    policy = policies.of(line)
    measured = {pk: version.metrics.get("lines", {}).get(str(line.pk)) for pk, version in models.items()}
    calibrated = {pk: replace(policy, calibration=policies.calibration(found)) for pk, found in measured.items()}
    return Terms(line, edition, rulebook.of(edition, line.pk), calibrated)


def plan(clips: Iterable[GroupClip], choices: Mapping[int, str], terms: Terms) -> Plan:
    """Hold the verdict against each clip. Raises Refused for a tag that is not there."""
    if unknown := {tag for tag in choices if tag not in terms.book}:
        raise Refused(terms.edition, unknown=unknown)
    judged, conflicts = [], []
    for clip in clips:
        shown = terms.shown(clip)
        said = choice.said(choices, shown)
        tags = frozenset(given(said))
        if broken := terms.book.conflicts(tags):
            conflicts.append((clip, broken))
        else:
            judged.append(Judged(clip, said, tags, shown))
    return Plan(judged, conflicts)
