"""What waits for a person: one clip, one business line, one of several slots."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tagging.models import Video
from taxonomy.models import BusinessLine

GOLD_SLOT = 1000  # from here on, slots are those in which a gold clip comes up


class ReviewTaskQuerySet(models.QuerySet["ReviewTask"]):
    def open(self) -> ReviewTaskQuerySet:
        return self.filter(state__in=[ReviewTask.State.WAITING, ReviewTask.State.CLAIMED])

    def of(self, user: AbstractBaseUser | AnonymousUser) -> ReviewTaskQuerySet:
        """Tasks of the business lines this person works for."""
        return self.filter(business_line__in=BusinessLine.objects.of(user))

    def claimed_by(self, reviewer: AbstractBaseUser | AnonymousUser) -> ReviewTaskQuerySet:
        """Tasks this reviewer holds a living lease of."""
        return self.filter(state=ReviewTask.State.CLAIMED, reviewer=reviewer.pk, lease_until__gt=Now())

    def release(self) -> int:
        """Assign them to nobody; returns how many. A gold clip that waited for one person is kept for all again."""
        spare = When(state=ReviewTask.State.WAITING, slot__gte=GOLD_SLOT, then=Value(ReviewTask.State.SPARE))
        return self.update(assignee=None, state=Case(spare, default=F("state")))


class ReviewTask(models.Model):
    """One video to be reviewed for one business line by one person. Overlap makes several slots of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("in review")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")
        SPARE = "spare", _("kept for a gold clip")  # until somebody's turn comes; outside of the queue

    # Keys without an index of their own are found by a constraint or an index below, or never looked up.
    video = models.ForeignKey(Video, models.CASCADE, related_name="tasks", verbose_name=_("video"), db_index=False)
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, related_name="tasks", verbose_name=_("business line"), db_index=False
    )
    slot = models.PositiveSmallIntegerField(_("slot"), default=1)  # 1..overlap, or from GOLD_SLOT on
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING, db_default=State.WAITING)
    priority = models.FloatField(_("priority"), default=0.0, db_default=0.0)
    why = models.JSONField(
        _("reasons for the priority"), default=dict, blank=True
    )  # what made the priority, shown to the reviewer
    # Of the fixed random slice that metrics are read from: drawn by a keyed hash, served in an order of its own.
    audit = models.BooleanField(_("audit slice"), default=False, db_default=False)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("reviewer"),
        db_index=False,
    )
    # Whom it is meant for: they get it before anything else, nobody else gets it.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
        db_index=False,
    )
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    token = models.PositiveBigIntegerField(_("lease number"), default=0, db_default=0)  # fencing: grows with each claim
    skip_reason = models.TextField(_("reason for skipping"), blank=True, db_default="")
    current_review = models.OneToOneField(
        "Review", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("review in force")
    )
    created_at = models.DateTimeField(_("opened"), db_default=Now())
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = ReviewTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("review task")
        verbose_name_plural = _("review tasks")
        constraints = [
            models.UniqueConstraint(fields=["video", "business_line", "slot"], name="one_task_a_slot"),
            models.UniqueConstraint(
                fields=["video", "business_line", "reviewer"],
                condition=Q(reviewer__isnull=False),
                name="one_slot_a_reviewer",
            ),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(reviewer__isnull=False, lease_until__isnull=False),
                name="a_claim_has_a_lease",
            ),
        ]
        indexes = [
            # Claimed ones stay in the index, so that an expired lease is found in its place: nobody gives it back.
            models.Index(
                "business_line",
                F("priority").desc(),
                "id",
                condition=Q(state__in=["waiting", "claimed"], assignee=None),
                name="task_queue",
            ),
            models.Index(
                "assignee",
                "business_line",
                F("priority").desc(),
                "id",
                condition=Q(state__in=["waiting", "claimed"], assignee__isnull=False),
                name="tasks_assigned",
            ),
            models.Index(fields=["reviewer", "-done_at"], condition=Q(state="done"), name="tasks_done_by"),
            models.Index(fields=["reviewer"], condition=Q(state="claimed"), name="tasks_held_by"),
            models.Index(fields=["business_line", "-done_at"], condition=Q(state="skipped"), name="tasks_skipped"),
            models.Index(fields=["business_line", "video"], condition=Q(state="spare"), name="tasks_kept_for_gold"),
            # Clips that several people reviewed, the newest first.
            models.Index(
                fields=["business_line", "-done_at"], condition=Q(state="done", slot__gt=1), name="overlapping_tasks"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.video_id} for {self.business_line_id}"

    def get_absolute_url(self) -> str:
        return reverse("annotation:review", args=[self.pk])
