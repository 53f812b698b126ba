"""Groups of similar clips, and what one verdict for a whole group touched."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ClipGroup(models.Model):
    """Clips of one business line's queue that look or sound alike. Made anew now and then; nothing refers to one."""

    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+")
    likeness = models.FloatField()  # of the member that is least like the first one, 0 to 1
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("group of clips")
        verbose_name_plural = _("groups of clips")

    def __str__(self) -> str:
        return f"group {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("annotation:group", args=[self.pk])


class Gathering(models.Model):
    """The last order to look for groups in a line's queue, and how far it is."""

    business_line = models.OneToOneField("taxonomy.BusinessLine", models.CASCADE, primary_key=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    heard_at = models.DateTimeField(db_default=Now())  # the last word of it: from who asked, or from a worker
    begun_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0, db_default=0)  # clips compared
    total = models.PositiveIntegerField(default=0, db_default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    groups = models.PositiveIntegerField(null=True, blank=True)  # that there are now

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finished_at=None, groups=None)
                | models.Q(finished_at__isnull=False, groups__isnull=False),
                name="a_finished_gathering_counts_groups",
            )
        ]

    def __str__(self) -> str:
        return f"{self.done} of {self.total} clips of {self.business_line_id}"


class GroupedClip(models.Model):
    """One clip of a group."""

    group = models.ForeignKey(ClipGroup, models.CASCADE, related_name="clips", db_index=False)
    video = models.ForeignKey("tagging.Video", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "video"], name="once_in_a_group")]

    def __str__(self) -> str:
        return f"{self.video_id} in {self.group_id}"


class ClipLook(models.Model):
    """That a reviewer opened a clip of a group: a sample of them has to be seen before the verdict counts."""

    group = models.ForeignKey(ClipGroup, models.CASCADE, related_name="looks", db_index=False)
    video = models.ForeignKey("tagging.Video", models.CASCADE, related_name="+")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "reviewer", "video"], name="one_look_a_clip")]

    def __str__(self) -> str:
        return f"{self.reviewer_id} at {self.video_id}"


class GroupReview(models.Model):
    """One verdict for many clips: each got a review of its own, and all of them can be taken back as one."""

    business_line = models.ForeignKey("taxonomy.BusinessLine", models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    operation = models.UUIDField(unique=True)  # made by the page: sent twice, done once
    choices = models.JSONField()  # tag id -> all | proposed | none
    left_out = models.JSONField(default=list)  # [{"video", "why", "text"}]: what the verdict did not touch
    seconds = models.FloatField(null=True, blank=True)  # of active work on the whole group
    keystrokes = models.PositiveIntegerField(null=True, blank=True)
    edits = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    left_alone = models.JSONField(default=list)  # [{"video", "why"}]: what the undo did not take back

    class Meta:
        verbose_name = _("group review")
        verbose_name_plural = _("group reviews")
        indexes = [models.Index(fields=["reviewer", "-id"], name="group_reviews_of_a_person")]

    def __str__(self) -> str:
        return f"group review {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("annotation:group-review", args=[self.pk])


class GroupReviewItem(models.Model):
    """The review of one clip that a group review made, and the rows as they were before."""

    event = models.ForeignKey(GroupReview, models.PROTECT, related_name="items")
    review = models.OneToOneField("annotation.Review", models.PROTECT, related_name="group_item")
    given = ArrayField(models.BigIntegerField())  # the tags it gave
    # {"task": row, "tags": [rows], "reviewed_at"}: columns as PostgreSQL writes them, so that nothing is rounded
    before = models.JSONField()

    def __str__(self) -> str:
        return f"review {self.review_id} of {self.event_id}"
