"""Keeping the figures of agreement and the reviewers' skills: measured by beat, in a table, so that pages only read.

Nothing is done where no review came or went and no gold or seeded clip told anything new. What is learned weighs from
then on, and the clips it was learned from are settled anew where it changed by more than `STIRS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from annotation.agreement import consensus, dawid_skene, gold_answers, measures, overlaps
from annotation.agreement.dawid_skene import NOBODY, Prior, Seen
from annotation.agreement.dawid_skene import Skill as Learned
from annotation.agreement.gold_answers import NOTHING, GoldAnswers
from annotation.agreement.overlaps import Overlaps
from annotation.agreement.weighing import MODEL, SURE, USUAL
from annotation.models import Figure, Skill, Window
from tagging.models import Video
from taxonomy import rulebook
from taxonomy.models import BusinessLine

LEAST_CLIPS = 20  # below which nothing is learned of reviewers: everybody weighs alike
STIRS = 0.02  # a change of a skill that may turn a draw
AT_ONCE = 200  # videos locked at a time
_MODEL = 0  # no person has this id


@dataclass(frozen=True)
class Together:
    """What holds of all reviewers of a line."""

    share: float  # of tags asked about, those that are there
    independence: float  # of cases, those in which they judge by themselves what the model is sure of


Skills = Mapping[int | None, tuple[Learned, int]]  # reviewer (None: the model) -> skill, answers


def refresh_all() -> None:
    """Every line on whose clips several people's reviews came or went, or of whose reviewers gold clips told."""
    for line in BusinessLine.objects.order_by("pk"):
        refresh(line)


def refresh(line: BusinessLine) -> bool:
    """Measure a line anew. Returns whether there was anything new. Seconds of computing, outside of any transaction.

    New answers to gold clips, and to seeded tags, change what is learned of reviewers and the model, but no figure.
    """
    found = overlaps.read(line.pk)
    before = Window.objects.filter(business_line=line).first()
    if before is None and not found.clips:
        return False
    same = before and (before.newest, before.checksum, before.reviews) == (found.newest, found.checksum, found.reviews)
    gold = gold_answers.read(line.pk, found.edition)
    independence = gold_answers.independence(line.pk)
    known = gold.checksum(independence)
    if same and before and before.known == known:
        return False
    figures = None if same else _figures(line, found)
    skills, share = learn(found, gold, independence)
    _store(line, found, known, figures, skills, Together(share, independence))
    return True


def _figures(line: BusinessLine, found: Overlaps) -> list[measures.Figure]:
    book = rulebook.of(found.edition, line.pk)
    tags = {tag for opinions in found.people for opinion in opinions for tag in opinion.given}
    return list(measures.measure(found.people, {tag: book.path(tag) for tag in tags if tag in book}))


def learn(found: Overlaps, gold: GoldAnswers = NOTHING, independence: float = 1.0) -> tuple[Skills, float]:
    """What the clips tell of each reviewer and of the model; nothing where they are few.

    The model's skill is what gold clips tell of it; people's, what they say by themselves (`dawid_skene`).
    """
    if len(found.clips) < LEAST_CLIPS:
        return {}, 0.5
    rows = [(video, tag, reviewer, yes) for video, told in found.clips.items() for tag, reviewer, yes in _answers(told)]
    if not rows:
        return {}, 0.5
    rows += [(video, tag, _MODEL if who is None else who, yes) for video, tag, who, yes in gold.rows]
    questions, asked = np.unique([row[:2] for row in rows], axis=0, return_inverse=True)
    people, who = np.unique([row[2] for row in rows], return_inverse=True)
    said = np.array([row[3] for row in rows])
    known = np.array([gold.known.get((int(video), int(tag)), np.nan) for video, tag in questions], dtype=np.float64)
    model = np.flatnonzero(people == _MODEL)
    seen = Seen(int(model[0]), independence, MODEL) if len(model) else NOBODY
    fit = dawid_skene.fit(asked.ravel(), who, said, Prior(USUAL), known, seen)
    counts = np.bincount(who)
    assert len(fit.belief) == len(questions)
    skills = {
        (int(person) if person != _MODEL else None): (
            fit.skill(place),
            int(counts[place]),
        )
        for place, person in enumerate(people)
    }
    return skills, fit.share


def _answers(told: overlaps.Told) -> list[tuple[int, int, bool]]:
    """(tag, reviewer, yes) of one clip: what each person said, and whether the model was sure of what it proposed."""
    people = [
        (tag, opinion.reviewer, tag in opinion.given)
        for opinion in told.people
        for tag in opinion.given | opinion.refused
    ]
    return people + [(tag, _MODEL, confidence >= SURE) for tag, confidence in told.proposed.items()]


def _store(
    line: BusinessLine,
    found: Overlaps,
    known: int,
    figures: list[measures.Figure] | None,
    skills: Skills,
    together: Together,
) -> None:
    """No figures: those that are stored hold."""
    with transaction.atomic():
        BusinessLine.objects.select_for_update(no_key=True).get(pk=line.pk)  # one at a time
        stirred = _stirred(line, skills, together)
        Window.objects.update_or_create(
            business_line=line,
            defaults={
                "clips": len(found.clips),
                "reviews": found.reviews,
                "newest": found.newest,
                "checksum": found.checksum,
                "known": known,
                "since": found.since,
            },
        )
        if figures is not None:
            Figure.objects.filter(business_line=line).delete()
            Figure.objects.bulk_create(_row(line, figure) for figure in figures)
        if stirred:
            Skill.objects.filter(business_line=line).delete()
            Skill.objects.bulk_create(
                Skill(
                    business_line=line,
                    reviewer_id=reviewer,
                    sensitivity=skill.sensitivity,
                    specificity=skill.specificity,
                    share=together.share,
                    independence=together.independence,
                    answers=answers,
                )
                for reviewer, (skill, answers) in skills.items()
            )
    if stirred:
        _settle(line, sorted(found.clips))


def _stirred(line: BusinessLine, skills: Skills, together: Together) -> bool:
    """Whether somebody weighs otherwise than before."""
    rows = list(Skill.objects.filter(business_line=line))
    before = {row.reviewer_id: Learned(row.sensitivity, row.specificity) for row in rows}
    if any(abs(row.independence - together.independence) > STIRS for row in rows[:1]):
        return True
    usual = {reviewer: MODEL if reviewer is None else USUAL for reviewer in skills}
    former = usual | before
    if before.keys() - skills.keys():
        return True
    return any(
        max(abs(skill.sensitivity - former[who].sensitivity), abs(skill.specificity - former[who].specificity)) > STIRS
        for who, (skill, _answers) in skills.items()
    )


def _settle(line: BusinessLine, videos: list[int]) -> None:
    for start in range(0, len(videos), AT_ONCE):
        some = videos[start : start + AT_ONCE]
        with transaction.atomic():
            list(Video.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk").values_list("pk"))
            consensus.settle(some, line.pk)


def _row(line: BusinessLine, figure: measures.Figure) -> Figure:
    first, second = figure.pair or (None, None)
    return Figure(
        business_line=line,
        measure=figure.measure,
        tag_id=figure.tag,
        first_id=first,
        second_id=second,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        clips=figure.clips,
    )
