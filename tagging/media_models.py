"""Media files, each known by its content."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Media(models.Model):
    """One media file, known by its content: the same clip imported twice is stored once."""

    content_hash = models.CharField(_("content hash"), max_length=64, unique=True)  # sha256
    path = models.CharField(_("path"), max_length=300)  # below MEDIA_ROOT: "clips/ab/abcd….mp4"
    size = models.PositiveBigIntegerField(_("bytes"))  # bytes
    duration = models.FloatField(_("seconds"))  # seconds
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    fps = models.FloatField(_("frames a second"))
    video_codec = models.CharField(_("picture codec"), max_length=30, blank=True)
    audio_codec = models.CharField(_("sound codec"), max_length=30, blank=True)  # empty: the clip has no sound
    peaks = ArrayField(models.FloatField(), default=list, blank=True)  # of the sound, 0..1, for the waveform
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("media file")
        verbose_name_plural = _("media files")

    def __str__(self) -> str:
        return self.content_hash[:12]

    @property
    def poster(self) -> str:
        return f"posters/{self.content_hash[:2]}/{self.content_hash}.jpg"

    @property
    def filmstrip(self) -> str:
        return f"filmstrips/{self.content_hash[:2]}/{self.content_hash}.jpg"


class MediaFingerprint(models.Model):
    """By what a clip is known when it is uploaded again. A table of its own: pages read media by the hundred."""

    media = models.OneToOneField(Media, models.CASCADE, primary_key=True, related_name="fingerprint")
    views = models.BinaryField()  # (pictures, VIEWS, BYTES) of ml.media.fingerprints; empty: no picture says anything

    def __str__(self) -> str:
        return f"{self.media_id}"
