"""A clip as programs get it to review."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class EvidenceSerializer(serializers.Serializer):
    words = serializers.ListField(child=serializers.CharField())
    moment = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="Seconds: from, to.")
    similar = serializers.ListField(child=serializers.IntegerField(), help_text="Videos.")
    recallers = serializers.DictField(child=serializers.FloatField())
    context = serializers.ListField(  # type: ignore[assignment]  # a declared field is no attribute
        child=serializers.ListField(child=serializers.CharField()), help_text="Field (uploader, program) and words."
    )
    box = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="A face: second; left, top, width, height in per cent of the picture.",
    )
    stretches = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="When the tag holds: from and to in seconds, and how sure it is there.",
    )
    path = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Relation and tag, from a known tag on."
    )

    def to_representation(self, evidence: Any) -> dict[str, Any]:
        return {
            "words": list(evidence.words),
            "moment": evidence.moment and list(evidence.moment),
            "similar": [video.id for video in evidence.similar],
            "recallers": dict(evidence.recallers),
            "context": [list(pair) for pair in evidence.context],
            "box": evidence.box and list(evidence.box),
            "stretches": [list(stretch) for stretch in evidence.stretches],
            "path": [list(step) for step in evidence.path],
        }


class PartSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["same", "gone", "new", "gap"])
    text = serializers.CharField()


class ChangeSerializer(serializers.Serializer):
    asked = serializers.BooleanField(help_text="Verdicts are taken once the reviewer has confirmed it.")
    former = serializers.IntegerField(allow_null=True, help_text="The version this person read last.")
    parts = PartSerializer(many=True)


class GuidelineSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    html = serializers.CharField()
    version = serializers.IntegerField()
    since = serializers.DateTimeField()
    examples = serializers.SerializerMethodField()
    counter_examples = serializers.SerializerMethodField()
    change = ChangeSerializer(source="card.change", allow_null=True)

    def get_examples(self, text: Any) -> list[int]:
        return [clip.id for clip in text.card.examples]

    def get_counter_examples(self, text: Any) -> list[int]:
        return [clip.id for clip in text.card.counter_examples]


class AddedTagSerializer(serializers.Serializer):
    tag = serializers.IntegerField()
    name = serializers.CharField()
    path = serializers.ListField(child=serializers.CharField())
    kind = serializers.CharField()
    guideline = GuidelineSerializer(allow_null=True)


class ProposedTagSerializer(AddedTagSerializer):
    confidence = serializers.FloatField()
    evidence = EvidenceSerializer()
    verdict = serializers.CharField(help_text="Of a review that was undone.")
    reason = serializers.CharField()
    replacement = serializers.IntegerField(allow_null=True)


class ClipSerializer(serializers.Serializer):
    """A task as its reviewer sees it."""

    task = serializers.IntegerField(source="task.pk")
    token = serializers.IntegerField()
    lease_until = serializers.DateTimeField()
    line = serializers.SlugField(source="line.slug")
    video = serializers.IntegerField(source="video.pk")
    title = serializers.CharField(source="video.title")
    description = serializers.CharField(source="video.description")
    cover_text = serializers.CharField(source="video.cover_text")
    uploader = serializers.CharField(source="video.uploader")
    program = serializers.CharField(source="video.program")
    media = serializers.CharField(source="media.clip", default=None, allow_null=True, help_text="Address of the clip.")
    duration = serializers.FloatField(allow_null=True)
    why = serializers.ListField(child=serializers.CharField())
    taxonomy_version = serializers.IntegerField()
    model_version = serializers.IntegerField(allow_null=True)
    proposals = ProposedTagSerializer(many=True)
    added = AddedTagSerializer(many=True)
