"""Reviewing for programs: the use cases of the pages, with the same permissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import pagination
from rest_framework.authtoken.models import Token as TokenRow
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from annotation import (
    canary_api,
    figures,
    first_passwords,
    people_api,
    quality_api,
    queue,
    readings,
    refusals,
    reviews,
    tag_api,
    training_api,
    trust_api,
    workbench,
)
from annotation import serializers as shapes
from annotation.models import Review, ReviewTask
from annotation.probes import memory, qualification
from ml.registry.requests import SignedInCall
from tagging import veils
from tagging.api import View
from tagging.models import Video
from taxonomy.models import BusinessLine

LOST = OpenApiResponse(shapes.ProblemSerializer, "The lease is lost: somebody else has the task, or it is finished.")
REFUSED = OpenApiResponse(shapes.RefusedSerializer, "Broken rules with their repairs, or tags that are not there.")


class Token(ObtainAuthToken):
    """Sign in: a token for the header `Authorization: Token <token>`."""

    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "token"

    def get_serializer_context(self) -> dict[str, Any]:
        # The plain request, on which django-axes notes that somebody has tried too often.
        return {**super().get_serializer_context(), "request": self.request._request}

    def post(self, request: Request, *args: Any, **kw: Any) -> Response:
        """A first password, made by an admin, gets none: its owner chooses their own on the page."""
        told = self.get_serializer(data=request.data)
        told.is_valid(raise_exception=True)
        if first_passwords.waits(told.validated_data["user"]):
            raise PermissionDenied(_("Choose your own password first."))
        token, _created = TokenRow.objects.get_or_create(user=told.validated_data["user"])
        return Response({"token": token.key})


class NewestFirst(pagination.CursorPagination):
    ordering = "-id"
    page_size = 100


class Queue(View):
    needs: ClassVar = {"GET": "annotation.add_review"}

    @extend_schema(operation_id="queue_retrieve", responses=shapes.WaitingSerializer(many=True))
    def get(self, request: SignedInCall) -> Response:
        """How many clips wait for this person's business lines."""
        lines = BusinessLine.objects.of(request.user)
        rows = [{"line": line.slug, "name": str(line), "waiting": figures.waiting(line)} for line in lines]
        return Response(shapes.WaitingSerializer(rows, many=True).data)


