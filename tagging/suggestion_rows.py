"""How a batch of proposals becomes rows: rules, old tags, auto-accepted tags, all in one short transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple

from django.db import connection, transaction

from ml.registry.models import ModelVersion
from ml.types import Evidence, Proposal
from tagging import policies, tag_merges
from tagging.models import SuggestionSet, Video, VideoTag
from tagging.signals import suggested
from taxonomy import rulebook
from taxonomy.models import TaxonomyVersion
from taxonomy.rules import RuleBook

# What is stored of a video: more tags are shown by no policy, and less likely ones tell nobody anything.
MOST = 50
LEAST_CONFIDENCE = 0.01

Scores = dict[int, float]


def store(version: ModelVersion, taxonomy: TaxonomyVersion, outcomes: Mapping[int, list[Proposal] | str]) -> list[int]:
    """Store what `version` proposes (or why it could not) and tell `suggested`; returns the videos that were stored.

    Safe to run twice: a video that has its set already is left alone, and so is one that was reviewed meanwhile.
    """
    book = rulebook.load(taxonomy.number)
    merged = tag_merges.targets()
    current = {
        video: _current(outcome, merged, book) for video, outcome in outcomes.items() if not isinstance(outcome, str)
    }
    errors = {video: outcome for video, outcome in outcomes.items() if isinstance(outcome, str)}
    with transaction.atomic():
        sets = _insert_sets(version, taxonomy, _still_unreviewed(outcomes), errors)
        _insert_suggestions(row for video, pk in sets.items() for row in _rows(pk, current.get(video, []), book))
        _auto_accept({v: {p.tag: p.confidence for p in current.get(v, [])} for v in sets}, taxonomy)
        Video.objects.filter(pk__in=outcomes).update(suggesting_until=None)
        suggested.send(SuggestionSet, video_ids=sorted(sets), model_version=version, taxonomy_version=taxonomy)
    return sorted(sets)


def _current(proposals: Iterable[Proposal], merged: Mapping[int, int], book: RuleBook) -> list[Proposal]:
    """The best proposals in terms of today's tags: merged ones follow, those that may not be given are left out."""
    best: dict[int, Proposal] = {}
    for proposal in proposals:  # the most confident first, so of two that meet in one tag the surer one stays
        tag = merged.get(proposal.tag, proposal.tag)
        if book.assignable(tag) and tag not in best and proposal.confidence >= LEAST_CONFIDENCE:
            best[tag] = Proposal(tag, proposal.confidence, proposal.recallers, proposal.evidence)
    return list(best.values())[:MOST]


def _still_unreviewed(videos: Iterable[int]) -> list[int]:
    """Of these, the ones nobody reviewed; locked (in one order) against a review until we are through."""
    rows = Video.objects.filter(pk__in=list(videos), reviewed_at=None).order_by("pk")
    return list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _insert_sets(
    version: ModelVersion, taxonomy: TaxonomyVersion, videos: list[int], errors: Mapping[int, str]
) -> dict[int, int]:
    """One set a video, by video. Left out: those who have one since the version's promotion."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO tagging_suggestionset AS stored (video_id, model_version_id, taxonomy_version_id, error)
            SELECT video, %s, %s, error FROM unnest(%s::bigint[], %s::text[]) AS outcome (video, error)
            ON CONFLICT (video_id, model_version_id) DO UPDATE
            SET taxonomy_version_id = excluded.taxonomy_version_id, error = excluded.error, created_at = now()
            WHERE stored.created_at < %s
            RETURNING video_id, id
            """,
            [version.pk, taxonomy.pk, videos, [errors.get(video, "") for video in videos], version.promoted_at],
        )
        return dict(cursor.fetchall())


def _rows(pk: int, proposals: list[Proposal], book: RuleBook) -> Iterator[dict[str, object]]:
    consistent = book.best({proposal.tag: proposal.confidence for proposal in proposals}).tags
    for proposal in proposals:
        yield {
            "suggestion_set_id": pk,
            "tag_id": proposal.tag,
            "confidence": proposal.confidence,
            "consistent": proposal.tag in consistent,
            "recallers": dict(proposal.recallers),
            "evidence": _evidence(proposal.evidence),
        }


def _insert_suggestions(rows: Iterable[Mapping[str, object]]) -> None:
    """All in one statement and one JSON document: adapting each value by itself takes ten times as long.

    Only a version that was promoted again meets rows of its own, which are renewed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO tagging_suggestion (suggestion_set_id, tag_id, confidence, consistent, recallers, evidence)
            SELECT suggestion_set_id, tag_id, confidence, consistent, recallers, evidence
            FROM jsonb_populate_recordset(NULL::tagging_suggestion, %s::jsonb)
            ON CONFLICT (suggestion_set_id, tag_id) DO UPDATE
            SET confidence = excluded.confidence, consistent = excluded.consistent,
                recallers = excluded.recallers, evidence = excluded.evidence
            """,
            [json.dumps(list(rows))],
        )


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {
        "spans": [astuple(span) for span in evidence.spans],
        "similar": list(evidence.similar),
        "moment": evidence.moment and list(evidence.moment),
    }


def _auto_accept(videos: Mapping[int, Scores], taxonomy: TaxonomyVersion) -> None:
    """Renew the tags that lines take without a person: all a video shows there, or, where one is unsure, none."""
    VideoTag.objects.filter(video__in=videos, source=VideoTag.Source.AUTO).delete()
    rows = []
    for line, policy in policies.load().items():
        if policy.auto_accept is None:
            continue
        book = rulebook.load(taxonomy.number, line)
        for video, scores in videos.items():
            decision = policies.decide(policy, book, scores)
            if not decision.needs_review:
                tags = decision.auto_accepted
                rows += [VideoTag(video_id=video, business_line_id=line, tag_id=t, source="auto") for t in sorted(tags)]
    VideoTag.objects.bulk_create(rows, ignore_conflicts=True)
