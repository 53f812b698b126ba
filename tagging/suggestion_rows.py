"""How a batch of proposals becomes rows: sets, suggestions, auto-accepted tags, all in one short transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from django.db import connection, transaction

from ml.registry.models import ModelVersion
from ml.types import Evidence, Proposal
from tagging import outcomes
from tagging.models import SuggestionSet, Video, VideoTag
from tagging.outcomes import Outcome
from tagging.signals import suggested
from taxonomy.models import TaxonomyVersion


class Failed(NamedTuple):
    """That nothing could be made of a video."""

    kind: SuggestionSet.Failure
    error: str = ""  # what the program said


Proposed = Mapping[int, list[Proposal] | Failed]  # by video


def store(
    version: ModelVersion, taxonomy: TaxonomyVersion, proposed: Proposed, likeness: Mapping[int, float] | None = None
) -> list[int]:
    """Store what `version` proposes (or why it could not) and tell `suggested`; returns the videos that were stored.

    `likeness`: by video, how alike the most alike clip is that `version` learned from.

    Safe to run twice: a video that has its set already is left alone, and so is one that was reviewed meanwhile.
    """
    failed = {video: said for video, said in proposed.items() if isinstance(said, Failed)}
    made = outcomes.of({v: [] if isinstance(said, Failed) else said for v, said in proposed.items()}, taxonomy, version)
    with transaction.atomic():
        sets = _insert_sets(version, taxonomy, _still_unreviewed(proposed), failed)
        stored = {video: replace(made[video], likeness=(likeness or {}).get(video)) for video in sorted(sets)}
        _insert_suggestions(row for video, outcome in stored.items() for row in _rows(sets[video], outcome))
        _auto_accept(stored)
        Video.objects.filter(pk__in=proposed).update(suggesting_until=None, suggest_attempts=0)
        suggested.send(SuggestionSet, outcomes=stored, model_version=version, taxonomy_version=taxonomy)
    return sorted(sets)


def store_again(version: ModelVersion, taxonomy: TaxonomyVersion, proposed: Proposed) -> list[int]:
    """Store what `version` says of videos that were reviewed; returns those that were stored.

    Nobody's queue and no tags change, so nobody is told. Safe to run twice.
    """
    failed = {video: said for video, said in proposed.items() if isinstance(said, Failed)}
    made = outcomes.of({v: [] if isinstance(said, Failed) else said for v, said in proposed.items()}, taxonomy, version)
    with transaction.atomic():
        sets = _insert_sets(version, taxonomy, sorted(proposed), failed)
        _insert_suggestions(row for video in sorted(sets) for row in _rows(sets[video], made[video]))
        Video.objects.filter(pk__in=proposed).update(suggest_attempts=0)
    return sorted(sets)


def _still_unreviewed(videos: Iterable[int]) -> list[int]:
    """Of these, the ones nobody reviewed; locked (in one order) against a review until we are through."""
    rows = Video.objects.filter(pk__in=list(videos), reviewed_at=None).order_by("pk")
    return list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _insert_sets(
    version: ModelVersion, taxonomy: TaxonomyVersion, videos: list[int], failed: Mapping[int, Failed]
) -> dict[int, int]:
    """One set a video, by video. Left out: those who have one since the version's promotion."""
    kinds = [str(failed[video].kind) if video in failed else "" for video in videos]
    errors = [failed[video].error if video in failed else "" for video in videos]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO tagging_suggestionset AS stored
                (video_id, model_version_id, taxonomy_version_id, failure, error)
            SELECT video, %s, %s, failure, error
            FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS outcome (video, failure, error)
            ON CONFLICT (video_id, model_version_id) DO UPDATE
            SET taxonomy_version_id = excluded.taxonomy_version_id, failure = excluded.failure, error = excluded.error,
                created_at = now()
            WHERE stored.created_at < %s
            RETURNING video_id, id
            """,
            [version.pk, taxonomy.pk, videos, kinds, errors, version.promoted_at],
        )
        return dict(cursor.fetchall())


def _rows(pk: int, outcome: Outcome) -> Iterator[dict[str, object]]:
    for proposal in outcome.proposals:
        yield {
            "suggestion_set_id": pk,
            "tag_id": proposal.tag,
            "confidence": proposal.confidence,
            "consistent": proposal.tag in outcome.consistent,
            "recallers": proposal.recallers,
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
            [json.dumps(list(rows), default=dict)],
        )


def _evidence(evidence: Evidence) -> dict[str, object]:
    told: dict[str, object] = {"spans": evidence.spans, "similar": evidence.similar, "moment": evidence.moment}
    # Few suggestions have these, and most of a row is its evidence.
    return told | {name: value for name in ("region", "path", "windows") if (value := getattr(evidence, name))}


def _auto_accept(videos: Mapping[int, Outcome]) -> None:
    """Renew the tags that lines take without a person: all a video shows there, or, where one is unsure, none."""
    VideoTag.objects.filter(video__in=videos, source=VideoTag.Source.AUTO).delete()
    rows = [
        VideoTag(video_id=video, business_line_id=line, tag_id=tag, source=VideoTag.Source.AUTO)
        for video, outcome in videos.items()
        for line, decision in outcome.decisions.items()
        if not decision.needs_review
        for tag in sorted(decision.auto_accepted)
    ]
    VideoTag.objects.bulk_create(rows, ignore_conflicts=True)
