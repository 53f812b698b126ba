"""A task in hand, for programs: what needs the token of the claim; and what was skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from annotation import figures, queue, readings, refusals, reviews
from annotation.api import asked
from annotation.api.listed import Listed
from annotation.models import ReviewTask
from annotation.serializers.answers import (
    LeaseSerializer,
    ProblemSerializer,
    RefusedSerializer,
    SkippedSerializer,
    StoredSerializer,
)
from annotation.serializers.sent import SkipSerializer, SubmitSerializer, TokenSerializer
from ml.registry.requests import SignedInCall
from tagging.api import View

LOST = OpenApiResponse(ProblemSerializer, "The lease is lost: somebody else has the task, or it is finished.")


REFUSED = OpenApiResponse(RefusedSerializer, "Broken rules with their repairs, or tags that are not there.")


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
        request=TokenSerializer,
        responses={200: LeaseSerializer, 409: LOST},
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Renew the lease."""
        token = asked.read(TokenSerializer, request)["token"]
        done = self.carry_out(request, pk, lambda: queue.heartbeat(pk, request.user, token))
        return done if isinstance(done, Response) else Response({"lease_until": done})


class GiveBack(Held):
    @extend_schema(operation_id="tasks_give_back", request=TokenSerializer, responses={204: None, 409: LOST})
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Let somebody else have it."""
        token = asked.read(TokenSerializer, request)["token"]
        done = self.carry_out(request, pk, lambda: queue.give_back(pk, request.user, token))
        return done or Response(status=204)


class Skip(Held):
    @extend_schema(operation_id="tasks_skip", request=SkipSerializer, responses={204: None, 409: LOST})
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Take it out of the queue, with the reason, until an admin puts it back."""
        told = asked.read(SkipSerializer, request)
        act = lambda: queue.skip(pk, request.user, told["token"], told["reason"])
        return self.carry_out(request, pk, act) or Response(status=204)


class Submit(Held):
    @extend_schema(
        operation_id="tasks_submit",
        request=SubmitSerializer,
        responses={200: StoredSerializer, 409: LOST, 422: REFUSED},
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Store a review. Sent again with the same operation id, it gets the same answer."""
        told = asked.read(SubmitSerializer, request)
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


class Skipped(Listed):
    needs: ClassVar = {"GET": "annotation.change_reviewtask"}
    queryset = ReviewTask.objects.none()
    serializer_class = SkippedSerializer

    @extend_schema(operation_id="tasks_skipped")
    def get(self, request: SignedInCall) -> Response:
        """Tasks that reviewers skipped, with their reasons."""
        rows = ReviewTask.objects.of(request.user).filter(state=ReviewTask.State.SKIPPED)
        return self.listed(rows.select_related("business_line", "reviewer"))


urlpatterns = [
    path("tasks/skipped/", Skipped.as_view(), name="api-skipped"),
    path("tasks/<int:pk>/heartbeat/", Heartbeat.as_view(), name="api-heartbeat"),
    path("tasks/<int:pk>/give-back/", GiveBack.as_view(), name="api-give-back"),
    path("tasks/<int:pk>/skip/", Skip.as_view(), name="api-skip"),
    path("tasks/<int:pk>/submit/", Submit.as_view(), name="api-submit"),
    path("tasks/<int:pk>/put-back/", PutBack.as_view(), name="api-put-back"),
]
