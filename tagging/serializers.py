"""How videos and imports look to programs."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tagging import intake, search
from tagging.models import Import, Media, RowError, Suggestion, SuggestionSet, Video, VideoTag
from tagging.rows import MAX_LENGTH, MAX_TAG_LENGTH, MAX_TAGS
from taxonomy.models import BusinessLine


class MediaSerializer(serializers.ModelSerializer[Media]):
    class Meta:
        model = Media
        fields = ("content_hash", "size", "duration", "width", "height", "fps", "video_codec", "audio_codec")


class VideoTagSerializer(serializers.ModelSerializer[VideoTag]):
    name = serializers.CharField(source="tag.name")
    business_line = serializers.SlugRelatedField(slug_field="slug", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = VideoTag
        fields = ("tag", "name", "business_line", "source")


class VideoSerializer(serializers.ModelSerializer[Video]):
    """A video as lists show it."""

    media = MediaSerializer(read_only=True, allow_null=True)
    tags = VideoTagSerializer(source="labels", many=True, read_only=True)
    clip = serializers.SerializerMethodField(help_text="Address of the media file; null for a video without one.")
    poster = serializers.SerializerMethodField(help_text="Address of a JPEG; null for a video without media.")

    class Meta:
        model = Video
        fields = (
            *("id", "source", "external_id", "title", "description", "cover_text", "uploader", "program"),
            *("media_state", "media_error", "media", "clip", "poster", "tags", "reviewed_at", "created_at"),
        )

    @extend_schema_field(str | None)  # type: ignore[arg-type]
    def get_clip(self, video: Video) -> str | None:
        return self._media(video, "clip")

    @extend_schema_field(str | None)  # type: ignore[arg-type]
    def get_poster(self, video: Video) -> str | None:
        return self._media(video, "poster")

    def _media(self, video: Video, part: str) -> str | None:
        if video.media_id is None:
            return None
        return self.context["request"].build_absolute_uri(reverse("tagging:media", args=[video.pk, part]))


class SuggestionSerializer(serializers.ModelSerializer[Suggestion]):
    name = serializers.CharField(source="tag.name")
    evidence = serializers.SerializerMethodField()

    @extend_schema_field(dict[str, Any])
    def get_evidence(self, suggestion: Suggestion) -> dict[str, Any]:
        """Without similar clips of which this reader is not told what people say."""
        unsaid, told = self.context.get("unsaid", ()), dict(suggestion.evidence)
        return told | {"similar": [pk for pk in told["similar"] if pk not in unsaid]} if told.get("similar") else told

    class Meta:
        model = Suggestion
        fields = ("tag", "name", "confidence", "consistent", "recallers", "evidence")


class SuggestionSetSerializer(serializers.ModelSerializer[SuggestionSet]):
    taxonomy_version = serializers.IntegerField(source="taxonomy_version.number")
    suggestions = SuggestionSerializer(many=True, read_only=True)

    class Meta:
        model = SuggestionSet
        fields = ("model_version", "taxonomy_version", "created_at", "failure", "suggestions")


class VideoDetailSerializer(VideoSerializer):
    """A video with what the active model says of it."""

    suggested = SuggestionSetSerializer(allow_null=True, read_only=True)

    class Meta(VideoSerializer.Meta):
        fields = (*VideoSerializer.Meta.fields, "suggested")  # type: ignore[assignment]


class VideoPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    partial = serializers.BooleanField(  # type: ignore[assignment]
        help_text=f"The page looked at {search.WINDOW} videos and found fewer than it holds."
    )
    results = VideoSerializer(many=True)


class NewVideoSerializer(serializers.Serializer[Any]):
    """One video to be imported. Without an id it gets one from its media or its text."""

    external_id = serializers.CharField(required=False, allow_blank=True, max_length=MAX_LENGTH["external_id"])
    title = serializers.CharField(required=False, allow_blank=True, max_length=MAX_LENGTH["title"])
    description = serializers.CharField(required=False, allow_blank=True, max_length=MAX_LENGTH["description"])
    cover_text = serializers.CharField(required=False, allow_blank=True, max_length=MAX_LENGTH["cover_text"])
    uploader = serializers.CharField(required=False, allow_blank=True, max_length=MAX_LENGTH["uploader"])
    program = serializers.CharField(required=False, allow_blank=True, max_length=MAX_LENGTH["program"])
    media = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=MAX_LENGTH["media"],
        help_text="A path below the media folder, or a URL of a host that the settings allow.",
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=MAX_TAG_LENGTH),
        required=False,
        max_length=MAX_TAGS,
        help_text="Names, aliases, codes, ids, or paths (`Sports > Ball games`).",
    )


class TakeSerializer(serializers.Serializer[Any]):
    """Videos to be imported at once."""

    source = serializers.CharField(max_length=50)  # type: ignore[assignment]
    videos = NewVideoSerializer(many=True, min_length=1, max_length=intake.MAX_INLINE)  # type: ignore[call-arg]
    folder = serializers.CharField(
        required=False, help_text="What media paths are relative to; one that settings allow."
    )
    business_line = serializers.SlugRelatedField(
        slug_field="slug", queryset=BusinessLine.objects.all(), required=False, help_text="Needed for tags."
    )


class RowErrorSerializer(serializers.ModelSerializer[RowError]):
    class Meta:
        model = RowError
        fields = ("line", "field", "reason", "value")


class TakenVideoSerializer(serializers.ModelSerializer[Video]):
    class Meta:
        model = Video
        fields = ("id", "external_id", "media_state")


class ImportSerializer(serializers.ModelSerializer[Import]):
    business_line = serializers.SlugRelatedField(slug_field="slug", read_only=True)  # type: ignore[var-annotated]
    created_by = serializers.SlugRelatedField(slug_field="username", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Import
        fields = (
            *("id", "kind", "state", "source", "name", "mapping", "business_line", "position", "total", "imported"),
            *("known", "failed", "error", "created_by", "created_at", "finished_at"),
        )


class TakenSerializer(serializers.Serializer[Any]):
    """What became of the videos; a line is a video's place in the list, from 1."""

    import_ = ImportSerializer()
    videos = TakenVideoSerializer(many=True)
    errors = RowErrorSerializer(many=True)  # type: ignore[assignment]

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {"import": fields["import_"], **{name: fields[name] for name in ("videos", "errors")}}


class NewImportSerializer(serializers.Serializer[Any]):
    """A table sent along, or a folder on the server; a folder beside a table is where its media lie."""

    source = serializers.CharField(max_length=50)  # type: ignore[assignment]
    table = serializers.FileField(required=False, help_text="CSV or JSONL.")
    folder = serializers.CharField(required=False, help_text="One that settings allow, or one below.")
    mapping = serializers.JSONField(
        required=False, help_text='Our field -> column of the table, as in {"title": "caption"}; guessed when left out.'
    )
    business_line = serializers.SlugRelatedField(
        slug_field="slug", queryset=BusinessLine.objects.all(), required=False, help_text="Needed for tags."
    )

    def validate_mapping(self, mapping: object) -> dict[str, str]:
        texts = isinstance(mapping, dict) and all(isinstance(x, str) for pair in mapping.items() for x in pair)
        if not texts:
            raise serializers.ValidationError(_("An object of texts."))
        return mapping  # type: ignore[return-value]

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if not told.get("table") and not told.get("folder"):
            raise serializers.ValidationError(_("Give a table or a folder."))
        return told
