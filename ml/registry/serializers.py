"""The shapes in which the API shows versions and trainings."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import User
from rest_framework import serializers

from ml.registry.models import ModelVersion, TrainingRun


class ModelVersionSerializer(serializers.ModelSerializer[ModelVersion]):
    class Meta:
        model = ModelVersion
        fields: ClassVar = [
            "id",
            "state",
            "stack",
            "bundle",
            "snapshot_hash",
            "taxonomy_version",
            "metrics",
            "parent",
            "created_at",
            "promoted_at",
        ]


class ComparedVersionSerializer(ModelVersionSerializer):
    """With what speaks against promoting it now."""

    objections = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta(ModelVersionSerializer.Meta):
        fields: ClassVar = [*ModelVersionSerializer.Meta.fields, "objections"]


class PromoteSerializer(serializers.Serializer[None]):
    despite = serializers.BooleanField(default=False, help_text="Promote although something speaks against it.")


class RefusedPromotionSerializer(serializers.Serializer[None]):
    error = serializers.CharField()
    objections = serializers.ListField(child=serializers.CharField())


class TrainingRunSerializer(serializers.ModelSerializer[TrainingRun]):
    started_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = TrainingRun
        fields: ClassVar = [
            "id",
            "state",
            "stack",
            "stage",
            "done",
            "total",
            "losses",
            "error",
            "version",
            "started_by",
            "trigger",
            "figures",
            "sequel",
            "created_at",
            "finished_at",
        ]


class RefusedRunSerializer(serializers.Serializer[None]):
    error = serializers.CharField()
    message = serializers.CharField()
