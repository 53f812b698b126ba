"""The page about whom to trust: the people of a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Sum

from annotation.models import ConfidenceSum
from annotation.probes import bias, rates
from annotation.probes.bias import NONE, Bias, Share
from annotation.probes.models import Qualification, Trust, TrustPolicy
from annotation.probes.veil import UNDO_WITHIN
from taxonomy.models import BusinessLine

UNDO_HOURS = UNDO_WITHIN // timedelta(hours=1)  # so long an answer may be taken back


@dataclass(frozen=True)
class Person:
    """One reviewer of a line."""

    user: User
    state: str  # of their qualification; empty: none
    state_name: str
    gold: Share  # of the tags of gold clips
    rate: float  # per cent of gold clips now, over the branches
    bias: Bias
    acceptance: Share  # of the proposals shown, as the quality pages count them

    @property
    def corrected(self) -> tuple[int, int, int] | None:
        """Per cent of those proposals that are right, and its bounds: less what would have been accepted anyway."""
        found = self.bias.corrected(self.acceptance)
        return (round(100 * found[0]), round(100 * found[1]), round(100 * found[2])) if found else None


def people(line: BusinessLine) -> list[Person]:
    """Members of the line and whoever else has told of themselves. Six queries."""
    found = bias.by_reviewer([line.pk])
    qualified = {one.person_id: one for one in Qualification.objects.filter(business_line=line)}
    known = Trust.objects.filter(business_line=line).values("reviewer").annotate(good=Sum("right"), bad=Sum("wrong"))
    gold = {row["reviewer"]: (row["good"], row["bad"]) for row in known}
    shown = _acceptance(line)
    policy = TrustPolicy.objects.filter(business_line=line).first() or default_policy(line)
    wanted = User.objects.filter(pk__in=[*line.members.values_list("pk", flat=True), *found, *qualified, *gold])
    rows = [
        _person(user, qualified.get(user.pk), *gold.get(user.pk, (0, 0)), policy)
        | {"bias": found.get(user.pk, Bias()), "acceptance": shown.get(user.pk, NONE)}
        for user in wanted.filter(is_active=True).order_by("username")
    ]
    return sorted((Person(**row) for row in rows), key=lambda row: not row.bias.worrying)


def _acceptance(line: BusinessLine) -> dict[int, Share]:
    """By reviewer, from the sums of the quality pages, which leave probed reviews out."""
    sums = ConfidenceSum.objects.filter(business_line=line, span="a").values("reviewer")
    told = sums.annotate(taken=Sum("accepted"), seen=Sum("shown"))
    return {row["reviewer"]: Share(row["taken"], row["seen"]) for row in told if row["seen"] > 0}


def _person(user: User, known: Qualification | None, good: int, bad: int, policy: TrustPolicy) -> dict[str, Any]:
    rate = rates.rate(good, bad, policy.gold_least, policy.gold_most)
    state, name = (known.state, known.get_state_display()) if known else ("", "")
    return {"user": user, "state": state, "state_name": name, "gold": Share(good, good + bad), "rate": rate}


def default_policy(line: BusinessLine) -> TrustPolicy:
    """What holds for a line that has none of its own."""
    share = settings.PROBE_PERCENT / 3
    return TrustPolicy(business_line=line, blind=share, wrong=share, missing=share)


def note(person: User) -> bool:
    """Whether a reviewer is to be told to look closer: they accept too many wrong tags, or miss right ones.

    Of answers that can no longer be taken back, so that no single clip shows in it.
    """
    lines = list(BusinessLine.objects.values_list("pk", flat=True))
    own = bias.by_reviewer(lines, person=person.pk, settled=UNDO_HOURS)
    return own[person.pk].worrying if person.pk in own else False
