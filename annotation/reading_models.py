"""Who has read which guideline."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class GuidelineReading(models.Model):
    """That a person has read one version of a guideline, and confirmed it where the editor asked for that."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    guideline = models.ForeignKey("taxonomy.Guideline", models.CASCADE, related_name="readings")
    read_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reading of a guideline")
        verbose_name_plural = _("readings of guidelines")
        constraints = [models.UniqueConstraint(fields=["person", "guideline"], name="read_once")]

    def __str__(self) -> str:
        return f"{self.person_id} read {self.guideline_id}"