class Claim(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(
        operation_id="queue_claim",
        request=shapes.ClaimSerializer,
        responses={
            200: shapes.ClipSerializer,
            204: OpenApiResponse(description="There is nothing to claim."),
            403: OpenApiResponse(shapes.ProblemSerializer, "The line asks this person to qualify first."),
        },
    )
    def post(self, request: SignedInCall) -> Response:
        """Claim the most urgent clip of a business line."""
        told = _read(shapes.ClaimSerializer, request)
        task = queue.claim(request.user, told["line"], leave=told.get("leave", ()))
        if task:
            return _clip(task)
        if qualification.standing(request.user, told["line"]).shut:
            text = _("Qualify for this line first, on its page.")
            return Response({"error": "not_qualified", "message": text}, status=403)
        return Response(status=204)


class Task(View):
    needs: ClassVar = {"GET": "annotation.add_review"}

    @extend_schema(operation_id="tasks_retrieve", responses=shapes.ClipSerializer)
    def get(self, request: SignedInCall, pk: int) -> Response:
        """A clip that this person holds."""
        held = ReviewTask.objects.of(request.user).claimed_by(request.user)
        return _clip(get_object_or_404(held, pk=pk))


class Held(View):
    """Something done with a task, for which the token of the claim is needed."""

    needs: ClassVar = {"POST": "annotation.add_review"}

    def carry_out(self, request: SignedInCall, pk: int, act: Callable[[], Any]) -> Any:
        """What `act` returns, or the answer that says why it could not be."""
        self.task = get_object_or_404(ReviewTask.objects.of(request.user).select_related("business_line"), pk=pk)
        try:
            return act()
        except queue.LeaseLost:
            return Response({"error": "lease_lost", "message": "This task is no longer yours."}, status=409)
        except reviews.OperationReused:
            return Response({"error": "operation_reused", "message": "This operation id is taken."}, status=409)
        except reviews.Refused as refusal:
            return Response(refusals.describe(refusal), status=422)
        except readings.Unconfirmed as asked:
            return Response(refusals.ask(asked), status=422)


class Heartbeat(Held):
    @extend_schema(
        operation_id="tasks_heartbeat",
        request=shapes.TokenSerializer,
        responses={200: shapes.LeaseSerializer, 409: LOST},
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Renew the lease."""
        token = _read(shapes.TokenSerializer, request)["token"]
        done = self.carry_out(request, pk, lambda: queue.heartbeat(pk, request.user, token))
        return done if isinstance(done, Response) else Response({"lease_until": done})


class GiveBack(Held):
    @extend_schema(operation_id="tasks_give_back", request=shapes.TokenSerializer, responses={204: None, 409: LOST})
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Let somebody else have it."""
        token = _read(shapes.TokenSerializer, request)["token"]
        done = self.carry_out(request, pk, lambda: queue.give_back(pk, request.user, token))
        return done or Response(status=204)


class Skip(Held):
    @extend_schema(operation_id="tasks_skip", request=shapes.SkipSerializer, responses={204: None, 409: LOST})
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Take it out of the queue, with the reason, until an admin puts it back."""
        told = _read(shapes.SkipSerializer, request)
        act = lambda: queue.skip(pk, request.user, told["token"], told["reason"])
        return self.carry_out(request, pk, act) or Response(status=204)


class Submit(Held):
    @extend_schema(
        operation_id="tasks_submit",
        request=shapes.SubmitSerializer,
        responses={200: shapes.StoredSerializer, 409: LOST, 422: REFUSED},
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Store a review. Sent again with the same operation id, it gets the same answer."""
        told = _read(shapes.SubmitSerializer, request)
        done = self.carry_out(request, pk, lambda: reviews.submit(pk, reviewer=request.user, **told))
        if isinstance(done, Response):
            return done
        return Response({"review": done.pk, "stats": figures.own(request.user, self.task.business_line)})


class PutBack(View):
    needs: ClassVar = {"POST": "annotation.change_reviewtask"}

    @extend_schema(operation_id="tasks_put_back", request=None, responses={204: None})
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Return a skipped task to the queue."""
        queue.put_back(get_object_or_404(ReviewTask.objects.of(request.user), pk=pk).pk)
        return Response(status=204)


class Listed(View):
    """Rows, newest first, a page at a time."""

    pagination_class = NewestFirst

    def listed(self, rows: QuerySet[Any], told: Callable[[list[Any]], None] = lambda page: None) -> Response:
        """`told` may say more of the rows of a page before they are sent."""
        page = self.paginate_queryset(rows)
        told(page or [])
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Skipped(Listed):
    needs: ClassVar = {"GET": "annotation.change_reviewtask"}
    queryset = ReviewTask.objects.none()
    serializer_class = shapes.SkippedSerializer

    @extend_schema(operation_id="tasks_skipped")
    def get(self, request: SignedInCall) -> Response:
        """Tasks that reviewers skipped, with their reasons."""
        rows = ReviewTask.objects.of(request.user).filter(state=ReviewTask.State.SKIPPED)
        return self.listed(rows.select_related("business_line", "reviewer"))


class OwnReviews(Listed):
    needs: ClassVar = {"GET": "annotation.add_review"}
    queryset = Review.objects.none()
    serializer_class = shapes.ReviewSerializer

    @extend_schema(operation_id="reviews_list")
    def get(self, request: SignedInCall) -> Response:
        """This person's own reviews."""
        rows = Review.objects.filter(reviewer=request.user).exclude(kind=Review.Kind.UNDO).shown()
        return self.listed(rows, lambda page: memory.recall(page, request.user))


class VideoReviews(Listed):
    needs: ClassVar = {"GET": "tagging.view_video"}
    queryset = Review.objects.none()
    serializer_class = shapes.ReviewSerializer

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
        request=shapes.UndoSerializer,
        responses={200: shapes.ClipSerializer, 409: OpenApiResponse(shapes.ProblemSerializer, "Nothing to undo.")},
    )
    def post(self, request: SignedInCall) -> Response:
        """Undo this person's last review (or the named one of theirs): its clip is claimed again."""
        told = _read(shapes.UndoSerializer, request)
        try:
            undoing = reviews.undo(reviewer=request.user, **told)
        except reviews.NotUndoable as refusal:
            return Response({"error": refusal.code, "message": "There is nothing to undo."}, status=409)
        except reviews.OperationReused:
            return Response({"error": "operation_reused", "message": "This operation id is taken."}, status=409)
        return _clip(undoing.task)


def _read(shape: type[Any], request: Request) -> dict[str, Any]:
    told = shape(data=request.data, context={"request": request})
    told.is_valid(raise_exception=True)
    return dict(told.validated_data)


def _clip(task: ReviewTask) -> Response:
    return Response(shapes.ClipSerializer(workbench.clip(task)).data)


urlpatterns = [
    path("token/", Token.as_view(), name="api-token"),
    path("queue/", Queue.as_view(), name="api-queue"),
    path("queue/claim/", Claim.as_view(), name="api-claim"),
    path("tasks/skipped/", Skipped.as_view(), name="api-skipped"),
    path("tasks/<int:pk>/", Task.as_view(), name="api-task"),
    path("tasks/<int:pk>/heartbeat/", Heartbeat.as_view(), name="api-heartbeat"),
    path("tasks/<int:pk>/give-back/", GiveBack.as_view(), name="api-give-back"),
    path("tasks/<int:pk>/skip/", Skip.as_view(), name="api-skip"),
    path("tasks/<int:pk>/submit/", Submit.as_view(), name="api-submit"),
    path("tasks/<int:pk>/put-back/", PutBack.as_view(), name="api-put-back"),
    path("reviews/", OwnReviews.as_view(), name="api-reviews"),
    path("reviews/undo/", Undo.as_view(), name="api-undo"),
    path("videos/<int:pk>/reviews/", VideoReviews.as_view(), name="api-video-reviews"),
    *people_api.urlpatterns,
    *quality_api.urlpatterns,
    *tag_api.urlpatterns,
    *training_api.urlpatterns,
    *canary_api.urlpatterns,
    *trust_api.urlpatterns,
]
