"""A group of similar clips as programs see and judge it."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from annotation.forms.groups import MOST_CLIPS
from annotation.forms.reviews import LONGEST, MOST_STEPS, MOST_TAGS
from annotation.groups import choice
from annotation.groups.grid import Grid, Listed, TagRow, Tile
from annotation.models import GroupReview
from annotation.verdicts import Effort


class ListedSerializer(serializers.Serializer[Listed]):
    id = serializers.IntegerField(source="pk")
    clips = serializers.IntegerField(help_text="That wait.")
    percent = serializers.IntegerField(help_text="How alike they are.")


class TileSerializer(serializers.Serializer[Tile]):
    video = serializers.IntegerField()
    title = serializers.CharField()
    free = serializers.BooleanField(help_text="This person may judge it.")
    out = serializers.BooleanField(help_text="Taken out of the verdict.")
    sampled = serializers.BooleanField(help_text="To be opened before the verdict.")
    looked_at = serializers.BooleanField()


class TagRowSerializer(serializers.Serializer[TagRow]):
    tag = serializers.IntegerField()
    name = serializers.CharField(source="label.name")
    clips = serializers.IntegerField(help_text="That it is proposed for.")
    choice = serializers.ChoiceField(sorted(choice.CHOICES))


class LeftSerializer(serializers.Serializer[Any]):
    video = serializers.IntegerField()
    why = serializers.CharField()
    text = serializers.CharField(required=False)


class GridSerializer(serializers.Serializer[Grid]):
    """A group with a verdict, and what that would do."""

    id = serializers.IntegerField(source="group.pk")
    clips = TileSerializer(source="tiles", many=True)
    tags = TagRowSerializer(many=True)
    free = serializers.IntegerField()
    held = serializers.IntegerField()
    ready = serializers.BooleanField(help_text="It may be sent.")
    judged = serializers.SerializerMethodField(help_text="Clips that it would judge.")
    given = serializers.IntegerField(source="plan.given", help_text="Tags that clips would get.")
    taken = serializers.IntegerField(source="plan.taken", help_text="Tags that clips would lose.")
    rejected = serializers.IntegerField(source="plan.rejected", help_text="Suggestions that it rejects.")
    conflicts = LeftSerializer(many=True)

    def get_judged(self, told: Grid) -> int:
        return len(told.plan.judged)


class OpenedSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    percent = serializers.IntegerField()


class SaidSerializer(serializers.Serializer[Any]):
    choices = serializers.DictField(
        child=serializers.ChoiceField(sorted(choice.CHOICES)),
        help_text="Tag -> which clips get it; tags that are not named are as `proposed`.",
    )
    without = serializers.ListField(
        child=serializers.IntegerField(), max_length=MOST_CLIPS, default=[], help_text="Videos that are taken out."
    )

    def validate_choices(self, value: dict[str, str]) -> dict[int, str]:
        if len(value) > MOST_TAGS or not all(tag.isascii() and tag.isdigit() and len(tag) < 19 for tag in value):
            raise serializers.ValidationError("Tags are named by their ids.")
        return {int(tag): said for tag, said in value.items()}


class VerdictSerializer(SaidSerializer):
    operation = serializers.UUIDField(help_text="Made by the client; sent twice, done once.")
    confirmed = serializers.ListField(
        child=serializers.IntegerField(),
        max_length=MOST_TAGS,
        default=[],
        help_text="Ids of guidelines that were read.",
    )
    seconds = serializers.FloatField(allow_null=True, default=None, min_value=0, max_value=LONGEST)
    keystrokes = serializers.IntegerField(allow_null=True, default=None, min_value=0, max_value=MOST_STEPS)
    edits = serializers.IntegerField(allow_null=True, default=None, min_value=0, max_value=MOST_STEPS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        effort = Effort(*(attrs.pop(name) for name in ("seconds", "keystrokes", "edits")))
        return {**attrs, "effort": effort}


class GroupReviewSerializer(serializers.ModelSerializer[GroupReview]):
    """What a verdict for a group did."""

    line = serializers.SlugField(source="business_line.slug")
    clips = serializers.SerializerMethodField(help_text="That it judged.")
    left_out = LeftSerializer(many=True)
    left_alone = LeftSerializer(many=True, help_text="Reviewed since, so that the undo left them.")

    class Meta:
        model = GroupReview
        fields: ClassVar = ["id", "line", "choices", "clips", "left_out", "created_at", "undone_at", "left_alone"]

    def get_clips(self, event: GroupReview) -> int:
        return event.items.count()


class GatherSerializer(serializers.Serializer[Any]):
    line = serializers.SlugField()
