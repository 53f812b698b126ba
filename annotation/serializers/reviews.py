"""Reviews as programs read them."""

from __future__ import annotations

from rest_framework import serializers

from annotation.models import Review, Verdict


class VerdictSerializer(serializers.ModelSerializer):
    class Meta:
        model = Verdict
        fields = ("tag", "choice", "reason", "replacement", "start", "end", "confidence")


class ReviewSerializer(serializers.ModelSerializer):
    video = serializers.IntegerField(source="task.video_id")
    line = serializers.SlugField(source="task.business_line.slug")
    reviewer = serializers.CharField(source="reviewer.username")
    kind = serializers.SerializerMethodField()
    undone = serializers.SerializerMethodField()
    verdicts = VerdictSerializer(many=True, source="told")

    class Meta:
        model = Review
        fields = (
            "id",
            "kind",
            "video",
            "line",
            "reviewer",
            "seconds",
            "keystrokes",
            "edits",
            "created_at",
            "undone",
            "verdicts",
        )

    def get_kind(self, review: Review) -> str:
        """To its reviewer a gold clip is a clip like any."""
        return Review.Kind.REVIEW if review.kind == Review.Kind.GOLD else review.kind

    def get_undone(self, review: Review) -> bool:
        return hasattr(review, "undone_by")
