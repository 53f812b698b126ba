"""The tags a video has for a business line: what its one review says, what several say together, and what was ruled.

Reviews and rulings are the record; this is made anew from those in force whenever one of them comes or goes, so taking
one back leaves no trace. What several say is held against the rules: of tags that exclude each other the surer stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from annotation.agreement import opinions
from annotation.agreement.opinions import Told
from annotation.agreement.weighing import SURE, Trust, Weighed, weigh
from tagging import statements
from tagging.models import VideoTag
from taxonomy import rulebook
from taxonomy.rules import RuleBook

# What stays keeps its row. Nothing here is written by two at a time: every caller has locked the videos.
WRITE = """
WITH told AS (
    SELECT * FROM unnest(%(of)s::bigint[], %(tags)s::bigint[], %(confidences)s::float8[], %(given)s::boolean[],
        %(yes)s::int[], %(no)s::int[], %(silent)s::int[], %(ruled)s::boolean[], %(doubts)s::float8[])
        AS told(video, tag, confidence, given, yes, no, silent, ruled, doubt)
), gone AS (
    DELETE FROM annotation_consensus former WHERE video_id = ANY(%(videos)s) AND business_line_id = %(line)s
      AND NOT EXISTS (SELECT FROM told WHERE told.video = former.video_id AND told.tag = former.tag_id)
), kept AS (
    INSERT INTO annotation_consensus
        (video_id, business_line_id, tag_id, confidence, given, yes, no, silent, ruled, doubt)
    SELECT video, %(line)s, tag, confidence, given, yes, no, silent, ruled, doubt FROM told
    ON CONFLICT (video_id, business_line_id, tag_id) DO UPDATE SET confidence = excluded.confidence,
        given = excluded.given, yes = excluded.yes, no = excluded.no, silent = excluded.silent,
        ruled = excluded.ruled, doubt = excluded.doubt, settled_at = excluded.settled_at
), labels AS (
    SELECT * FROM unnest(%(labelled)s::bigint[], %(labels)s::bigint[], %(sources)s::text[]) AS label(video, tag, source)
), loose AS (
    DELETE FROM tagging_videotag former WHERE video_id = ANY(%(videos)s) AND business_line_id = %(line)s
      AND NOT EXISTS (SELECT FROM labels WHERE labels.video = former.video_id AND labels.tag = former.tag_id)
)
INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source)
SELECT video, %(line)s, tag, source FROM labels
ON CONFLICT (video_id, business_line_id, tag_id) DO UPDATE SET source = excluded.source
WHERE tagging_videotag.source <> excluded.source
"""


@dataclass(frozen=True)
class Settled:
    """What a video gets."""

    tags: frozenset[int] = frozenset()
    source: str = VideoTag.Source.REVIEW
    weighed: Mapping[int, Weighed] = field(default_factory=dict)  # empty where one review is all there is


def settle(videos: Collection[int], line: int) -> dict[int, Settled]:
    """Give each video the tags that its reviews and rulings say now. The caller has locked the videos.

    Four statements, however many videos.
    """
    told, edition = opinions.read(videos, line)
    reviewers = {opinion.reviewer for one in told.values() for opinion in one.people}
    trust = opinions.trust(line, reviewers) if any(_shared(one) for one in told.values()) else Trust()
    book = rulebook.of(edition, line)
    settled = {video: decide(told.get(video, Told()), trust, book) for video in videos}
    statements.rows(f"{WRITE} RETURNING 1", _rows(settled, line))
    return settled


def decide(told: Told, trust: Trust, book: RuleBook) -> Settled:
    """The tags of one video. Rulings come before reviews, what people say before what was imported."""
    if not told.people and told.imported is not None:
        return Settled(told.imported.given, VideoTag.Source.IMPORT)
    if not _shared(told):
        return Settled(told.people[0].given if told.people else frozenset())
    weighed = weigh(told.people, told.proposed, trust, told.rulings)
    scores = {tag: 2 * one.confidence - 1 for tag, one in weighed.items() if one.confidence >= SURE}
    ruled = [tag for tag, accepted in told.rulings.items() if accepted]
    return Settled(book.best(scores, ruled).tags & scores.keys(), VideoTag.Source.REVIEW, weighed)


def _shared(told: Told) -> bool:
    """Whether there is anything to weigh."""
    return len(told.people) > 1 or bool(told.people and told.rulings)


def _rows(settled: Mapping[int, Settled], line: int) -> dict[str, object]:
    weighed = [(video, tag, one) for video, found in settled.items() for tag, one in sorted(found.weighed.items())]
    labels = [(video, tag, found.source) for video, found in settled.items() for tag in sorted(found.tags)]
    return {
        "videos": sorted(settled),
        "line": line,
        "of": [video for video, _tag, _one in weighed],
        "tags": [tag for _video, tag, _one in weighed],
        "given": [tag in settled[video].tags for video, tag, _one in weighed],
        "confidences": [one.confidence for *_of, one in weighed],
        "yes": [one.yes for *_of, one in weighed],
        "no": [one.no for *_of, one in weighed],
        "silent": [one.silent for *_of, one in weighed],
        "ruled": [one.ruled for *_of, one in weighed],
        "doubts": [one.doubt for *_of, one in weighed],
        "labelled": [video for video, _tag, _source in labels],
        "labels": [tag for _video, tag, _source in labels],
        "sources": [str(source) for *_of, source in labels],
    }
