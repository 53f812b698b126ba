"""What people said of clips. Nothing of it is ever changed: an undo is a row of its own."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotation.task_models import GOLD_SLOT, ReviewTask
from annotation.verdicts import Said
from ml.registry.models import ModelVersion
from tagging.models import Suggestion
from tagging.reasons import clock
from taxonomy.models import Guideline, Tag, TaxonomyVersion


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
