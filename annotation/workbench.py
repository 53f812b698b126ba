"""The review page's content: one task with all that helps to decide."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from annotation import clip_rows, guideline_cards, priority_words
from annotation.clip_rows import SIMILAR, ClipRows
from annotation.clips import (
    AddedTag,
    Card,
    Clip,
    Evidence,
    GuidelineText,
    Lane,
    MediaUrls,
    Piece,
    ProposedTag,
    SimilarVideo,
)
from annotation.models import Review, ReviewTask
from annotation.probes import answers as probe_answers
from annotation.probes import disguise
from annotation.tag_labels import Label, labels
from annotation.text_marks import text_fields
from annotation.verdicts import Said
from tagging import policies, reasons
from tagging.models import Suggestion, Video
from tagging.reasons import Stretch
from taxonomy import guidelines, rulebook
from taxonomy.rules import RuleBook

Span = tuple[float, float]
SURE = 0.75  # of a tag's surest stretch: others are drawn fainter
NEW = timedelta(days=14)  # so long a changed guideline is pointed out


@dataclass(frozen=True)
class Answers:
    """What the reviewer said so far: verdicts by tag (undecided ones too), tags added, the model they looked at."""

    verdicts: Mapping[int, Said]
    added: tuple[int, ...] = ()
    model_version: int | None = None
    spans: Mapping[int, Span] = field(default_factory=dict)  # of verdicts and added tags, in seconds


def clip(task: ReviewTask, answers: Answers | None = None) -> Clip:
    """Load the page of a task. `answers` fill in the form; else those of a review that was just undone.

    One statement when everything of this edition of the taxonomy that the clip names was named before.
    """
    answers = answers or _undone(task)
    rows = clip_rows.read(task, answers.model_version)
    answers = _today(answers, rows)
    video, suggestions = rows.video, rows.suggestions
    book = rulebook.of(rows.edition, rows.line.pk)
    decided = _decided(rows, book)
    # What was on the screen stays there, though rules or policy may have changed meanwhile.
    shown = list(dict.fromkeys([*decided, *(tag for tag in answers.verdicts if tag in suggestions)]))
    sure = {tag: rows.policy.calibration.apply(suggestions[tag].confidence) for tag in shown}
    named = {*shown, *answers.added, *(s.replacement for s in answers.verdicts.values() if s.replacement)}
    on_the_way = reasons.on_paths(suggestions[tag].evidence for tag in shown)
    known = labels(named | on_the_way, rows.edition)
    texts = guideline_texts(guidelines.texts(named & known.keys(), rows.line.pk, rows.edition), task.reviewer_id or 0)
    proposals = [
        _proposal(video, suggestions[tag], sure[tag], known, texts, rows.similar, answers.verdicts.get(tag))
        for tag in shown
        if tag in known
    ]
    for proposal in proposals:
        proposal.span = answers.spans.get(proposal.tag)
    return Clip(
        task=task,
        video=video,
        line=rows.line,
        operation=uuid.uuid4(),
        taxonomy_version=rows.edition.number,
        model_version=rows.model_version,
        proposals=proposals,
        added=[
            replace(added(tag, known, texts), span=answers.spans.get(tag))
            for tag in answers.added
            if tag in known and book.assignable(tag)
        ],
        text_fields=text_fields(video, {tag: suggestions[tag].evidence.get("spans", ()) for tag in shown}),
        lanes=_lanes(proposals, video),
        media=_media(video),
        peaks=video.media.peaks if video.media else [],
        uploader_clips=rows.uploader_clips,
        why=priority_words.why(disguise.why(task.why, rows.disguise)),
        handed_over=rows.handed_over,
    )


def _decided(rows: ClipRows, book: RuleBook) -> Mapping[int, float]:
    """The tags to show with the line's confidence, the surest first."""
    hidden, seeded = rows.disguise, rows.disguise.tag if rows.disguise.kind == "wrong" else None
    scores = {tag: found.confidence for tag, found in rows.suggestions.items() if tag != seeded}
    shown = policies.decide(rows.policy, book, scores).shown
    if seeded is not None:
        return disguise.with_seed(shown, seeded, rows.suggestions[seeded].confidence, rows.policy, book)
    return {tag: sure for tag, sure in shown.items() if not disguise.hides(hidden, tag, book)}


def added(tag: int, known: Mapping[int, Label], texts: Mapping[int, GuidelineText]) -> AddedTag:
    label = known[tag]
    return AddedTag(tag, label.name, label.path, label.kind, texts.get(tag))


def _undone(task: ReviewTask) -> Answers:
    """What the reviewer had said before undoing it; of a task that was opened again, what stands until now."""
    if task.token == 1 and not task.current_review_id:
        return Answers({})  # claimed for the first time
    told = Review.objects.filter(task=task).select_related("undoes__probe_answer", "probe_answer")
    last = told.order_by("-pk").first()
    if last is not None and last.undoes is None and task.current_review_id == last.pk:
        undone = last
    elif last is None or last.undoes is None or last.reviewer_id != task.reviewer_id:
        return Answers({})
    else:
        undone = last.undoes
    said = [verdict.plain for verdict in undone.verdicts.order_by("pk")]
    if hasattr(undone, "probe_answer"):
        said = probe_answers.unpacked(undone.probe_answer.said)
    extra = tuple(s.tag for s in said if s.choice == "add")
    return Answers({s.tag: s for s in said if s.choice != "add"}, extra, undone.model_version_id, spans(said))


