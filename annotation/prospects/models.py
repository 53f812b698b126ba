"""Rows that priorities are made of."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tagging.models import Video
from taxonomy.models import BusinessLine, Tag


class Prospect(models.Model):
    """What the models said of a clip whose review a line may want: enough to weigh it again without its suggestions."""

    pk = models.CompositePrimaryKey("video", "business_line")
    # Keys without an index of their own: found by the primary key, or never looked up.
    video = models.ForeignKey(Video, models.CASCADE, related_name="+", db_index=False)
    business_line = models.ForeignKey(BusinessLine, models.CASCADE, related_name="+", db_index=False)
    candidates = models.BinaryField()  # annotation.prospects.candidates: a tenth of the rows they are taken from
    novelty = models.FloatField(null=True)  # 1 - likeness to the most alike clip that the model learned from
    conflicts = models.PositiveSmallIntegerField()  # likely tags that rules keep out
    place = models.PositiveSmallIntegerField(null=True)  # among the clips of the front that were put in order; 1: first

    class Meta:
        indexes = [models.Index(fields=["business_line"], condition=Q(place__isnull=False), name="prospects_in_front")]

    def __str__(self) -> str:
        return f"{self.video_id} for {self.business_line_id}"


class TagExamples(models.Model):
    """How many labels people gave with a tag, as of the last rescoring."""

    tag = models.OneToOneField(Tag, models.CASCADE, primary_key=True, related_name="+")
    examples = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.examples} of {self.tag_id}"


class TagWeight(models.Model):
    """How much a tag, or all tags below it, is worth to one business line. Unsaid: 1."""

    business_line = models.ForeignKey(
        BusinessLine, models.CASCADE, related_name="tag_weights", verbose_name=_("business line")
    )
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="+", verbose_name=_("tag"))
    weight = models.FloatField(
        _("weight"),
        help_text=_("1 is usual; 2 makes clips that probably show it come earlier, 0 makes it count for nothing."),
    )

    class Meta:
        verbose_name = _("weight of a tag")
        verbose_name_plural = _("weights of tags")
        constraints = [
            models.UniqueConstraint(fields=["business_line", "tag"], name="one_weight_a_tag_and_line"),
            models.CheckConstraint(condition=Q(weight__gte=0, weight__lte=10), name="weight_is_0_to_10"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id}: {self.weight}"


class PriorityScale(models.Model):
    """Which priorities a line's waiting tasks have: 101 quantiles, between which its audit slice is spread evenly."""

    business_line = models.OneToOneField(BusinessLine, models.CASCADE, primary_key=True, related_name="+")
    quantiles = ArrayField(models.FloatField())

    def __str__(self) -> str:
        return f"{self.business_line_id}"
