"""That somebody is to be told of a ruling."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class RulingNotice(models.Model):
    """A ruling that says otherwise than a review in force did. Written with the ruling."""

    ruling = models.ForeignKey("annotation.Ruling", models.CASCADE, related_name="notices", db_index=False)
    review = models.ForeignKey("annotation.Review", models.CASCADE, related_name="+")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ruling", "review"], name="told_once_of_a_ruling")]
        indexes = [models.Index(fields=["reviewer", "-ruling"], condition=Q(seen_at=None), name="rulings_not_seen")]

    def __str__(self) -> str:
        return f"ruling {self.ruling_id} for {self.reviewer_id}"
