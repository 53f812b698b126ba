"""Clips that are shown otherwise than the models' suggestions say, to learn whom and what to trust."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

MOST = 30.0  # per cent of a line's clips for one kind of probe: more would spoil the work itself


class Probe(models.Model):
    """That one reviewer is shown one task otherwise. Made when the task is claimed, and never told to the reviewer."""

    class Kind(models.TextChoices):
        GOLD = "gold", _("gold clip")  # people know its tags already
        BLIND = "blind", _("without suggestions")
        WRONG = "wrong", _("a wrong tag added")
        MISSING = "missing", _("a right tag left out")

    task = models.ForeignKey("annotation.ReviewTask", models.CASCADE, related_name="probes", db_index=False)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reviewer"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    tag = models.ForeignKey(
        "taxonomy.Tag", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tag"), db_index=False
    )
    # Of a seeded tag: confidence, recallers and evidence of the suggestion that it was taken from.
    shown = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("probe")
        verbose_name_plural = _("probes")
        constraints = [
            models.UniqueConstraint(fields=["task", "reviewer"], name="one_probe_a_task_and_reviewer"),
            models.CheckConstraint(
                condition=Q(kind__in=["wrong", "missing"], tag__isnull=False)
                | Q(kind__in=["gold", "blind"], tag__isnull=True),
                name="a_probe_names_its_tag",
            ),
            models.CheckConstraint(
                condition=Q(kind="wrong", shown__isnull=False) | (~Q(kind="wrong") & Q(shown=None)),
                name="a_seeded_tag_looks_like_one",
            ),
        ]
        indexes = [models.Index(fields=["reviewer", "kind"], name="probes_of_a_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.task_id} for {self.reviewer_id}"


class ProbeAnswer(models.Model):
    """What a review of a probed task said. It holds as long as nobody took the review back.

    What is said of a seeded tag is kept here and nowhere else: no verdict, tag of a video or snapshot knows of it.
    """

    review = models.OneToOneField("annotation.Review", models.PROTECT, primary_key=True, related_name="probe_answer")
    probe = models.ForeignKey(Probe, models.PROTECT, related_name="answers")
    # Of the tag that was seeded or left out: given (accept, add), not given (reject, replace), or empty: not a word.
    choice = models.CharField(max_length=10, blank=True, db_default="")
    # All verdicts as they were sent, as [tag, choice, reason, replacement]: what the reviewer finds in their history.
    said = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.choice} by {self.review_id}"


class TrustPolicy(models.Model):
    """How a business line learns whom to trust. A line without one has the settings' shares and these defaults."""

    business_line = models.OneToOneField(
        "taxonomy.BusinessLine", models.CASCADE, related_name="trust_policy", verbose_name=_("business line")
    )
    # In per cent of the clips that are handed out.
    blind = models.FloatField(_("clips without suggestions, %"), default=1.0, db_default=1.0)
    wrong = models.FloatField(_("clips with a wrong tag added, %"), default=1.0, db_default=1.0)
    missing = models.FloatField(_("clips with a right tag left out, %"), default=1.0, db_default=1.0)

    class Meta:
        verbose_name = _("trust policy")
        verbose_name_plural = _("trust policies")
        constraints = [
            models.CheckConstraint(
                condition=Q(blind__gte=0, wrong__gte=0, missing__gte=0)
                & Q(blind__lte=MOST, wrong__lte=MOST, missing__lte=MOST),
                name="probes_stay_rare",
            )
        ]

    def __str__(self) -> str:
        return str(self.business_line_id)
