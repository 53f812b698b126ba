"""What reviewers say together, and what is decided where they do not agree."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Skill(models.Model):
    """How far a reviewer of a line can be believed, learned from overlapping reviews; no reviewer: the model.

    Of people it is what they say by themselves, not following the model (`dawid_skene`).
    """

    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+", db_index=False)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    sensitivity = models.FloatField()  # of the tags that are there, the share they give
    specificity = models.FloatField()  # of the proposed tags that are not there, the share they refuse
    share = models.FloatField()  # of all tags asked about in the line, those that are there
    # In the line, the share of cases in which reviewers judge by themselves what the model is sure of.
    independence = models.FloatField(default=1.0, db_default=1.0)
    answers = models.PositiveIntegerField()
    learned_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business_line", "reviewer"], nulls_distinct=False, name="one_skill_a_reviewer"
            ),
            models.CheckConstraint(
                condition=Q(
                    sensitivity__gt=0,
                    sensitivity__lt=1,
                    specificity__gt=0,
                    specificity__lt=1,
                    share__gt=0,
                    share__lt=1,
                    independence__gt=0,
                    independence__lte=1,
                ),
                name="nobody_is_infallible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id} {self.sensitivity:.2f} {self.specificity:.2f}"


class Window(models.Model):
    """What a line's figures of agreement rest on: its newest clips that several people reviewed."""

    business_line = models.OneToOneField(
        "taxonomy.BusinessLine", models.CASCADE, primary_key=True, related_name="agreement"
    )
    clips = models.PositiveIntegerField()
    reviews = models.PositiveIntegerField()
    newest = models.BigIntegerField()  # id of the newest review
    checksum = models.BigIntegerField()  # sum of the reviews' ids: an undone one is missed
    known = models.BigIntegerField(default=0, db_default=0)  # checksum of what gold and seeded clips told by then
    since = models.DateTimeField(null=True, blank=True)  # when the oldest of them was sent
    measured_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.clips} clips of {self.business_line_id}"


