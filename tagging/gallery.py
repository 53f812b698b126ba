"""Use cases of the gallery of faces: who is in it, with which photos; and who no longer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from ml.types import FACE_WIDTH, Gallery, Proposal
from tagging import media_storage, tag_merges
from tagging.face_models import FacePhoto, KnownPerson
from tagging.models import Video
from taxonomy.models import Tag

RECALLER = "faces.v1"
PHOTO_BYTES = 15 * 2**20
PHOTOS_AT_ONCE = 20
PHOTOS_A_PERSON = 100

State = FacePhoto.State


@dataclass(frozen=True)
class Consent:
    """What allows us to look for a face."""

    note: str
    on: date


def add(tag: Tag, consent: Consent, by: User) -> KnownPerson:
    """The person of that tag; one who is there already stays as they are."""
    values = {"consent": consent.note, "consent_on": consent.on, "created_by": by}
    return KnownPerson.objects.get_or_create(tag=tag, defaults=values)[0]


def change_consent(person: KnownPerson, consent: Consent) -> None:
    """What was agreed to, said better or anew."""
    KnownPerson.objects.filter(pk=person.pk).update(consent=consent.note, consent_on=consent.on)


def add_photos(person: KnownPerson, files: Sequence[File[bytes]]) -> list[FacePhoto]:
    """Keep the files for a worker to examine. Nobody who opted out gets any."""
    with transaction.atomic():
        if not _locked(person):
            return []
        free = max(0, PHOTOS_A_PERSON - person.photos.count())
        kept = []
        for file in files[:free]:
            name = media_storage.current().save(f"faces/{uuid.uuid4().hex}.upload", File(file))
            kept.append(FacePhoto(person=person, file=name))
        return FacePhoto.objects.bulk_create(kept)


def add_moment(person: KnownPerson, video: Video, second: float) -> FacePhoto | None:
    """The picture of a clip at that second, for a worker to take and examine."""
    with transaction.atomic():
        return FacePhoto.objects.create(person=person, video=video, second=second) if _locked(person) else None


def _locked(person: KnownPerson) -> bool:
    """Whether photos may be added, and until then nobody takes the person out."""
    return KnownPerson.objects.recognised().select_for_update(no_key=True).filter(pk=person.pk).exists()


def choose(photo: FacePhoto, face: int) -> bool:
    """Of several faces this one is the person; a worker describes it. False where there is nothing to choose."""
    if not 0 <= face < len(photo.boxes):
        return False
    waiting = FacePhoto.objects.filter(pk=photo.pk, state=State.CHOOSE)
    return bool(waiting.update(state=State.WAITING, chosen=face, attempts=0, leased_until=None))


def remove(photo: FacePhoto) -> None:
    """The photo and what it says of the face."""
    if photo.file:
        media_storage.current().delete(photo.file)
    photo.delete()


def merge(person: KnownPerson, into: KnownPerson) -> None:
    """Both are one: the photos go to `into`. The tags are the taxonomy's, where they are merged in a change set."""
    with transaction.atomic():
        both = list(KnownPerson.objects.recognised().select_for_update().filter(pk__in=[person.pk, into.pk]))
        if len(both) == 2:
            FacePhoto.objects.filter(person=person).update(person=into)
            KnownPerson.objects.filter(pk=person.pk).delete()


def opt_out(person: KnownPerson) -> None:
    """Never recognise them again: all that is known of the face goes, the wish stays."""
    KnownPerson.objects.filter(pk=person.pk).update(opted_out=True, erasing_since=Now())


def opt_in(person: KnownPerson, consent: Consent) -> None:
    """They agreed after all; photos are given anew."""
    asked = KnownPerson.objects.filter(pk=person.pk, opted_out=True, erasing_since=None)
    asked.update(opted_out=False, consent=consent.note, consent_on=consent.on)


def erase(person: KnownPerson) -> None:
    """Take the person out with everything: recognised no more from this moment, a worker does the rest."""
    KnownPerson.objects.filter(pk=person.pk).update(opted_out=False, erasing_since=Now())


def version() -> int:
    """Another number is another gallery. Made from what is there, so no change can forget to tell."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(hashtext(photo.id || ':' || person.tag_id)), 0) FROM tagging_facephoto photo"
            " JOIN tagging_knownperson person ON person.id = photo.person_id"
            " WHERE photo.state = 'ready' AND NOT person.opted_out AND person.erasing_since IS NULL"
        )
        return int(cursor.fetchone()[0])


def people() -> QuerySet[KnownPerson]:
    """Those whom photos may be added to."""
    return KnownPerson.objects.recognised().select_related("tag")


def load() -> Gallery:
    """All known faces, by the tags their people have today."""
    number = version()
    rows = FacePhoto.objects.filter(state=State.READY, person__in=KnownPerson.objects.recognised())
    found = list(rows.order_by("pk").values_list("person__tag", "embedding"))
    merged = tag_merges.targets() if found else {}
    faces = np.array([embedding for _, embedding in found], np.float32).reshape(len(found), FACE_WIDTH)
    return Gallery(tuple(merged.get(tag, tag) for tag, _ in found), faces, number)


def allowed(proposed: Mapping[int, Any]) -> dict[int, Any]:
    """Proposals by video without those of faces that were taken out meanwhile. Call it where they are stored:

    it locks the people named, so that whoever erases one of them afterwards finds what was stored.
    """
    named = {p.tag for answer in proposed.values() for p in _by_face(answer)}
    if not named:
        return dict(proposed)
    merged = tag_merges.targets()
    people = KnownPerson.objects.recognised().select_for_update(no_key=True, of=("self",)).order_by("pk")
    known = {merged.get(tag, tag) for tag in people.values_list("tag", flat=True)}
    return {video: _of_known(answer, known) for video, answer in proposed.items()}


def _by_face(answer: Any) -> Iterable[Proposal]:
    return (
        [p for p in answer if isinstance(p, Proposal) and RECALLER in p.recallers] if isinstance(answer, list) else []
    )


def _of_known(answer: Any, known: set[int]) -> Any:
    gone = {p.tag for p in _by_face(answer)} - known
    if not gone:
        return answer
    kept = [_without_face(p) if p.tag in gone else p for p in answer]
    return [p for p in kept if p.recallers]


def _without_face(proposal: Proposal) -> Proposal:
    others = {name: score for name, score in proposal.recallers.items() if name != RECALLER}
    return proposal._replace(recallers=others, evidence=proposal.evidence._replace(region=None))
