"""All rows that the page of one task shows, read with one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotation.models import ReviewTask
from annotation.probes import disguise, veil
from annotation.probes.disguise import PLAIN, Disguise
from tagging import policies, statements
from tagging.models import Media, Suggestion, Video
from tagging.policy import Policy
from taxonomy import rulebook
from taxonomy.edition import EDITION, NOTHING, Edition
from taxonomy.models import BusinessLine

SIMILAR = 5  # clips named a tag

READ = f"""
SELECT {statements.columns(BusinessLine, "line")}, {statements.columns(Video, "video")},
       {statements.columns(Media, "media")}, {EDITION}, seen.model_version_id,
       (SELECT jsonb_agg(jsonb_build_array(tag_id, confidence, recallers, evidence) ORDER BY confidence DESC, tag_id)
        FROM tagging_suggestion WHERE suggestion_set_id = seen.id),
       (SELECT jsonb_object_agg(alike.id, coalesce(nullif(alike.title, ''), alike.external_id))
        FROM tagging_video alike WHERE alike.id IN (
            SELECT jsonb_path_query(evidence, '$.similar[0 to {SIMILAR - 1}]')::bigint
            FROM tagging_suggestion WHERE suggestion_set_id = seen.id
            UNION SELECT jsonb_path_query(probe.told -> 2, '$[2].similar[0 to {SIMILAR - 1}]')::bigint)
         AND NOT ({veil.UNSAID_TO.format(video="alike.id")})),
       (SELECT jsonb_build_array(threshold, "limit", auto_accept, ARRAY(
            SELECT coalesce(heir.merged_into_id, tag.merged_into_id, tag.id)
            FROM tagging_linepolicy_subtrees branch JOIN taxonomy_tag tag ON tag.id = branch.tag_id
            LEFT JOIN taxonomy_tag heir ON heir.id = tag.merged_into_id WHERE branch.linepolicy_id = policy.id))
        FROM tagging_linepolicy policy WHERE policy.business_line_id = line.id),
       (SELECT metrics #> ARRAY['lines', line.id::text]
        FROM registry_modelversion WHERE id = seen.model_version_id),
       (SELECT count(*) FROM tagging_video other WHERE other.uploader = video.uploader AND video.uploader <> ''),
       probe.told,
       (SELECT jsonb_build_array(coalesce(nullif(giver.first_name, ''), giver.username), handed.note)
        FROM annotation_handover handed JOIN auth_user giver ON giver.id = handed.giver_id
        WHERE handed.task_id = %(task)s AND handed.receiver_id = %(reviewer)s ORDER BY handed.id DESC LIMIT 1)
FROM tagging_video video
JOIN taxonomy_businessline line ON line.id = %(line)s
LEFT JOIN tagging_media media ON media.id = video.media_id
LEFT JOIN LATERAL (
    SELECT id, model_version_id FROM tagging_suggestionset
    WHERE video_id = video.id AND (model_version_id = %(model)s OR %(model)s IS NULL)
    ORDER BY created_at DESC, id DESC LIMIT 1
) seen ON true
LEFT JOIN LATERAL ({disguise.ASKED}) probe ON true
WHERE video.id = %(video)s
"""  # noqa: S608  # constants


@dataclass(frozen=True)
class ClipRows:
    video: Video
    line: BusinessLine
    edition: Edition
    model_version: int | None
    suggestions: Mapping[int, Suggestion]  # by tag, the surest first
    similar: Mapping[int, str]  # titles of the clips that evidence names
    policy: Policy
    uploader_clips: int
    disguise: Disguise = PLAIN
    handed_over: tuple[str, str] | None = None  # by whom, and their note


def read(task: ReviewTask, model_version: int | None = None) -> ClipRows:
    """`model_version` is the model whose suggestions are shown; by default the one that looked last."""
    values: dict[str, Any] = {"line": task.business_line_id, "video": task.video_id, "model": model_version}
    values |= {"task": task.pk, "reviewer": task.reviewer_id, "person": task.reviewer_id, "within": veil.UNDO_WITHIN}
    row = statements.row(READ, values)
    assert row, "a task has its video and its line"
    line, rest = _split(row, statements.width(BusinessLine))
    video, rest = _split(rest, statements.width(Video))
    media, rest = _split(rest, statements.width(Media))
    edition, model, suggested, similar, policy, measured, uploader_clips, probe, handed = rest
    edition = Edition(*edition) if edition else NOTHING
    found = _video(video, media)
    suggestions = _by_todays_tag(suggested or (), edition, task.business_line_id)
    shown = disguise.of(probe)
    shown = disguise.today(shown, rulebook.successors(shown.tags, edition, task.business_line_id), suggestions)
    return ClipRows(
        video=found,
        line=statements.instance(BusinessLine, line),
        edition=edition,
        model_version=model,
        suggestions=_disguised(suggestions, shown, found),
        similar={int(pk): title for pk, title in (similar or {}).items()},
        policy=_policy(policy, measured),
        uploader_clips=uploader_clips,
        disguise=shown,
        handed_over=(handed[0], handed[1]) if handed else None,
    )


def _by_todays_tag(suggested: Iterable[Sequence[Any]], edition: Edition, line: int) -> dict[int, Suggestion]:
    """What was said of a merged tag is said of where it went; of two that meet there the surer one, the first."""
    rows = list(suggested)
    heirs = rulebook.successors((tag for tag, *_told in rows), edition, line)
    found: dict[int, Suggestion] = {}
    for tag, *told in rows:
        heir = heirs.get(tag, tag)
        found.setdefault(heir, _suggestion(heir, *told))
    return found


def _disguised(own: dict[int, Suggestion], shown: Disguise, video: Video) -> dict[int, Suggestion]:
    """What the page is made of. What is left out is up to the rule book: see `disguise.hides`."""
    if shown.kind == "blind":
        return {}
    if shown.kind != "wrong" or shown.tag is None or shown.shown is None:
        return own
    confidence, recallers, evidence = shown.shown
    length = video.media.duration if video.media else 0.0
    return own | {shown.tag: _suggestion(shown.tag, confidence, recallers, disguise.fitted(evidence, length))}


def _policy(told: Sequence[Any] | None, measured: Mapping[str, Any] | None) -> Policy:
    policy = Policy(told[0], told[1], told[2], frozenset(told[3])) if told else Policy()
    return replace(policy, calibration=policies.calibration(measured))


def _split(row: tuple[Any, ...], width: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    return row[:width], row[width:]


def _video(row: tuple[Any, ...], media: tuple[Any, ...]) -> Video:
    video = statements.instance(Video, row)
    video.media = statements.instance(Media, media) if video.media_id else None
    return video


def _suggestion(tag: int, confidence: float, recallers: dict[str, float], evidence: dict[str, Any]) -> Suggestion:
    return Suggestion(tag_id=tag, confidence=confidence, recallers=recallers, evidence=evidence)
