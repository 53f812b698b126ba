"""People who agreed to be recognised in clips, and the photos by which they are."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ml.types import FACE_WIDTH
from taxonomy.models import Tag


class KnownPersonQuerySet(models.QuerySet["KnownPerson"]):
    def recognised(self) -> KnownPersonQuerySet:
        """Neither opted out nor on the way out."""
        return self.filter(opted_out=False, erasing_since=None)


class KnownPerson(models.Model):
    """A tag of a person with the consent to look for their face. Nobody is in here without one."""

    tag = models.OneToOneField(Tag, models.PROTECT, related_name="known_person", verbose_name=_("tag"))
    consent = models.TextField(_("consent"), max_length=2000)
    consent_on = models.DateField(_("agreed on"))
    opted_out = models.BooleanField(_("does not want to be recognised"), default=False)
    erasing_since = models.DateTimeField(null=True, blank=True)  # a worker takes out all that is known of the face
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = KnownPersonQuerySet.as_manager()

    class Meta:
        ordering = ["tag__name", "pk"]
        verbose_name = _("person who may be recognised")
        verbose_name_plural = _("people who may be recognised")
        permissions = [("manage_gallery", "Can manage the gallery of faces")]

    def __str__(self) -> str:
        return str(self.tag)

    def get_absolute_url(self) -> str:
        return reverse("tagging:known-person", args=[self.pk])


class FacePhoto(models.Model):
    """One picture of a person: uploaded, or a moment of a clip. A worker finds the face and describes it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being examined")
        CHOOSE = "choose", _("several faces: choose one")
        READY = "ready", _("known")
        REFUSED = "refused", _("not usable")

    class Refusal(models.TextChoices):
        NO_FACE = "no_face", _("No face was found in it.")
        BROKEN = "broken", _("It is not a picture that can be read.")
        NO_MOMENT = "no_moment", _("The clip has no picture at that moment.")
        NO_NETWORKS = "no_networks", _("The networks for faces are not installed on the worker.")
        WORKER = "worker", _("It made the program end without an answer.")

    person = models.ForeignKey(KnownPerson, models.CASCADE, related_name="photos", verbose_name=_("person"))
    file = models.CharField(max_length=200, blank=True)  # in the media storage; empty until a clip's picture is taken
    video = models.ForeignKey("tagging.Video", models.SET_NULL, null=True, blank=True, related_name="+")
    second = models.FloatField(null=True, blank=True)  # of the clip
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    refusal = models.CharField(max_length=20, choices=Refusal, blank=True)
    boxes = models.JSONField(default=list, blank=True)  # [[left, top, right, bottom]], shares of the picture
    chosen = models.PositiveSmallIntegerField(null=True, blank=True)  # which of them is the person
    embedding = ArrayField(models.FloatField(), size=FACE_WIDTH, null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("photo of a face")
        verbose_name_plural = _("photos of faces")
        indexes = [models.Index(F("id"), condition=Q(state="waiting"), name="photos_to_examine")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ready", embedding__isnull=False) | ~Q(state="ready") & Q(embedding=None),
                name="a_known_face_is_described",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.get_state_display()}"
