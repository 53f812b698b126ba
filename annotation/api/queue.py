"""What waits, and claiming it, for programs."""

from __future__ import annotations

from typing import ClassVar

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from annotation import figures, queue
from annotation.api import asked
from annotation.models import ReviewTask
from annotation.probes import qualification
from annotation.serializers.answers import ProblemSerializer, WaitingSerializer
from annotation.serializers.clips import ClipSerializer
from annotation.serializers.sent import ClaimSerializer
from ml.registry.requests import SignedInCall
from tagging.api import View
from taxonomy.models import BusinessLine


class Queue(View):
    needs: ClassVar = {"GET": "annotation.add_review"}

    @extend_schema(operation_id="queue_retrieve", responses=WaitingSerializer(many=True))
    def get(self, request: SignedInCall) -> Response:
        """How many clips wait for this person's business lines."""
        lines = BusinessLine.objects.of(request.user)
        rows = [{"line": line.slug, "name": str(line), "waiting": figures.waiting(line)} for line in lines]
        return Response(WaitingSerializer(rows, many=True).data)


class Claim(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(
        operation_id="queue_claim",
        request=ClaimSerializer,
        responses={
            200: ClipSerializer,
            204: OpenApiResponse(description="There is nothing to claim."),
            403: OpenApiResponse(ProblemSerializer, "The line asks this person to qualify first."),
        },
    )
    def post(self, request: SignedInCall) -> Response:
        """Claim the most urgent clip of a business line."""
        told = asked.read(ClaimSerializer, request)
        task = queue.claim(request.user, told["line"], leave=told.get("leave", ()))
        if task:
            return asked.clip(task)
        standing = qualification.standing(request.user, told["line"])
        if standing.decided and (task := queue.claim(request.user, told["line"], leave=told.get("leave", ()))):
            return asked.clip(task)  # an exam was passed this moment
        if standing.shut:
            text = _("Qualify for this line first, on its page.")
            return Response({"error": "not_qualified", "message": text}, status=403)
        return Response(status=204)


class Task(View):
    needs: ClassVar = {"GET": "annotation.add_review"}

    @extend_schema(operation_id="tasks_retrieve", responses=ClipSerializer)
    def get(self, request: SignedInCall, pk: int) -> Response:
        """A clip that this person holds."""
        held = ReviewTask.objects.of(request.user).claimed_by(request.user)
        return asked.clip(get_object_or_404(held, pk=pk))


urlpatterns = [
    path("queue/", Queue.as_view(), name="api-queue"),
    path("queue/claim/", Claim.as_view(), name="api-claim"),
    path("tasks/<int:pk>/", Task.as_view(), name="api-task"),
]
