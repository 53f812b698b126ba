"""Who has read which guideline."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
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


class ReReview(models.Model):
    """Clips that were sent to be reviewed again because a guideline changed. Undone, those still waiting go back."""

    guideline = models.ForeignKey("taxonomy.Guideline", models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    tasks = ArrayField(models.BigIntegerField(), default=list)
    seed = models.PositiveIntegerField(default=0)  # of the sample
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("repeated review")
        verbose_name_plural = _("repeated reviews")

    def __str__(self) -> str:
        return f"{len(self.tasks)} for {self.guideline_id}"
