"""What a program sends, read by a shape, and the answers that say why nothing was stored."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.response import Response

from annotation import tag_figures, workbench
from annotation.models import ReviewTask
from annotation.serializers.answers import ProblemSerializer
from annotation.serializers.clips import ClipSerializer
from ml.registry.requests import SignedInCall
from taxonomy.models import BusinessLine

LINE = OpenApiParameter("line", str, required=True, description="Slug of a business line.")
CONFLICT = OpenApiResponse(ProblemSerializer, "Somebody was faster, or the operation id is taken; nothing was stored.")


class OperationSerializer(serializers.Serializer[Any]):
    operation = serializers.UUIDField(help_text="Made by the client; sent twice, done once.")


def read(shape: type[serializers.Serializer[Any]], request: SignedInCall) -> dict[str, Any]:
    """Raises ValidationError, which is answered with 400 and what is wrong by field."""
    told = shape(data=request.data, context={"request": request})
    told.is_valid(raise_exception=True)
    return dict(told.validated_data)


def line(request: SignedInCall) -> BusinessLine:
    """The line that is asked about, of those this person works for; else 404."""
    return get_object_or_404(BusinessLine.objects.of(request.user), slug=request.query_params.get("line", ""))


def seen_line(request: SignedInCall) -> BusinessLine:
    """The same of those this person may see: editors look after all."""
    return get_object_or_404(tag_figures.lines_of(request.user), slug=request.query_params.get("line", ""))


def refused(error: str, message: str, status: int = 409) -> Response:
    return Response({"error": error, "message": message}, status=status)


def reused() -> Response:
    return refused("operation_reused", "This operation id is taken.")


def clip(task: ReviewTask) -> Response:
    """A claimed task as its reviewer sees it."""
    return Response(ClipSerializer(workbench.clip(task)).data)
