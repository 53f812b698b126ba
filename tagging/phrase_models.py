"""What clips speak of and the taxonomy has no name for, until an editor decides."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from taxonomy.models import Tag


class NewPhrase(models.Model):
    """A phrase that the models found in texts and that was no tag's name then."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        NAMED = "named", _("in a change set")
        IGNORED = "ignored", _("ignored")

    key = models.CharField(max_length=200, unique=True)  # folded: case, width and spaces do not make another phrase
    text = models.CharField(_("phrase"), max_length=200)  # as it was first seen
    kind = models.CharField(_("kind"), max_length=10, choices=Tag.Kind)  # as what the models take it for
    clips = models.PositiveIntegerField(_("clips"), default=0)
    sure = models.FloatField(default=0)  # of the models, at best
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-clips", "pk"]
        verbose_name = _("new phrase")
        verbose_name_plural = _("new phrases")
        indexes = [models.Index(fields=["-clips", "id"], condition=Q(state="open"), name="commonest_new_phrases")]

    def __str__(self) -> str:
        return self.text


class PhraseSighting(models.Model):
    """One clip whose text holds the phrase, and where; the newest model's word counts."""

    phrase = models.ForeignKey(NewPhrase, models.CASCADE, related_name="sightings")
    video = models.ForeignKey("tagging.Video", models.CASCADE, related_name="+")
    field = models.CharField(max_length=20)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("sighting of a phrase")
        verbose_name_plural = _("sightings of phrases")
        constraints = [models.UniqueConstraint(fields=["phrase", "video"], name="a_phrase_is_seen_once_a_clip")]

    def __str__(self) -> str:
        return f"{self.phrase_id} {self.video_id}"
