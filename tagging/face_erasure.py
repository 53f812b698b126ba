"""Use case: take all that is known of a face out of photos, embeddings, stored features and suggestions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from ml.feature_store import FeatureStore
from ml.modality import face_traces
from tagging import media_storage
from tagging.face_models import FacePhoto, KnownPerson
from tagging.gallery import RECALLER

NEAR = 0.6  # looser than for recognising: rather a stranger's features too many than the person's left


def finish() -> int:
    """Finish every erasure that was asked for; how many. Safe to run again: a killed worker's is done by the next."""
    people = list(KnownPerson.objects.exclude(erasing_since=None).order_by("pk"))
    for person in people:
        _erase(person)
    return len(people)


def _erase(person: KnownPerson) -> None:
    photos = FacePhoto.objects.filter(person=person)
    known = [embedding for embedding in photos.values_list("embedding", flat=True) if embedding]
    if known:  # the slow part first, and outside: without the rows nobody could tell what to look for
        face_traces.erase(FeatureStore(Path(settings.FEATURE_ROOT)), np.array(known, np.float32), NEAR)
    _delete_files(photos)
    with transaction.atomic():
        locked = KnownPerson.objects.select_for_update().filter(pk=person.pk).first()
        if locked is None or locked.erasing_since is None:
            return
        _forget_suggestions(locked.tag_id)
        _delete_files(photos.select_for_update())  # what a worker took from a clip at this moment
        photos.delete()
        if locked.opted_out:
            KnownPerson.objects.filter(pk=person.pk).update(erasing_since=None)
        else:
            locked.delete()


def _delete_files(photos: QuerySet[FacePhoto]) -> None:
    for photo in photos.exclude(file=""):
        media_storage.current().delete(photo.file)


def _forget_suggestions(tag: int) -> None:
    """No suggestion says where the face was. What nothing else speaks for goes, unless a person decided on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM tagging_suggestion s USING tagging_suggestionset seen, tagging_video video"
            " WHERE s.suggestion_set_id = seen.id AND seen.video_id = video.id AND video.reviewed_at IS NULL"
            " AND s.tag_id = %(tag)s AND s.recallers ? %(faces)s AND s.recallers - %(faces)s = '{}'",
            {"tag": tag, "faces": RECALLER},
        )
        cursor.execute(
            "UPDATE tagging_suggestion SET recallers = recallers - %(faces)s, evidence = evidence - 'region'"
            " WHERE tag_id = %(tag)s AND recallers ? %(faces)s",
            {"tag": tag, "faces": RECALLER},
        )
