"""What the review page shows beside the text of a guideline: clips as examples, and what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.urls import reverse

from annotation import readings
from annotation.clips import Card, ExampleClip
from annotation.probes import veil
from tagging.models import Video
from taxonomy.guidelines import Text
from taxonomy.models import Guideline


def of(texts: Collection[Text], person: int) -> dict[int, Card]:
    """By guideline; those with nothing to show are left out. At most four queries, none where there is nothing.

    A clip is no example for who is to judge it.
    """
    named = {pk for text in texts for pk in (*text.examples, *text.counter_examples)}
    clips = clips_of(named - veil.unsaid_to(person) if named else named)
    news = readings.news(texts, person)
    cards = {
        text.pk: Card(
            tuple(clips[pk] for pk in text.examples if pk in clips),
            tuple(clips[pk] for pk in text.counter_examples if pk in clips),
            news.get(text.pk),
        )
        for text in texts
    }
    return {pk: card for pk, card in cards.items() if card != Card()}


def of_guideline(guideline: Guideline, unsaid: Collection[int] = ()) -> Card:
    """The clips alone, without the videos `unsaid`."""
    clips = clips_of({*guideline.examples, *guideline.counter_examples}.difference(unsaid))
    return Card(
        tuple(clips[pk] for pk in guideline.examples if pk in clips),
        tuple(clips[pk] for pk in guideline.counter_examples if pk in clips),
    )


def clips_of(videos: Iterable[int]) -> dict[int, ExampleClip]:
    """By id; those that are gone are left out."""
    wanted = set(videos)
    rows = Video.objects.filter(pk__in=wanted).only("title", "external_id", "media_state") if wanted else ()
    return {video.pk: example(video) for video in rows}


def example(video: Video) -> ExampleClip:
    ready = video.media_state == Video.MediaState.READY
    poster = reverse("tagging:media", args=[video.pk, "poster"]) if ready else ""
    return ExampleClip(video.pk, str(video), video.get_absolute_url(), poster)
