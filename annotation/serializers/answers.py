"""What programs are answered when something was stored, or why it was not."""

from __future__ import annotations

from rest_framework import serializers

from annotation.models import ReviewTask


class LeaseSerializer(serializers.Serializer):
    lease_until = serializers.DateTimeField()


class FiguresSerializer(serializers.Serializer):
    today = serializers.IntegerField()
    seconds = serializers.FloatField(allow_null=True)
    waiting = serializers.IntegerField()
    exam_done = serializers.IntegerField(allow_null=True, help_text="Clips done of the exam that is open, if any.")
    exam_clips = serializers.IntegerField(allow_null=True)
    exam_mark = serializers.IntegerField(allow_null=True, help_text="Per cent of their tags that have to be right.")


class StoredSerializer(serializers.Serializer):
    review = serializers.IntegerField()
    stats = FiguresSerializer()


class RepairSerializer(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field is no attribute
    remove = serializers.ListField(child=serializers.IntegerField())
    add = serializers.ListField(child=serializers.IntegerField())


class ConflictSerializer(serializers.Serializer):
    rule = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    text = serializers.CharField()
    tags = serializers.ListField(child=serializers.IntegerField())
    repairs = RepairSerializer(many=True)


class FieldErrorSerializer(serializers.Serializer):
    field = serializers.CharField()
    text = serializers.CharField()


class RefusedSerializer(serializers.Serializer):
    conflicts = ConflictSerializer(many=True)
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]  # a declared field is no attribute


class ProblemSerializer(serializers.Serializer):
    error = serializers.CharField()
    message = serializers.CharField()


class WaitingSerializer(serializers.Serializer):
    line = serializers.SlugField()
    name = serializers.CharField()
    waiting = serializers.IntegerField()


class SkippedSerializer(serializers.ModelSerializer):
    line = serializers.SlugField(source="business_line.slug")
    reviewer = serializers.CharField(source="reviewer.username", default=None, allow_null=True)

    class Meta:
        model = ReviewTask
        fields = ("id", "video", "line", "reviewer", "skip_reason", "done_at")
