"""When the stack learns by itself, what audited windows told, and what was seen of a canary. All rows are kept."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ml.registry.models import Canary, Promotion, TrainingRun, Trial


class LearningSettings(Trial):
    """When a training begins by itself and what becomes of its version. The row with the highest number holds.

    The fields of `Trial` are for canaries that begin by themselves.
    """

    class Sequel(models.TextChoices):
        WAITS = "waits", _("It waits for a person.")
        CANARY = "canary", _("It becomes a canary.")
        PROMOTED = "promoted", _("It becomes the active version.")

    number = models.PositiveIntegerField(unique=True)  # two people who change the same settings make the same number
    verdicts = models.PositiveIntegerField(
        _("Train after so many new verdicts"),
        null=True,
        blank=True,
        validators=[MinValueValidator(100)],
        help_text=_("Empty: never for that reason."),
    )
    drift = models.BooleanField(
        _("Train when the active version gets worse"),
        default=False,
        help_text=_("Watched on the audit slice: how many of its tags are accepted, and how true its confidences are."),
    )
    drift_reviews = models.PositiveIntegerField(
        _("audited reviews that are looked at together"),
        default=300,
        validators=[MinValueValidator(100), MaxValueValidator(100_000)],
        help_text=_("With more, smaller changes are found, later."),
    )
    alarm_rate = models.FloatField(
        _("false alarms"),
        default=0.01,
        choices=[
            (0.05, _("at most one in 20 windows")),
            (0.01, _("at most one in 100 windows")),
            (0.001, _("at most one in 1,000 windows")),
        ],
    )
    every_days = models.PositiveSmallIntegerField(
        _("Train every so many days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("Empty: never for that reason. A day on which nothing new was reviewed is passed over."),
    )
    hour = models.PositiveSmallIntegerField(
        _("at this hour (0–23)"), default=3, validators=[MaxValueValidator(23)]
    )  # in the time zone of the server
    stack = models.CharField(_("stack"), max_length=500, blank=True)
    sequel = models.CharField(
        _("Nothing speaks against the new version"), max_length=10, choices=Sequel, default=Sequel.WAITS
    )
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        verbose_name = _("settings of the learning")
        verbose_name_plural = _("settings of the learning")
        constraints = [models.CheckConstraint(condition=Q(hour__lte=23), name="an_hour_of_the_day")]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def words(self) -> list[str]:
        """What may begin a training, and what becomes of its version."""
        asked = [
            (self.verdicts, TrainingRun.Trigger.VERDICTS),
            (self.drift, TrainingRun.Trigger.DRIFT),
            (self.every_days, TrainingRun.Trigger.SCHEDULE),
        ]
        told = [str(trigger.label) for chosen, trigger in asked if chosen]
        return [*told, str(self.get_sequel_display())] if told else [str(_("nothing"))]

    @classmethod
    def now(cls) -> LearningSettings:
        """Those that hold; before anybody chose, nothing happens by itself."""
        return cls.objects.first() or cls(number=0)


class DriftWindow(models.Model):
    """Audited reviews in a line of what the active version suggests, enough for a window; the first is number 0."""

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="+")
    # Empty: of all lines together, as it was before each was watched by itself. Nothing reads these.
    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, null=True, related_name="+")
    number = models.PositiveIntegerField()
    reviews = models.PositiveIntegerField()
    last_review = models.PositiveBigIntegerField()  # the next window begins after this one
    accepted = models.JSONField()  # annotation.learning.ratios.Sums
    brier = models.JSONField()
    acceptance_p = models.FloatField(null=True)  # of annotation.learning.drift.Drift; the first window has none
    brier_p = models.FloatField(null=True)
    alarm_rate = models.FloatField(null=True)
    closed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["promotion", "business_line", "number"], nulls_distinct=False, name="a_window_is_closed_once"
            )
        ]

    def __str__(self) -> str:
        return f"window {self.number} of {self.promotion_id}"


class CanaryLook(models.Model):
    """What was known of a trial at one moment: sums over the clips reviewed since it began."""

    canary = models.ForeignKey(Canary, models.PROTECT, related_name="looks")
    number = models.PositiveIntegerField()
    sides = models.JSONField()  # annotation.learning.acceptance.Sides
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["canary", "number"], name="a_look_has_its_number")]

    def __str__(self) -> str:
        return f"look {self.number} at {self.canary_id}"
