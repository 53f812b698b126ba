"""A version on trial: it suggests tags for a share of the new videos, beside the active one."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

PLACES = 2**32  # that a keyed hash may put a video at
LARGEST_SHARE = 50  # percent; with more, the active version would be the one on trial


def _key() -> str:
    return secrets.token_hex(16)


class Trial(models.Model):
    """How a version is tried: what an admin chooses each time, and what holds for trials that begin by themselves."""

    share = models.PositiveSmallIntegerField(
        _("share of new videos, in percent"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_SHARE)],
    )
    margin = models.FloatField(
        _("points of acceptance that count as no worse"),
        default=3.0,
        validators=[MinValueValidator(0.5), MaxValueValidator(20.0)],
        help_text=_("A smaller number needs more reviews: half the points, four times the clips."),
    )
    fewest = models.PositiveIntegerField(
        _("reviewed clips of each version before anything is decided"),
        default=100,
        validators=[MinValueValidator(50), MaxValueValidator(100_000)],
    )
    audited_only = models.BooleanField(
        _("count the audit slice only"),
        default=False,
        help_text=_("Slower, but neither version chooses which of its clips people see."),
    )
    promotes = models.BooleanField(
        _("promote it as soon as it has shown to be no worse"),
        default=False,
        help_text=_("Otherwise an admin is asked to. A version that does worse is rolled back in any case."),
    )

    class Meta:
        abstract = True


class CanaryQuerySet(models.QuerySet["Canary"]):
    def running(self) -> Canary | None:
        return self.filter(outcome=Canary.Outcome.RUNNING).select_related("version", "rival").first()


class Canary(Trial):
    """One trial, from its beginning to its end. A trigger lets its end be written once, and nothing else be changed."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("running")
        PROMOTED = "promoted", _("became the active version")
        ROLLED_BACK = "rolled_back", _("rolled back")
        OVERTAKEN = "overtaken", _("overtaken by another promotion")
        FAILED = "failed", _("failed")

    version = models.ForeignKey("registry.ModelVersion", models.PROTECT, related_name="canaries")
    rival = models.ForeignKey("registry.ModelVersion", models.PROTECT, related_name="+")  # the active one of its time
    key = models.CharField(max_length=32, default=_key, editable=False)  # of the hash that shares the videos out
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, default=Outcome.RUNNING)
    figures = models.JSONField(default=dict)  # what was known when it ended
    error = models.TextField(blank=True)  # what the program said, when it failed
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(_("began"), db_default=Now())
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = CanaryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("canary")
        verbose_name_plural = _("canaries")
        constraints = [
            models.UniqueConstraint(fields=["outcome"], condition=Q(outcome="running"), name="one_canary"),
            models.CheckConstraint(
                condition=Q(outcome="running", ended_at=None) | (~Q(outcome="running") & Q(ended_at__isnull=False)),
                name="a_canary_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=Q(share__gte=1, share__lte=LARGEST_SHARE), name="a_canary_has_the_smaller_share"
            ),
            models.CheckConstraint(condition=~Q(version=models.F("rival")), name="a_canary_has_a_rival"),
        ]

    def __str__(self) -> str:
        return f"{self.version} beside {self.rival}"

    @property
    def places(self) -> int:
        """Below this place of the hash, a new video is the canary's: the share of all places, exactly."""
        return self.share * PLACES // 100

    @property
    def runs(self) -> bool:
        return self.outcome == self.Outcome.RUNNING
