"""Use case: find the face in photos of people who agreed to it, and describe it. Done by workers."""

from __future__ import annotations

import time
import uuid
from io import BytesIO

import numpy as np
from django.core.files.base import ContentFile
from django.db import connection
from PIL import Image, ImageOps, UnidentifiedImageError

from ml import media
from ml.modality import faces
from ml.modality.extractor import MissingWeights
from ml.modality.faces import Face, Picture
from tagging import clips, media_storage
from tagging.face_models import FacePhoto

LEASE = 5 * 60  # seconds
ATTEMPTS = 3
FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS = 50_000_000
SIDE = 1280  # pixels of the longer side that are kept

CLAIM = """
    UPDATE tagging_facephoto SET leased_until = now() + make_interval(secs => %s), attempts = attempts + 1
    WHERE id = (
        SELECT id FROM tagging_facephoto
        WHERE state = 'waiting' AND (leased_until IS NULL OR leased_until < now())
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""

State, Refusal = FacePhoto.State, FacePhoto.Refusal


class Refused(ValueError):
    """Why a photo cannot be used."""

    def __init__(self, refusal: FacePhoto.Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def examine_waiting(seconds: float | None = None) -> int:
    """Examine one photo after another until none waits, or `seconds` are over. The number examined."""
    start, count = time.monotonic(), 0
    while (seconds is None or time.monotonic() - start < seconds) and (photo := _claim()):
        examine(photo)
        count += 1
    return count


def waiting() -> bool:
    return FacePhoto.objects.filter(state=State.WAITING).exists()


def examine(photo: FacePhoto) -> None:
    """Describe the one face, or the chosen one; ask which where there are several; else say why not."""
    try:
        if photo.attempts > ATTEMPTS:
            raise Refused(Refusal.WORKER)
        picture = _picture(photo)
        reader = _reader()
        found = reader.find(picture)
        if not found:
            raise Refused(Refusal.NO_FACE)
        if photo.chosen is None and len(found) > 1:
            _settle(photo, state=State.CHOOSE, boxes=[_rounded(face) for face in found])
            return
        mine = found[0] if photo.chosen is None else _nearest(found, photo.boxes[photo.chosen])
        [embedding] = reader.embed([reader.aligned(picture, mine)])
        _settle(photo, state=State.READY, boxes=[_rounded(mine)], chosen=0, embedding=embedding.tolist())
    except Refused as reason:
        _settle(photo, state=State.REFUSED, refusal=reason.refusal)


def _claim() -> FacePhoto | None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE])
        row = cursor.fetchone()
    return FacePhoto.objects.select_related("video__media").get(pk=row[0]) if row else None


def _settle(photo: FacePhoto, **values: object) -> None:
    """Once; a photo whose person was taken out meanwhile is gone and stays so."""
    FacePhoto.objects.filter(pk=photo.pk, state=State.WAITING).update(leased_until=None, **values)


def _reader() -> faces.FaceReader:
    try:
        return faces.reader()
    except MissingWeights as error:
        raise Refused(Refusal.NO_NETWORKS) from error


def _picture(photo: FacePhoto) -> Picture:
    """The picture as it is kept: upright, of useful size, without what cameras write into files."""
    if photo.file.endswith(".jpg"):
        return _read(photo.file)
    image = _read(photo.file) if photo.file else _moment(photo)
    name, content = f"faces/{uuid.uuid4().hex}.jpg", BytesIO()
    Image.fromarray(image).save(content, "JPEG", quality=90)
    media_storage.current().save(name, ContentFile(content.getvalue()))
    upload, photo.file = photo.file, name
    if not FacePhoto.objects.filter(pk=photo.pk).update(file=name):
        media_storage.current().delete(name)  # taken out at this moment
    if upload:
        media_storage.current().delete(upload)
    return image


def _read(name: str) -> Picture:
    try:
        with media_storage.current().local(name) as path, Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > PIXELS:
                raise Refused(Refusal.BROKEN)
            image.draft("RGB", (SIDE, SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError, SyntaxError) as error:
        raise Refused(Refusal.BROKEN) from error
    upright.thumbnail((SIDE, SIDE))
    return np.asarray(upright)


def _moment(photo: FacePhoto) -> Picture:
    if photo.video is None or photo.video.media is None:
        raise Refused(Refusal.NO_MOMENT)
    try:
        return media.picture_at(clips.StoredClip(photo.video.media.path), photo.second or 0.0, SIDE)
    except (media.MediaError, OSError) as error:
        raise Refused(Refusal.NO_MOMENT) from error


def _rounded(face: Face) -> list[float]:
    return [round(side, 4) for side in face[:4]]


def _nearest(found: list[Face], box: list[float]) -> Face:
    """The same face again: the detector may see it a little to the side at another time."""
    return min(found, key=lambda face: sum(abs(a - b) for a, b in zip(face[:4], box, strict=True)))
