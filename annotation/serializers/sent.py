"""What programs send about people's work."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.forms.reviews import LONGEST, MISTAKES, MOST_STEPS, MOST_TAGS
from annotation.models import Verdict
from annotation.verdicts import Effort, Said, mistakes
from taxonomy.models import BusinessLine


class LineField(serializers.SlugRelatedField):
    """A business line that this person may see, by its slug."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="slug", queryset=BusinessLine.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        return BusinessLine.objects.of(self.context["request"].user)


class ClaimSerializer(serializers.Serializer):
    line = LineField()
    leave = serializers.ListField(
        child=serializers.IntegerField(), required=False, max_length=10, help_text="Tasks not to be given."
    )


class TokenSerializer(serializers.Serializer):
    token = serializers.IntegerField(min_value=0, help_text="Of the claim.")


class SkipSerializer(TokenSerializer):
    reason = serializers.CharField(max_length=500)


class SaidSerializer(serializers.Serializer):
    tag = serializers.IntegerField()
    choice = serializers.ChoiceField(Verdict.Choice.choices)
    reason = serializers.ChoiceField(Verdict.Reason.choices, required=False, default="", allow_blank=True)
    replacement = serializers.IntegerField(required=False, allow_null=True, default=None)
    start = serializers.FloatField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        help_text="Seconds: where the tag, or its replacement, begins to hold. With `end`; not with reject.",
    )
    end = serializers.FloatField(
        required=False, allow_null=True, default=None, help_text="Seconds: where it ends, within the clip's length."
    )


class SubmitSerializer(TokenSerializer):
    operation = serializers.UUIDField(help_text="Made by the client; sent twice, stored once.")
    verdicts = SaidSerializer(many=True, max_length=MOST_TAGS)  # type: ignore[call-arg]  # the list takes it
    model_version = serializers.IntegerField(required=False, allow_null=True, default=None)
    seconds = serializers.FloatField(required=False, allow_null=True, default=None, min_value=0, max_value=LONGEST)
    keystrokes = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=MOST_STEPS
    )
    edits = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=MOST_STEPS, help_text="Verdicts changed."
    )
    confirmed = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        default=[],
        max_length=MOST_TAGS,
        help_text="Ids of guidelines that the reviewer confirms to have read.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        effort = Effort(*(attrs.pop(name) for name in ("seconds", "keystrokes", "edits")))
        return {**attrs, "effort": effort}

    def validate_verdicts(self, value: list[dict[str, Any]]) -> list[Said]:
        said = [Said(**verdict) for verdict in value]
        if wrong := [f"{field}: {MISTAKES[mistake]}" for field, mistake in mistakes(said)]:
            raise serializers.ValidationError(wrong)
        return said


class UndoSerializer(serializers.Serializer):
    operation = serializers.UUIDField()
    review = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="Empty: the last one.")
