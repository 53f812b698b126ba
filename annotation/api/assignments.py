"""Whose clips are, for programs: assigning waiting ones, and handing one to a colleague."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from annotation import assignments
from annotation.api import asked
from annotation.assignments import MOST, Selection
from annotation.models import ReviewTask
from annotation.queue import LeaseLost
from annotation.serializers.answers import ProblemSerializer
from annotation.serializers.sent import LineField, TokenSerializer
from ml.registry.requests import SignedInCall
from tagging.api import View
from taxonomy.models import BusinessLine, Tag


class WaitingSerializer(serializers.Serializer[Any]):
    line = serializers.SlugField(source="line.slug")
    person = serializers.IntegerField(source="person.pk")
    username = serializers.CharField(source="person.username")
    clips = serializers.IntegerField(help_text="Assigned to the person and not reviewed yet.")


class PlaceSerializer(serializers.Serializer[Any]):
    line = LineField()
    person = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True, groups__name="annotator"), help_text="An annotator of the line."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["line"].members.filter(pk=attrs["person"].pk).exists():
            raise serializers.ValidationError({"person": "This person does not work for the business line."})
        return attrs


class SelectionSerializer(PlaceSerializer):
    """Which waiting clips; an empty field says nothing."""

    words = serializers.CharField(max_length=200, default="", allow_blank=True, help_text="Of the title, or the id.")
    uploader = serializers.CharField(max_length=200, default="", allow_blank=True)
    source = serializers.CharField(  # type: ignore[assignment]  # a declared field is no attribute
        max_length=50, default="", allow_blank=True
    )
    tag = serializers.PrimaryKeyRelatedField(
        queryset=Tag.objects.all(), allow_null=True, default=None, help_text="That the models propose, or one below it."
    )
    most = serializers.IntegerField(min_value=1, max_value=MOST, default=50)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        told = super().validate(attrs)
        tag = told.pop("tag")
        chosen = {name: told.pop(name) for name in ("words", "uploader", "source", "most")}
        return told | {"wanted": Selection(**chosen, tag=tag and tag.pk)}


class AssignSerializer(SelectionSerializer):
    operation = serializers.UUIDField(help_text="Made by the client; sent twice, done once.")


class CountSerializer(serializers.Serializer[Any]):
    clips = serializers.IntegerField()


class ColleagueSerializer(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="first_name")

    class Meta:
        model = User
        fields: ClassVar = ["id", "username", "name"]


class HandOverSerializer(TokenSerializer):
    to = serializers.IntegerField(help_text="A colleague's id.")
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
    operation = serializers.UUIDField(help_text="Made by the client; sent twice, done once.")


class Assignments(View):
    needs: ClassVar = {"GET": "annotation.change_reviewtask", "POST": "annotation.change_reviewtask"}

    @extend_schema(operation_id="assignments_list", responses=WaitingSerializer(many=True))
    def get(self, request: SignedInCall) -> Response:
        """How many assigned clips wait for whom."""
        rows = assignments.waiting(BusinessLine.objects.of(request.user))
        return Response(WaitingSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="assignments_create",
        request=AssignSerializer,
        responses={200: CountSerializer, 409: asked.CONFLICT},
    )
    def post(self, request: SignedInCall) -> Response:
        """Assign waiting clips to a person, the most urgent first; the answer is how many."""
        told = asked.read(AssignSerializer, request)
        try:
            return Response({"clips": assignments.assign(**told, by=request.user)})
        except assignments.OperationReused:
            return asked.reused()


class Preview(View):
    needs: ClassVar = {"POST": "annotation.change_reviewtask"}

    @extend_schema(operation_id="assignments_preview", request=SelectionSerializer, responses=CountSerializer)
    def post(self, request: SignedInCall) -> Response:
        """How many clips an assignment would be. Nothing is stored."""
        return Response({"clips": assignments.count(**asked.read(SelectionSerializer, request))})


class Release(View):
    needs: ClassVar = {"POST": "annotation.change_reviewtask"}

    @extend_schema(operation_id="assignments_release", request=PlaceSerializer, responses=CountSerializer)
    def post(self, request: SignedInCall) -> Response:
        """Give everybody the clips that were assigned to a person and that they have not taken yet."""
        return Response({"clips": assignments.release(**asked.read(PlaceSerializer, request))})


class Colleagues(View):
    needs: ClassVar = {"GET": "annotation.add_review"}

    @extend_schema(operation_id="tasks_colleagues", responses=ColleagueSerializer(many=True))
    def get(self, request: SignedInCall, pk: int) -> Response:
        """To whom a clip in hand can be handed."""
        held = ReviewTask.objects.of(request.user).claimed_by(request.user).select_related("business_line")
        line = get_object_or_404(held, pk=pk).business_line
        return Response(ColleagueSerializer(assignments.colleagues(line, request.user), many=True).data)


class HandOver(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(
        operation_id="tasks_hand_over",
        request=HandOverSerializer,
        responses={
            204: None,
            409: asked.CONFLICT,
            422: OpenApiResponse(ProblemSerializer, "The colleague has had the clip, or does not work for its line."),
        },
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Give a clip in hand to a colleague, with a note for them."""
        task = get_object_or_404(ReviewTask.objects.of(request.user).only("pk"), pk=pk)
        told = asked.read(HandOverSerializer, request)
        try:
            assignments.hand_over(task.pk, request.user, **told)
        except LeaseLost:
            return asked.refused("lease_lost", "This task is no longer yours.")
        except assignments.NotTheirs:
            return asked.refused("not_theirs", "The colleague has had the clip, or does not work for its line.", 422)
        except assignments.OperationReused:
            return asked.reused()
        return Response(status=204)


urlpatterns = [
    path("assignments/", Assignments.as_view(), name="api-assignments"),
    path("assignments/preview/", Preview.as_view(), name="api-assignments-preview"),
    path("assignments/release/", Release.as_view(), name="api-assignments-release"),
    path("tasks/<int:pk>/colleagues/", Colleagues.as_view(), name="api-colleagues"),
    path("tasks/<int:pk>/hand-over/", HandOver.as_view(), name="api-hand-over"),
]
