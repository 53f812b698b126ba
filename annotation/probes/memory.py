"""Reviews as their reviewer remembers them: with the verdicts on seeded tags, of which nothing else knows."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import get_language

from annotation.models import Review, Verdict
from annotation.probes import answers
from annotation.probes.models import ProbeAnswer
from annotation.verdicts import Said
from taxonomy.models import Tag, TagName


def recall(reviews: Sequence[Review], reader: User) -> None:
    """Give each review `told`, the verdicts to show this reader: of others' reviews those that are stored.

    The verdicts have been prefetched. One query, whether or not anything of it was probed: else the time would tell.
    """
    own = [review.pk for review in reviews if review.reviewer_id == reader.pk]
    sent = {answer.review_id: answer for answer in _answers(own)}
    for review in reviews:
        stored = list(review.verdicts.all())
        answer = sent.get(review.pk)
        review.told = _as_sent(answer, stored) if answer else stored  # type: ignore[attr-defined]


def _answers(reviews: Sequence[int]) -> QuerySet[ProbeAnswer]:
    language = (get_language() or "en").split("-")[0]
    names = TagName.objects.filter(tag=OuterRef("probe__tag"), preferred=True, language__startswith=language)
    found = ProbeAnswer.objects.filter(review__in=reviews, probe__kind="wrong").exclude(choice="")
    return found.select_related("probe__tag").annotate(name=Subquery(names.values("text")[:1]))


def _as_sent(answer: ProbeAnswer, stored: Sequence[Verdict]) -> list[Verdict]:
    seeded = answer.probe.tag
    assert seeded is not None
    seeded.shown = [answer.name] if answer.name else []  # type: ignore[attr-defined]
    tags = {seeded.pk: seeded}
    for verdict in stored:
        tags |= {tag.pk: tag for tag in (verdict.tag, verdict.replacement) if tag}
    known = {verdict.tag_id: verdict for verdict in stored}
    return [_verdict(said, tags, known.get(said.tag), answer) for said in answers.unpacked(answer.said)]


def _verdict(said: Said, tags: dict[int, Tag], stored: Verdict | None, answer: ProbeAnswer) -> Verdict:
    if stored and (stored.choice, stored.replacement_id) == (said.choice, said.replacement):
        return stored
    shown = answer.probe.shown or [None]
    confidence = stored.confidence if stored else shown[0]
    put = tags.get(said.replacement, answer.probe.tag) if said.replacement else None
    return Verdict(
        review_id=answer.review_id,
        tag=tags.get(said.tag, answer.probe.tag),  # it may have been merged since
        choice=said.choice,
        reason=said.reason,
        replacement=put,
        confidence=confidence,
    )
