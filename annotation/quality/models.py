"""What reviews add up to, so that pages read sums and not ten million verdicts.

A trigger notes each review and undo in `Unfolded`; `fold.fold` adds what is noted there to the sums and takes it out,
in one statement. So nobody who submits ever waits for a row that another one counts in, and every review counts once.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Unfolded(models.Model):
    """A review or an undo that the sums do not have yet."""

    review = models.OneToOneField(
        "annotation.Review", models.DO_NOTHING, primary_key=True, related_name="+", db_constraint=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "unfolded"

    def __str__(self) -> str:
        return str(self.review_id)


class Choices(models.Model):
    """How many verdicts there were of each choice."""

    accepted = models.IntegerField()
    rejected = models.IntegerField()
    replaced = models.IntegerField()
    added = models.IntegerField()

    class Meta:
        abstract = True


class WorkDay(Choices):
    """What one reviewer did for one line on one day of the site's time zone, probes and gold clips included."""

    day = models.DateField()
    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+", db_index=False)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    reviews = models.IntegerField()
    timed = models.IntegerField()  # reviews that say how long they took
    seconds = models.FloatField()  # of those
    counted = models.IntegerField()  # reviews that say how many keys they took
    keystrokes = models.IntegerField()  # of those
    edits = models.IntegerField()  # of those: verdicts changed, steps back included

    class Meta:
        verbose_name = verbose_name_plural = "work of a day"
        constraints = [models.UniqueConstraint(fields=["day", "business_line", "reviewer"], name="one_work_day")]
        # Who looks at the quality of the work need not see single reviews.
        permissions = [("view_quality", "Can look at the quality of the work")]

    def __str__(self) -> str:
        return f"{self.reviewer_id} {self.day}"


class Span(models.TextChoices):
    """How long the time is that a row adds up: a page reads a few rows of a tag, however long it looks back."""

    WEEK = "w"  # that begins on `start`, a Monday
    MONTH = "m"
    ALL = "a"  # all time
    VERSION = "v"  # all time, of a tag by model version


class TagSum(Choices):
    """What was said of one tag in some time, of proposals of one model version."""

    span = models.CharField(max_length=1, choices=Span)
    start = models.DateField(null=True)  # none for all time
    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+", db_index=False)
    model_version = models.ForeignKey(
        "registry.ModelVersion", models.CASCADE, null=True, related_name="+", db_index=False
    )
    tag = models.ForeignKey("taxonomy.Tag", models.CASCADE, related_name="+", db_index=False)
    put = models.IntegerField()  # in the place of another tag
    unclear = models.IntegerField()  # rejected not as wrong but by the guideline: against it, too general, in passing
    # On clips of the audit slice, a fair sample: accepted proposals, and tags that had not been proposed.
    found = models.IntegerField()
    missed = models.IntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "verdicts on a tag"
        constraints = [
            models.UniqueConstraint(
                fields=["span", "start", "business_line", "model_version", "tag"],
                nulls_distinct=False,
                name="one_tag_sum",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} {self.span} {self.start}"


class ConfusionSum(models.Model):
    """How often one tag was replaced by another."""

    span = models.CharField(max_length=1, choices=Span)
    start = models.DateField(null=True)
    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+", db_index=False)
    tag = models.ForeignKey("taxonomy.Tag", models.CASCADE, related_name="+", db_index=False)
    replacement = models.ForeignKey("taxonomy.Tag", models.CASCADE, related_name="+", db_index=False)
    count = models.IntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "replacements"
        constraints = [
            models.UniqueConstraint(
                fields=["span", "start", "business_line", "tag", "replacement"],
                nulls_distinct=False,
                name="one_confusion_sum",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} by {self.replacement_id}"


class ConfidenceSum(models.Model):
    """How many proposals of which a model was about equally sure one reviewer was shown, and accepted."""

    span = models.CharField(max_length=1, choices=Span)
    start = models.DateField(null=True)
    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+", db_index=False)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    model_version = models.ForeignKey(
        "registry.ModelVersion", models.CASCADE, null=True, related_name="+", db_index=False
    )
    bin = models.PositiveSmallIntegerField()  # a tenth of the confidence: 0 is below 0.1, 9 from 0.9 on
    shown = models.IntegerField()
    accepted = models.IntegerField()
    confidence = models.FloatField()  # the sum
    audit_shown = models.IntegerField()
    audit_accepted = models.IntegerField()
    audit_confidence = models.FloatField()

    class Meta:
        verbose_name = verbose_name_plural = "proposals by confidence"
        constraints = [
            models.UniqueConstraint(
                fields=["span", "start", "business_line", "reviewer", "model_version", "bin"],
                nulls_distinct=False,
                name="one_confidence_sum",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id} {self.bin}"
