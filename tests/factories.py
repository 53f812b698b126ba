"""Plain functions that make what a test is about, with defaults for the rest."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth.models import User

from annotation import people
from ml.registry.models import ModelVersion
from tagging.models import Suggestion, SuggestionSet, Video
from taxonomy.models import BusinessLine, Tag, TaxonomyVersion

_n = count(1)


def make_line(**kw: Any) -> BusinessLine:
    n = next(_n)
    return BusinessLine.objects.create(**{"slug": f"line-{n}", "name": f"Line {n}"} | kw)


def make_user(role: str | None = "annotator", *, lines: tuple[BusinessLine, ...] = (), **kw: Any) -> User:
    """A person with one role (annotator, editor, admin) who belongs to the given lines."""
    user = User.objects.create_user(**{"username": f"user-{next(_n)}", "password": "a good password"} | kw)
    if role:
        people.give_roles(user, [role])
    for line in lines:
        line.members.add(user)
    return user


def make_tag(name: str = "", **kw: Any) -> Tag:
    n = next(_n)
    return Tag.objects.create(**{"code": f"tag-{n}", "name": name or f"Tag {n}"} | kw)


def make_video(**kw: Any) -> Video:
    return Video.objects.create(**{"source": "test", "external_id": f"video-{next(_n)}", "title": "A video"} | kw)


def make_model(**kw: Any) -> ModelVersion:
    values = {"stack": "small", "bundle": f"bundle-{next(_n)}", "snapshot_hash": "0" * 64, "taxonomy_version": 1}
    return ModelVersion.objects.create(**values | kw)


def make_suggestions(
    video: Video, scores: dict[Tag, float], *, model: ModelVersion, taxonomy: TaxonomyVersion
) -> SuggestionSet:
    """What `model` would have stored for `video`."""
    stored = SuggestionSet.objects.create(video=video, model_version=model, taxonomy_version=taxonomy)
    Suggestion.objects.bulk_create(
        Suggestion(suggestion_set=stored, tag=tag, confidence=score, consistent=True, recallers={}, evidence={})
        for tag, score in scores.items()
    )
    return stored
