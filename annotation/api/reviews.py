"""Reviews that were made, for programs, and taking one back."""

from __future__ import annotations

from typing import ClassVar

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from annotation import reviews
from annotation.api import asked
from annotation.api.listed import Listed
from annotation.models import Review
from annotation.probes import memory
from annotation.serializers.answers import ProblemSerializer
from annotation.serializers.clips import ClipSerializer
from annotation.serializers.reviews import ReviewSerializer
from annotation.serializers.sent import UndoSerializer
from ml.registry.requests import SignedInCall
from tagging import veils
from tagging.api import View
from tagging.models import Video


class OwnReviews(Listed):
    needs: ClassVar = {"GET": "annotation.add_review"}
    queryset = Review.objects.none()
    serializer_class = ReviewSerializer

    @extend_schema(operation_id="reviews_list")
    def get(self, request: SignedInCall) -> Response:
        """This person's own reviews."""
        rows = Review.objects.filter(reviewer=request.user).exclude(kind=Review.Kind.UNDO).shown()
        return self.listed(rows, lambda page: memory.recall(page, request.user))


class VideoReviews(Listed):
    needs: ClassVar = {"GET": "tagging.view_video"}
    queryset = Review.objects.none()
    serializer_class = ReviewSerializer

    @extend_schema(operation_id="videos_reviews")
    def get(self, request: SignedInCall, pk: int) -> Response:
        """The reviews of a video, for the business lines this person may see."""
        video = get_object_or_404(Video.objects.only("pk"), pk=pk)
        known = Review.objects.filter(task__in=video.tasks.of(request.user))
        known = known.own(request.user) if veils.of_video(request.user, pk).said else known.open_to(request.user)
        rows = known.shown()
        return self.listed(rows, lambda page: memory.recall(page, request.user))


class Undo(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(
        operation_id="reviews_undo",
        request=UndoSerializer,
        responses={200: ClipSerializer, 409: OpenApiResponse(ProblemSerializer, "Nothing to undo.")},
    )
    def post(self, request: SignedInCall) -> Response:
        """Undo this person's last review (or the named one of theirs): its clip is claimed again."""
        told = asked.read(UndoSerializer, request)
        try:
            undoing = reviews.undo(reviewer=request.user, **told)
        except reviews.NotUndoable as refusal:
            return Response({"error": refusal.code, "message": "There is nothing to undo."}, status=409)
        except reviews.OperationReused:
            return Response({"error": "operation_reused", "message": "This operation id is taken."}, status=409)
        return asked.clip(undoing.task)


urlpatterns = [
    path("reviews/", OwnReviews.as_view(), name="api-reviews"),
    path("reviews/undo/", Undo.as_view(), name="api-undo"),
    path("videos/<int:pk>/reviews/", VideoReviews.as_view(), name="api-video-reviews"),
]
