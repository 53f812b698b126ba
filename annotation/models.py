"""People's work: tasks, reviews and verdicts."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotation.agreement.comment_models import Comment
from annotation.agreement.models import Consensus, Figure, Ruling, SecondLook, Skill, Window
from annotation.assignment_models import Assignment, HandOver
from annotation.groups.models import ClipGroup, ClipLook, GroupedClip, GroupReview, GroupReviewItem
from annotation.learning.models import CanaryLook, DriftWindow, LearningSettings
from annotation.probes.models import (
    Exam,
    GoldClip,
    GoldTag,
    Probe,
    ProbeAnswer,
    Qualification,
    Trust,
    TrustPolicy,
)
from annotation.prospects.models import PriorityScale, Prospect, TagExamples, TagWeight
from annotation.quality.models import ConfidenceSum, ConfusionSum, TagSum, Unfolded, WorkDay
from annotation.reading_models import GuidelineReading, ReReview
from annotation.verdicts import Said
from ml.registry.models import ModelVersion
from tagging.models import Suggestion, Video
from tagging.reasons import clock
from taxonomy.models import BusinessLine, Guideline, Tag, TaxonomyVersion

__all__ = [
    "Assignment",
    "CanaryLook",
    "ClipGroup",
    "ClipLook",
    "Comment",
    "ConfidenceSum",
    "ConfusionSum",
    "Consensus",
    "DriftWindow",
    "Exam",
    "Figure",
    "FirstPassword",
    "GoldClip",
    "GoldTag",
    "GroupReview",
    "GroupReviewItem",
    "GroupedClip",
    "GuidelineReading",
    "HandOver",
    "LearningSettings",
    "PriorityScale",
    "Probe",
    "ProbeAnswer",
    "Prospect",
    "Qualification",
    "ReReview",
    "Review",
    "ReviewTask",
    "Ruling",
    "SecondLook",
    "Shortcut",
    "Skill",
    "TagExamples",
    "TagSum",
    "TagWeight",
    "Trust",
    "TrustPolicy",
    "Unfolded",
    "Verdict",
    "Window",
    "WorkDay",
]


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


GOLD_SLOT = 1000


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
    # 1..overlap; from GOLD_SLOT on those in which a gold clip comes up.
    slot = models.PositiveSmallIntegerField(_("slot"), default=1)
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


class ReviewQuerySet(models.QuerySet["Review"]):
    def open_to(self, reader: AbstractBaseUser | AnonymousUser) -> ReviewQuerySet:
        """Without those of gold clips that others were given: they would tell which clips are gold."""
        return self.filter(Q(task__slot__lt=GOLD_SLOT) | Q(reviewer=reader.pk))

    def own(self, reader: AbstractBaseUser | AnonymousUser) -> ReviewQuerySet:
        return self.filter(reviewer=reader.pk)

    def shown(self) -> ReviewQuerySet:
        """With all that a list of reviews tells, in two queries."""
        verdicts = Verdict.objects.select_related("tag", "replacement").order_by("pk")
        related = self.select_related("task__video", "task__business_line", "reviewer", "undone_by")
        return related.prefetch_related(models.Prefetch("verdicts", verdicts))


class Review(models.Model):
    """All verdicts of one reviewer on one task, or the undoing of such. Append-only: a trigger refuses changes."""

    class Kind(models.TextChoices):
        REVIEW = "review", _("review")
        IMPORT = "import", _("import")
        UNDO = "undo", _("undo")
        GOLD = "gold", _("gold clip")  # tells of the reviewer: it gives no tags and nothing learns from it

    task = models.ForeignKey(ReviewTask, models.PROTECT, related_name="reviews", verbose_name=_("review task"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews", verbose_name=_("reviewer"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.REVIEW)
    operation = models.UUIDField(_("operation"), unique=True)  # made by the client: sent twice, stored once
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by", verbose_name=_("undoes")
    )
    taxonomy_version = models.ForeignKey(
        TaxonomyVersion, models.PROTECT, related_name="+", verbose_name=_("taxonomy version"), db_index=False
    )
    model_version = models.ForeignKey(
        ModelVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("model version"),
        db_index=False,
    )
    # The effort, as the page counted it. Empty: a program sent it, or it was one of a group.
    seconds = models.FloatField(_("seconds of work"), null=True, blank=True)  # of active work
    keystrokes = models.PositiveIntegerField(_("keys pressed"), null=True, blank=True)
    edits = models.PositiveIntegerField(_("changes made"), null=True, blank=True)  # of verdicts, steps back included
    created_at = models.DateTimeField(_("sent"), db_default=Now())

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="undo", undoes__isnull=False) | (~Q(kind="undo") & Q(undoes=None)),
                name="an_undo_names_its_review",
            )
        ]
        indexes = [
            models.Index(fields=["reviewer", "-id"], name="reviews_of_a_person"),
            BrinIndex(fields=["created_at"], autosummarize=True, name="reviews_in_time"),  # rows stand in their order
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Verdict(models.Model):
    """What a reviewer says of one tag. Append-only."""

    class Choice(models.TextChoices):
        ACCEPT = "accept", _("accept")
        REJECT = "reject", _("reject")
        REPLACE = "replace", _("replace")
        ADD = "add", _("add")

    class Reason(models.TextChoices):
        WRONG = "wrong", _("not in the clip")
        MINOR = "minor", _("only in passing")
        GENERAL = "general", _("too general")
        GUIDELINE = "guideline", _("against the guideline")
        RULE = "rule", _("against a rule")
        OTHER = "other", _("other")

    review = models.ForeignKey(Review, models.PROTECT, related_name="verdicts", db_index=False)
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="verdicts", verbose_name=_("tag"))
    choice = models.CharField(_("verdict"), max_length=10, choices=Choice)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True, db_default="")
    replacement = models.ForeignKey(
        Tag, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("replaced by"), db_index=False
    )
    # The part of the clip in which it holds, in seconds; empty: nothing is said of when.
    start = models.FloatField(_("from second"), null=True, blank=True)
    end = models.FloatField(_("to second"), null=True, blank=True)
    suggestion = models.ForeignKey(Suggestion, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    confidence = models.FloatField(_("confidence"), null=True, blank=True)  # the model's, when the tag was shown
    guideline = models.ForeignKey(Guideline, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        # Most verdicts have none of these; a suggestion that goes is looked for here.
        indexes = [
            models.Index(fields=[key], condition=Q(**{f"{key}__isnull": False}), name=f"verdicts_of_{key}")
            for key in ("replacement", "suggestion", "guideline")
        ]
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = [
            models.UniqueConstraint(fields=["review", "tag"], name="one_verdict_a_tag"),
            models.CheckConstraint(
                condition=Q(choice="replace", replacement__isnull=False) | (~Q(choice="replace") & Q(replacement=None)),
                name="a_replacement_is_named",
            ),
            models.CheckConstraint(
                condition=Q(start=None, end=None)
                | Q(start__gte=0, end__isnull=False, end__gt=F("start")) & ~Q(choice="reject"),
                name="a_span_is_a_part_of_the_clip",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.choice} {self.tag_id}"

    @property
    def plain(self) -> Said:
        """As a plain value."""
        return Said(self.tag_id, self.choice, self.reason, self.replacement_id, self.start, self.end)

    @property
    def times(self) -> str:
        """The part of the clip as players show it; empty where nothing is said of it."""
        return "" if self.start is None or self.end is None else f"{clock(self.start)}–{clock(self.end)}"


class FirstPassword(models.Model):
    """That a person's password was made by an admin, and they have not chosen their own yet."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return f"first password of {self.person_id}"


class Shortcut(models.Model):
    """That a person has another key than everybody for a command of the review page."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    command = models.CharField(max_length=20)
    key = models.CharField(max_length=20)  # as browsers name it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "command"], name="one_key_a_command"),
            models.UniqueConstraint(fields=["person", "key"], name="one_command_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.command}: {self.key}"
