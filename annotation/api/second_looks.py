"""Tags that a model is sure of and a review did not give, for programs: yes, no, or the whole clip again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from annotation import readings, refusals, reviews, second_answers
from annotation.api import asked
from annotation.models import SecondLook
from annotation.serializers.answers import RefusedSerializer
from annotation.serializers.clips import ClipSerializer
from ml.registry.requests import SignedInCall
from tagging.api import View
from taxonomy.models import BusinessLine

AT_ONCE = 100


class SecondLookSerializer(serializers.ModelSerializer[SecondLook]):
    video = serializers.IntegerField(source="task.video_id")
    title = serializers.CharField(source="task.video.title")
    name = serializers.CharField(source="tag.name")

    class Meta:
        model = SecondLook
        fields: ClassVar = ["id", "video", "title", "tag", "name", "refused", "confidence", "gain", "model_version"]


class AnswerSerializer(asked.OperationSerializer):
    missing = serializers.BooleanField(help_text="Whether the clip lacks the tag: true gives it.")


class SecondLooks(View):
    needs: ClassVar = {"GET": "annotation.add_review"}

    @extend_schema(operation_id="second_looks_list", parameters=[asked.LINE], responses=SecondLookSerializer(many=True))
    def get(self, request: SignedInCall) -> Response:
        """The best ones of a business line that this person may answer; at most 100."""
        rows = second_answers.waiting([asked.line(request)], request.user)[:AT_ONCE]
        return Response(SecondLookSerializer(rows, many=True).data)


class Answer(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(
        operation_id="second_looks_answer",
        request=AnswerSerializer,
        responses={
            204: None,
            409: asked.CONFLICT,
            422: OpenApiResponse(RefusedSerializer, "The clip needs a whole review: ask for it at `review/`."),
        },
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Say whether the tag is missing; the review that stands is said again with that one tag changed."""
        look = get_object_or_404(_looks(request), pk=pk)
        told = asked.read(AnswerSerializer, request)
        try:
            second_answers.answer(look, request.user, **told)
        except second_answers.Gone:
            return _gone()
        except reviews.OperationReused:
            return asked.reused()
        except reviews.Refused as refusal:
            return Response(refusals.describe(refusal), status=422)
        except readings.Unconfirmed as unconfirmed:
            return Response(refusals.ask(unconfirmed), status=422)
        return Response(status=204)


class Review(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(
        operation_id="second_looks_review", request=None, responses={200: ClipSerializer, 409: asked.CONFLICT}
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Claim the clip to review it as a whole."""
        try:
            task = second_answers.take(get_object_or_404(_looks(request), pk=pk), request.user)
        except second_answers.Gone:
            return _gone()
        return asked.clip(task)


class Undo(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(
        operation_id="second_looks_undo",
        request=asked.OperationSerializer,
        responses={204: None, 409: asked.CONFLICT},
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Take one's own answer back: every row is as it was, and the question is open again."""
        look = get_object_or_404(_looks(request), pk=pk)
        told = asked.read(asked.OperationSerializer, request)
        try:
            second_answers.undo(look, request.user, told["operation"])
        except second_answers.Gone:
            return _gone()
        except second_answers.Stays as refusal:
            return asked.refused(refusal.code, "It is too old, or somebody reviewed the clip since: it stays.")
        except reviews.OperationReused:
            return asked.reused()
        return Response(status=204)


def _looks(request: SignedInCall) -> QuerySet[SecondLook]:
    rows: QuerySet[Any] = SecondLook.objects.select_related("business_line", "review", "tag")
    return rows.filter(business_line__in=BusinessLine.objects.of(request.user))


def _gone() -> Response:
    return asked.refused("gone", "Somebody else answered it, or the clip was reviewed again meanwhile.")


urlpatterns = [
    path("second-looks/", SecondLooks.as_view(), name="api-second-looks"),
    path("second-looks/<int:pk>/answer/", Answer.as_view(), name="api-second-answer"),
    path("second-looks/<int:pk>/review/", Review.as_view(), name="api-second-review"),
    path("second-looks/<int:pk>/undo/", Undo.as_view(), name="api-second-undo"),
]
