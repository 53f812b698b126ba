"""What the page of one video shows, loaded with a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import get_language

from ml.registry.models import ModelVersion
from ml.registry.part_names import part_name
from tagging import reasons, standing
from tagging.face_models import KnownPerson
from tagging.models import Suggestion, SuggestionSet, Video
from taxonomy.models import Tag, TagName
from taxonomy.search import preferred

SIMILAR = 5  # clips named a tag
ANCESTORS = "tag__parent__parent__parent__parent__parent"  # a tree has at most six levels


@dataclass(frozen=True)
class ShownSuggestion:
    """A proposed tag and what speaks for it."""

    tag: Tag
    name: str
    path: str  # names of the ancestors, the root first
    confidence: float
    consistent: bool
    words: tuple[str, ...]  # as they stand in the texts
    moment: tuple[float, float] | None  # seconds
    similar: tuple[Video, ...]
    recallers: tuple[tuple[str, float], ...]  # best first
    context: tuple[tuple[str, str], ...]  # field (uploader, program) and the words there
    box: reasons.Box | None
    stretches: tuple[reasons.Stretch, ...]  # of the clip, in which the tag holds
    throughout: bool  # it is one stretch from the beginning to the end
    way: tuple[reasons.Step, ...]  # from a tag that the clip speaks of, over others, to this one

    @property
    def percent(self) -> int:
        return round(self.confidence * 100)


@dataclass(frozen=True)
class GivenTag:
    """A tag the video has for a business line now."""

    tag: Tag
    name: str
    line: str
    source: str


def load(pk: int) -> Video | None:
    found = Video.objects.select_related("media", "imported_by").prefetch_related(
        Prefetch("video_tags__tag__names", localised_names()), "video_tags__business_line"
    )
    video = found.filter(pk=pk).first()
    if video is not None:
        standing.follow([video], Prefetch("names", localised_names()))
    return video


def latest_set(video: Video) -> SuggestionSet | None:
    """What the active model said; before it has looked, what the model before it said."""
    sets = SuggestionSet.objects.filter(video=video).select_related("model_version", "taxonomy_version")
    found = sorted(sets, key=lambda s: (s.model_version.state == ModelVersion.State.ACTIVE, s.created_at))
    return found[-1] if found else None


def suggestions(video: Video, seen: SuggestionSet | None, unsaid: Collection[int] = ()) -> list[ShownSuggestion]:
    """`unsaid` are clips that are not named as similar: that they speak for a tag tells that they have it."""
    if seen is None:
        return []
    stored = list(
        seen.suggestions.select_related(ANCESTORS).prefetch_related(Prefetch("tag__names", localised_names()))
    )
    similar = _similar(stored, unsaid)
    above = {s.pk: _ancestors(s.tag) for s in stored}
    names = preferred(tag.pk for way in above.values() for tag in way)
    paths = {pk: " › ".join(names.get(tag.pk, tag.name) for tag in way) for pk, way in above.items()}
    ways = _names(reasons.on_paths(s.evidence for s in stored))
    return [_shown(video, suggestion, paths[suggestion.pk], similar, ways) for suggestion in stored]


def given_tags(video: Video) -> list[GivenTag]:
    """By business line, then by name."""
    given = [
        GivenTag(g.tag, tag_name(g.tag), str(g.business_line), str(g.get_source_display())) for g in video.labels()
    ]
    return sorted(given, key=lambda g: (g.line, g.name))


def tag_name(tag: Tag) -> str:
    """In the reader's language; the tag's names must have been prefetched as `localised_names`."""
    return next((name.text for name in tag.names.all()), tag.name)


def named(people: QuerySet[KnownPerson]) -> list[tuple[int, str]]:
    """Number and name of each in the reader's language."""
    found = people.prefetch_related(Prefetch("tag__names", localised_names()))
    return [(person.pk, tag_name(person.tag)) for person in found]


def localised_names() -> QuerySet[TagName]:
    """The names tags are shown by to this reader."""
    language = (get_language() or "en").split("-")[0]
    return TagName.objects.filter(preferred=True, language__startswith=language)


def _names(tags: set[int]) -> dict[int, str]:
    """What tags are called in the reader's language; two queries, none for no tags."""
    if not tags:
        return {}
    return dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name")) | preferred(tags)


def _shown(
    video: Video, suggestion: Suggestion, path: str, similar: dict[int, Video], names: dict[int, str]
) -> ShownSuggestion:
    evidence, moment = suggestion.evidence, suggestion.evidence.get("moment")
    length = video.media.duration if video.media else 0.0
    stretches = reasons.stretches(evidence, length)
    return ShownSuggestion(
        tag=suggestion.tag,
        name=tag_name(suggestion.tag),
        path=path,
        confidence=suggestion.confidence,
        consistent=suggestion.consistent,
        words=reasons.words(video, evidence.get("spans", ())),
        moment=(moment[0], moment[1]) if moment else None,
        similar=tuple(similar[pk] for pk in evidence.get("similar", ())[:SIMILAR] if pk in similar),
        recallers=tuple(
            (part_name(name), score)
            for name, score in sorted(suggestion.recallers.items(), key=lambda pair: (-pair[1], pair[0]))
        ),
        context=reasons.context(video, evidence.get("spans", ())),
        box=reasons.box(evidence),
        stretches=stretches,
        throughout=reasons.throughout(stretches, length),
        way=reasons.path(evidence, names),
    )


def _ancestors(tag: Tag) -> list[Tag]:
    """The root first."""
    way, parent = [], tag.parent
    while parent is not None:
        way.append(parent)
        parent = parent.parent
    return way[::-1]


def _similar(stored: Iterable[Suggestion], unsaid: Collection[int]) -> dict[int, Video]:
    wanted = {pk for suggestion in stored for pk in suggestion.evidence.get("similar", ())[:SIMILAR]}
    return {
        video.pk: video for video in Video.objects.filter(pk__in=wanted.difference(unsaid)).only("title", "external_id")
    }
