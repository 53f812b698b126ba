"""Gold clips, and whom to trust, for programs: what their pages do."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from annotation import tag_figures
from annotation.api import asked
from annotation.models import GoldClip, Qualification
from annotation.probes import gold, gold_list, qualification, trust_list
from annotation.serializers.answers import ProblemSerializer
from annotation.serializers.sent import LineField
from ml.registry.requests import SignedInCall
from tagging.api import View
from tagging.models import Video
from taxonomy.models import BusinessLine


class ShareSerializer(serializers.Serializer[Any]):
    """A share with Wilson's 95 % bounds."""

    hits = serializers.IntegerField()
    tries = serializers.IntegerField()
    bounds = serializers.ListField(child=serializers.FloatField())


class GoldSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="clip.pk")
    video = serializers.IntegerField(source="clip.video_id")
    line = serializers.SlugField(source="clip.business_line.slug")
    must = serializers.ListField(child=serializers.IntegerField(), help_text="Tags that the clip must get.")
    never = serializers.ListField(child=serializers.IntegerField(), help_text="Tags that it must not get.")
    note = serializers.CharField(source="clip.note")
    people = serializers.IntegerField(help_text="Who reviewed it.")
    right = ShareSerializer(help_text="Of its tags, over all of them.")


class NewGoldSerializer(serializers.Serializer[Any]):
    video = serializers.PrimaryKeyRelatedField(queryset=Video.objects.all())
    line = serializers.SlugRelatedField(slug_field="slug", queryset=BusinessLine.objects.all())
    must = serializers.ListField(child=serializers.IntegerField(), max_length=200, default=[])
    never = serializers.ListField(child=serializers.IntegerField(), max_length=200, default=[])
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class TrustedSerializer(serializers.Serializer[Any]):
    person = serializers.CharField(source="user.username")
    qualification = serializers.CharField(source="state", help_text="passed, waived, revoked, or empty.")
    gold = ShareSerializer(help_text="Tags of gold clips that were right.")
    rate = serializers.FloatField(help_text="Per cent of gold clips among those handed out.")
    accepted = ShareSerializer(source="bias.accepted", help_text="Of seeded wrong tags.")
    missed = ShareSerializer(source="bias.missed", help_text="Of right tags that were left out.")
    found = ShareSerializer(source="bias.found", help_text="Of the models' tags, on clips without suggestions.")
    worrying = serializers.BooleanField(source="bias.worrying")


class DecisionSerializer(serializers.Serializer[Any]):
    line = LineField()
    state = serializers.ChoiceField(choices=[Qualification.State.WAIVED, Qualification.State.REVOKED])


class Gold(View):
    needs: ClassVar = {"GET": "annotation.add_goldclip", "POST": "annotation.add_goldclip"}

    @extend_schema(operation_id="gold_list", responses=GoldSerializer(many=True))
    def get(self, request: SignedInCall) -> Response:
        """The gold clips in use, the newest first."""
        return Response(GoldSerializer(gold_list.load(tag_figures.lines_of(request.user)), many=True).data)

    @extend_schema(
        operation_id="gold_create",
        request=NewGoldSerializer,
        responses={201: GoldSerializer, 409: OpenApiResponse(ProblemSerializer, "It is a gold clip already.")},
    )
    def post(self, request: SignedInCall) -> Response:
        """Make a video a gold clip of a business line."""
        told = asked.read(NewGoldSerializer, request)
        line = get_object_or_404(tag_figures.lines_of(request.user), pk=told["line"].pk)
        wanted = dict.fromkeys(told["never"], False) | dict.fromkeys(told["must"], True)
        try:
            clip, _kept = gold.make(told["video"], line, request.user, wanted, told["note"])
        except gold.AlreadyGold:
            return Response({"error": "already_gold", "message": "This video is a gold clip already."}, status=409)
        except ValueError as refusal:
            raise ValidationError({"must": [str(refusal)]}) from None
        (row,) = (row for row in gold_list.load(tag_figures.lines_of(request.user)) if row.clip.pk == clip.pk)
        return Response(GoldSerializer(row).data, status=201)


class Retire(View):
    needs: ClassVar = {"POST": "annotation.add_goldclip"}

    @extend_schema(operation_id="gold_retire", request=None, responses={204: None})
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Let a gold clip come up no more."""
        mine = GoldClip.objects.filter(business_line__in=tag_figures.lines_of(request.user))
        gold.retire(get_object_or_404(mine, pk=pk))
        return Response(status=204)


class Trusted(View):
    needs: ClassVar = {"GET": "annotation.change_qualification"}

    @extend_schema(
        operation_id="trust_list",
        parameters=[OpenApiParameter("line", str, required=True, description="Slug of a business line.")],
        responses=TrustedSerializer(many=True),
    )
    def get(self, request: SignedInCall) -> Response:
        """The people of a business line: their qualification, accuracy and over-acceptance."""
        line = get_object_or_404(BusinessLine.objects.of(request.user), slug=request.GET.get("line", ""))
        return Response(TrustedSerializer(trust_list.people(line), many=True).data)


class Decide(View):
    needs: ClassVar = {"POST": "annotation.change_qualification"}

    @extend_schema(operation_id="trust_decide", request=DecisionSerializer, responses={204: None})
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Let a person work for a line without an exam, or ask them to pass one again."""
        told = asked.read(DecisionSerializer, request)
        person = get_object_or_404(User, pk=pk)
        qualification.decide(person.pk, told["line"].pk, told["state"], request.user)
        return Response(status=204)


urlpatterns = [
    path("gold/", Gold.as_view(), name="api-gold"),
    path("gold/<int:pk>/retire/", Retire.as_view(), name="api-gold-retire"),
    path("trust/", Trusted.as_view(), name="api-trust"),
    path("trust/<int:pk>/", Decide.as_view(), name="api-trust-decide"),
]