def spans(said: Iterable[Said]) -> dict[int, Span]:
    """The part of the clip that each verdict tells, by tag."""
    return {verdict.tag: verdict.span for verdict in said if verdict.span}


def _today(answers: Answers, rows: ClipRows) -> Answers:
    """What was said of a merged tag is said of where it went; what was said of that itself comes first."""
    if not answers.verdicts and not answers.added:
        return answers
    replaced = {s.replacement for s in answers.verdicts.values() if s.replacement}
    heirs = rulebook.successors({*answers.verdicts, *answers.added, *replaced}, rows.edition, rows.line.pk)
    if all(tag == heir for tag, heir in heirs.items()):
        return answers
    verdicts: dict[int, Said] = {}
    for tag, said in sorted(answers.verdicts.items(), key=lambda item: heirs.get(item[0]) != item[0]):
        heir, put = heirs.get(tag, tag), said.replacement and heirs.get(said.replacement, said.replacement)
        now = Said(heir, "accept") if put == heir else replace(said, tag=heir, replacement=put)
        verdicts.setdefault(heir, now)
    of_heirs = {heirs.get(tag, tag): span for tag, span in answers.spans.items()}
    told = tuple(dict.fromkeys(heirs.get(tag, tag) for tag in answers.added))
    return replace(answers, verdicts=verdicts, added=told, spans={**of_heirs, **answers.spans})


def _proposal(
    video: Video,
    suggestion: Suggestion,
    confidence: float,
    known: Mapping[int, Label],
    texts: Mapping[int, GuidelineText],
    similar: Mapping[int, str],
    said: Said | None,
) -> ProposedTag:
    label, evidence = known[suggestion.tag_id], suggestion.evidence
    stretches = reasons.stretches(evidence, _length(video))
    proposal = ProposedTag(
        tag=suggestion.tag_id,
        name=label.name,
        path=label.path,
        kind=label.kind,
        confidence=confidence,
        evidence=Evidence(
            words=reasons.words(video, evidence.get("spans", ())),
            context=reasons.context(video, evidence.get("spans", ())),
            box=reasons.box(evidence),
            path=reasons.path(evidence, {tag: label.name for tag, label in known.items()}),
            stretches=stretches,
            throughout=reasons.throughout(stretches, _length(video)),
            moment=tuple(evidence["moment"]) if evidence.get("moment") else None,
            similar=tuple(_similar(v, similar[v]) for v in evidence.get("similar", ())[:SIMILAR] if v in similar),
            recallers=tuple(sorted(suggestion.recallers.items(), key=lambda pair: (-pair[1], pair[0]))),
        ),
        guideline=texts.get(suggestion.tag_id),
    )
    if said:
        proposal.verdict, proposal.reason, proposal.replacement = said.choice, said.reason, said.replacement
        if said.replacement is not None and said.replacement in known:
            proposal.replacement_name = known[said.replacement].name
    return proposal


def _length(video: Video) -> float:
    return video.media.duration or 0.0 if video.media else 0.0


def guideline_texts(found: Mapping[int, guidelines.Text], reviewer: int) -> dict[int, GuidelineText]:
    """The guidelines of tags with their example clips and what changed since this person read them."""
    cards = guideline_cards.of(list({text.pk: text for text in found.values()}.values()), reviewer)
    return {tag: _guideline(text, cards.get(text.pk, Card())) for tag, text in found.items()}


def _guideline(text: guidelines.Text, card: Card) -> GuidelineText:
    new = timezone.now() - text.since < NEW
    return GuidelineText(text.html, text.version, text.since, new, text.line is None, text.pk, card)


def _similar(video: int, title: str) -> SimilarVideo:
    return SimilarVideo(video, title, reverse("tagging:video", args=[video]))


def _lanes(proposals: Iterable[ProposedTag], video: Video) -> list[Lane]:
    if not video.media or not video.media.duration:
        return []
    length = video.media.duration
    found = ((p, p.evidence.stretches or _moment(p.evidence)) for p in proposals)
    return [Lane(p.tag, p.name, _pieces(stretches, length)) for p, stretches in found if stretches]


def _moment(evidence: Evidence) -> tuple[Stretch, ...]:
    """What versions knew that did not follow tags through the clip."""
    return (Stretch(*evidence.moment, 1.0),) if evidence.moment else ()


def _pieces(stretches: Iterable[Stretch], length: float) -> tuple[Piece, ...]:
    surest = max(stretch.score for stretch in stretches)
    return tuple(
        Piece(
            100 * s.start / length,
            100 * (min(s.end, length) - s.start) / length,
            s.start,
            min(s.end, length),
            s.score < SURE * surest,
        )
        for s in stretches
        if s.start < length
    )


def _media(video: Video) -> MediaUrls | None:
    if not video.media:
        return None
    return MediaUrls(*(reverse("tagging:media", args=[video.pk, part]) for part in ("clip", "poster", "filmstrip")))
