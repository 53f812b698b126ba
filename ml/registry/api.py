"""Versions and trainings for programs: the use cases of the pages, with the same permissions.

`training-runs/` itself lives in the app that starts them; it builds on `TrainingRuns`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, pagination
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ml.registry import nudges, promotion, runs
from ml.registry import serializers as shapes
from ml.registry.models import ModelVersion, TrainingRun
from ml.registry.requests import SignedInCall


class MethodPermission(BasePermission):
    """The Django permission that the view names for the request's method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        needed = getattr(view, "needs", {}).get("GET" if request.method in ("HEAD", "OPTIONS") else request.method)
        return needed is not None and request.user.has_perm(needed)


class View(generics.GenericAPIView[Any]):
    permission_classes = (IsAuthenticated, MethodPermission)
    needs: ClassVar[dict[str, str]] = {}


class NewestFirst(pagination.CursorPagination):
    ordering = "-id"
    page_size = 50


class Models(View, generics.ListAPIView[ModelVersion]):
    """Model versions, newest first."""

    needs: ClassVar = {"GET": "registry.view_modelversion"}
    queryset = ModelVersion.objects.all()
    serializer_class = shapes.ModelVersionSerializer
    pagination_class = NewestFirst


class Model(View):
    needs: ClassVar = {"GET": "registry.view_modelversion"}
    serializer_class = shapes.ComparedVersionSerializer

    def get(self, request: Request, pk: int) -> Response:
        """A version, and what speaks against promoting it now."""
        version = get_object_or_404(ModelVersion, pk=pk)
        reasons = promotion.objections_to(version, ModelVersion.objects.active())
        return Response({**shapes.ModelVersionSerializer(version).data, "objections": reasons})


class Promote(View):
    needs: ClassVar = {"POST": "registry.promote_modelversion"}

    @extend_schema(
        operation_id="models_promote",
        request=shapes.PromoteSerializer,
        responses={
            200: shapes.ModelVersionSerializer,
            409: OpenApiResponse(shapes.RefusedPromotionSerializer, "What speaks against it."),
        },
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Make it the active version. Rolling back is promoting the former one."""
        version = get_object_or_404(ModelVersion, pk=pk)
        told = shapes.PromoteSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        try:
            promotion.promote(version, request.user, told.validated_data["despite"])
        except promotion.Overtaken as refused:
            return Response({"error": "overtaken", "objections": refused.reasons}, status=409)
        except promotion.PromotionRefused as refused:
            return Response({"error": "refused", "objections": refused.reasons}, status=409)
        nudges.suggest_waiting()
        return Response(shapes.ModelVersionSerializer(version).data)


class TrainingRuns(View, generics.ListAPIView[TrainingRun]):
    """Trainings, newest first."""

    needs: ClassVar[dict[str, str]] = {"GET": "registry.view_trainingrun"}
    queryset = TrainingRun.objects.select_related("started_by")
    serializer_class = shapes.TrainingRunSerializer
    pagination_class = NewestFirst


class Run(View, generics.RetrieveAPIView[TrainingRun]):
    """One training: how far it is, its loss curves, what came out."""

    needs: ClassVar = {"GET": "registry.view_trainingrun"}
    serializer_class = shapes.TrainingRunSerializer

    def get_queryset(self) -> QuerySet[TrainingRun]:
        return TrainingRun.objects.select_related("started_by")


class Cancel(View):
    needs: ClassVar = {"POST": "registry.change_trainingrun"}

    @extend_schema(
        operation_id="training_runs_cancel",
        request=None,
        responses={
            200: shapes.TrainingRunSerializer,
            409: OpenApiResponse(shapes.RefusedRunSerializer, "It is over already."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Stop a training: at once when it waits, else within seconds."""
        run = get_object_or_404(TrainingRun, pk=pk)
        if not runs.cancel(run):
            return Response({"error": "over", "message": "The training was over already."}, status=409)
        run.refresh_from_db()
        return Response(shapes.TrainingRunSerializer(run).data)


urlpatterns = [
    path("models/", Models.as_view(), name="api-models"),
    path("models/<int:pk>/", Model.as_view(), name="api-model"),
    path("models/<int:pk>/promote/", Promote.as_view(), name="api-promote"),
    path("training-runs/<int:pk>/", Run.as_view(), name="api-training-run"),
    path("training-runs/<int:pk>/cancel/", Cancel.as_view(), name="api-training-run-cancel"),
]
