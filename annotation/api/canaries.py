"""Trials of a version on a share of the new videos, for programs: the use cases of their pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response

from annotation.learning import acceptance, watching
from annotation.learning.forms import TRIAL
from ml.registry import canaries, nudges, promotion
from ml.registry import serializers as registry_shapes
from ml.registry.api import NewestFirst, View
from ml.registry.models import Canary, ModelVersion
from ml.registry.requests import SignedInCall


class CanarySerializer(serializers.ModelSerializer[Canary]):
    started_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    ended_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = Canary
        read_only_fields: ClassVar = [
            "rival",
            "outcome",
            "figures",
            "error",
            "started_by",
            "started_at",
            "ended_by",
            "ended_at",
        ]
        fields: ClassVar = ["id", "version", *TRIAL, *read_only_fields]


class EndSerializer(serializers.Serializer[None]):
    what = serializers.ChoiceField(["promote", "roll_back"])
    despite = serializers.BooleanField(default=False, help_text="Promote although something speaks against it.")
    note = serializers.CharField(default="", allow_blank=True, max_length=500, help_text="Why, for the record.")


class RefusedCanarySerializer(serializers.Serializer[None]):
    error = serializers.CharField()
    message = serializers.CharField()


class Canaries(View, generics.ListAPIView[Canary]):
    """Versions that were tried on a share of the new videos, newest first."""

    needs: ClassVar = {"GET": "registry.view_modelversion", "POST": "registry.promote_modelversion"}
    queryset = Canary.objects.select_related("started_by", "ended_by")
    serializer_class = CanarySerializer
    pagination_class = NewestFirst

    @extend_schema(
        operation_id="canaries_create",
        request=CanarySerializer,
        responses={201: CanarySerializer, 409: OpenApiResponse(RefusedCanarySerializer, "It cannot begin now.")},
    )
    def post(self, request: SignedInCall) -> Response:
        """Try a version beside the active one."""
        told = CanarySerializer(data=request.data)
        told.is_valid(raise_exception=True)
        wanted: dict[str, Any] = dict(told.validated_data)
        version: ModelVersion = wanted.pop("version")
        try:
            canary = canaries.start(version, request.user, **wanted)
        except canaries.CanaryRefused as refused:
            return Response({"error": "refused", "message": str(refused)}, status=409)
        canary.refresh_from_db()
        return Response(CanarySerializer(canary).data, status=201)


class End(View):
    needs: ClassVar = {"POST": "registry.promote_modelversion"}

    @extend_schema(
        operation_id="canaries_end",
        request=EndSerializer,
        responses={
            200: CanarySerializer,
            409: OpenApiResponse(registry_shapes.RefusedPromotionSerializer, "What speaks against it."),
        },
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """End the trial: promote its version, or roll it back."""
        canary = get_object_or_404(Canary.objects.select_related("version", "rival"), pk=pk)
        told = EndSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        wanted = told.validated_data
        figures = watching.figures(watching.standing(canary, acceptance.of_trial(canary)), wanted["note"])
        try:
            if wanted["what"] == "promote":
                promotion.promote_canary(canary, request.user, wanted["despite"], figures)
            elif not canaries.end(canary, Canary.Outcome.ROLLED_BACK, request.user, figures):
                return Response({"error": "overtaken", "objections": []}, status=409)
        except promotion.PromotionRefused as refused:
            return Response({"error": "refused", "objections": refused.reasons}, status=409)
        nudges.suggest_waiting()
        canary.refresh_from_db()
        return Response(CanarySerializer(canary).data)


urlpatterns = [
    path("canaries/", Canaries.as_view(), name="api-canaries"),
    path("canaries/<int:pk>/end/", End.as_view(), name="api-canary-end"),
]
