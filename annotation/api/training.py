"""Starting a training on all reviews, for programs."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from ml.registry import api, nudges, runs
from ml.registry import serializers as shapes
from ml.registry.requests import SignedInCall


class TrainingRuns(api.TrainingRuns):
    needs: ClassVar[dict[str, str]] = {**api.TrainingRuns.needs, "POST": "registry.add_trainingrun"}

    @extend_schema(
        operation_id="training_runs_create",
        request=None,
        responses={
            201: shapes.TrainingRunSerializer,
            409: OpenApiResponse(shapes.RefusedRunSerializer, "Another training is going on."),
        },
    )
    def post(self, request: SignedInCall) -> Response:
        """Train a new version on all reviews."""
        try:
            run = runs.start(settings.TRAINING_STACK, request.user)
        except runs.AlreadyTraining as refused:
            return Response({"error": "already_training", "message": str(refused)}, status=409)
        nudges.train(run.pk)
        return Response(shapes.TrainingRunSerializer(run).data, status=201)


urlpatterns = [path("training-runs/", TrainingRuns.as_view(), name="api-training-runs")]