class Figure(models.Model):
    """How far reviewers of a line agree: alpha over sets of tags, kappa over single tags, with 95 % intervals.

    No tag and no pair: the line. A tag with alpha is a branch, with kappa a tag.
    """

    class Measure(models.TextChoices):
        ALPHA = "alpha", _("Krippendorff’s alpha")
        KAPPA = "kappa", _("Cohen’s kappa")

    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+", db_index=False)
    measure = models.CharField(max_length=10, choices=Measure)
    # A tag that is deleted was never given: nothing is looked up by it.
    tag = models.ForeignKey(
        "taxonomy.Tag", models.CASCADE, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )
    first = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    value = models.FloatField()
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    clips = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business_line", "measure", "tag", "first", "second"],
                nulls_distinct=False,
                name="one_figure_of_agreement",
            ),
            models.CheckConstraint(
                condition=Q(first=None, second=None) | Q(first__isnull=False, second__isnull=False, tag=None),
                name="a_pair_has_two_reviewers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value:.2f}"


class Consensus(models.Model):
    """What several reviews of a video for a line, or a ruling, say of one tag. Made anew whenever one of them changes.

    Derived: the reviews and rulings are the record. A video with one review and no ruling has none.
    """

    # Tags are those of verdicts or what they were merged into, which are never deleted; nobody looks rows up by tag.
    video = models.ForeignKey("tagging.Video", models.CASCADE, related_name="+", db_index=False)
    business_line = models.ForeignKey("taxonomy.BusinessLine", models.PROTECT, related_name="+", db_index=False)
    tag = models.ForeignKey("taxonomy.Tag", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    confidence = models.FloatField()  # that the video has the tag
    given = models.BooleanField()  # it is one of the video's tags
    yes = models.PositiveSmallIntegerField()  # reviewers who gave it
    no = models.PositiveSmallIntegerField()  # who refused it
    silent = models.PositiveSmallIntegerField()  # to whom nobody proposed it
    ruled = models.BooleanField()
    doubt = models.FloatField()  # 0 agreed or ruled, else up to 1: the disputes
    settled_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("consensus")
        verbose_name_plural = _("consensus")
        constraints = [
            models.UniqueConstraint(fields=["video", "business_line", "tag"], name="one_consensus_a_tag"),
            models.CheckConstraint(condition=Q(confidence__gte=0, confidence__lte=1), name="consensus_is_0_to_1"),
        ]
        indexes = [models.Index("business_line", F("doubt").desc(), "id", condition=Q(doubt__gt=0), name="disputes")]

    def __str__(self) -> str:
        return f"{self.video_id} {self.tag_id} {self.confidence:.2f}"


class SecondLook(models.Model):
    """A tag that the model is sure of and a review did not give, and what somebody said who looked again."""

    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey("annotation.ReviewTask", models.CASCADE, related_name="+", db_index=False)
    review = models.ForeignKey("annotation.Review", models.CASCADE, related_name="+", db_index=False)  # that did not
    # One that a model proposed: it is never deleted, and nothing is looked up by it.
    tag = models.ForeignKey("taxonomy.Tag", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    model_version = models.ForeignKey("registry.ModelVersion", models.CASCADE, related_name="+", db_index=False)
    refused = models.BooleanField()  # else the reviewer was not asked
    confidence = models.FloatField()  # the line's own
    gain = models.FloatField()  # the probability that the tag is missing
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    missing = models.BooleanField(null=True, blank=True)  # the answer
    # What the answer stored, if anything, and what it takes to put the rows back (`annotation.restoring`).
    stored = models.OneToOneField(
        "annotation.Review", models.CASCADE, null=True, blank=True, related_name="second_look"
    )
    before = models.JSONField(null=True, blank=True)
    given = ArrayField(models.BigIntegerField(), null=True, blank=True)  # the tags of the video afterwards
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")
        constraints = [
            models.UniqueConstraint(fields=["task", "tag"], name="one_second_look_a_tag"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, missing=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False, missing__isnull=False),
                name="an_answer_has_its_author",
            ),
            models.CheckConstraint(
                condition=Q(stored=None, before=None, given=None)
                | Q(stored__isnull=False, before__isnull=False, given__isnull=False, answered_at__isnull=False),
                name="what_was_stored_can_be_taken_back",
            ),
        ]
        indexes = [
            models.Index("business_line", F("gain").desc(), "id", condition=Q(answered_at=None), name="second_looks"),
            models.Index(
                fields=["answered_by", "-answered_at"],
                condition=Q(answered_at__isnull=False),
                name="second_looks_of_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} of {self.task_id}"

    def get_absolute_url(self) -> str:
        """The page on which it is answered; when it was, the last answer is taken back there."""
        return f"{reverse('annotation:second-looks')}?line={self.business_line.slug}&at={self.pk}"


class Ruling(models.Model):
    """What an adjudicator decided of one tag of a video, or the taking back of such. Append-only."""

    class Choice(models.TextChoices):
        ACCEPT = "accept", _("accept")
        REJECT = "reject", _("reject")
        UNDO = "undo", _("taken back")

    video = models.ForeignKey("tagging.Video", models.PROTECT, related_name="rulings", db_index=False)
    business_line = models.ForeignKey(
        "taxonomy.BusinessLine", models.PROTECT, related_name="+", verbose_name=_("business line"), db_index=False
    )
    tag = models.ForeignKey("taxonomy.Tag", models.PROTECT, related_name="rulings", verbose_name=_("tag"))
    # The place in what was ruled of this tag of this video: of two who rule at once, one comes second.
    number = models.PositiveIntegerField()
    choice = models.CharField(_("ruling"), max_length=10, choices=Choice)
    comment = models.TextField(_("comment"), blank=True)
    # Made by a program that may send it twice; stored once. Pages send none.
    operation = models.UUIDField(null=True, blank=True, unique=True)
    adjudicator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("adjudicator")
    )
    created_at = models.DateTimeField(_("ruled"), db_default=Now())

    class Meta:
        verbose_name = _("ruling")
        verbose_name_plural = _("rulings")
        permissions = [("adjudicate", "Can rule on disputed tags and answer questions")]
        constraints = [
            models.UniqueConstraint(fields=["video", "business_line", "tag", "number"], name="one_ruling_at_a_time"),
            models.CheckConstraint(
                condition=Q(choice__in=["accept", "reject"]) | Q(choice="undo", number__gt=1),
                name="an_undo_follows_a_ruling",
            ),
        ]
        indexes = [models.Index(fields=["business_line", "tag", "-id"], name="rulings_on_a_tag")]

    def __str__(self) -> str:
        return f"{self.choice} {self.tag_id} of {self.video_id}"
