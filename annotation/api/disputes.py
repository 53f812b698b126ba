"""Tags on which reviewers do not agree, and ruling on them, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import pagination, serializers
from rest_framework.response import Response

from annotation import refusals, tag_figures
from annotation.agreement import disputes, examples, rulings
from annotation.agreement.disputes import Dispute, PastRuling, Voice
from annotation.api import asked
from annotation.models import Consensus, Ruling
from annotation.serializers.answers import RefusedSerializer
from annotation.tag_labels import labels
from ml.registry.requests import SignedInCall
from tagging.api import View
from taxonomy.drafting.edits import EditRefused


class MostDisputedFirst(pagination.CursorPagination):
    ordering = ("-doubt", "id")
    page_size = 100


class DisputedSerializer(serializers.ModelSerializer[Consensus]):
    """The most disputed tag of a clip."""

    title = serializers.CharField(source="video.title")
    name = serializers.CharField(source="tag.name")

    class Meta:
        model = Consensus
        fields: ClassVar = ["id", "video", "title", "tag", "name", "confidence", "doubt", "yes", "no", "silent"]


class VoiceSerializer(serializers.Serializer[Voice]):
    who = serializers.CharField()
    choice = serializers.CharField(help_text="accept, add, reject, replace (by `other`), put (for `other`), silent.")
    reason = serializers.CharField()
    other = serializers.IntegerField(allow_null=True)


class RulingSerializer(serializers.ModelSerializer[Ruling]):
    adjudicator = serializers.CharField(source="adjudicator.username")

    class Meta:
        model = Ruling
        fields: ClassVar = ["id", "video", "tag", "number", "choice", "comment", "adjudicator", "created_at"]


class PastSerializer(serializers.Serializer[PastRuling]):
    choice = serializers.CharField()
    comment = serializers.CharField()
    at = serializers.DateTimeField()
    video = serializers.IntegerField()
    title = serializers.CharField()
    who = serializers.CharField()


class DisputeSerializer(serializers.Serializer[Dispute]):
    """One tag of a clip, with who said what."""

    id = serializers.IntegerField(source="row.pk")
    tag = serializers.IntegerField(source="row.tag_id")
    name = serializers.SerializerMethodField()
    open = serializers.BooleanField()
    confidence = serializers.FloatField(source="row.confidence")
    doubt = serializers.FloatField(source="row.doubt")
    voices = VoiceSerializer(many=True)
    ruling = RulingSerializer(allow_null=True)
    seen = serializers.IntegerField(help_text="The number to send with a ruling: of the last one, 0 for none.")
    accepted_before = serializers.IntegerField(source="precedents.accepted", help_text="Rulings on other clips.")
    rejected_before = serializers.IntegerField(source="precedents.rejected")
    precedents = PastSerializer(source="precedents.newest", many=True)

    def get_name(self, dispute: Dispute) -> str:
        known = self.context["labels"].get(dispute.row.tag_id)
        return known.name if known else dispute.row.tag.name


class RuleSerializer(asked.OperationSerializer):
    choice = serializers.ChoiceField([Ruling.Choice.ACCEPT, Ruling.Choice.REJECT])
    seen = serializers.IntegerField(min_value=0, help_text="Number of the last ruling that was seen; 0 for none.")
    comment = serializers.CharField(max_length=rulings.MOST_TEXT, allow_blank=True, default="")


class ExampleSerializer(serializers.Serializer[Any]):
    added = serializers.BooleanField(help_text="False: the guideline points to the clip already.")


class Disputes(View):
    needs: ClassVar = {"GET": "annotation.adjudicate"}
    queryset = Consensus.objects.none()
    serializer_class = DisputedSerializer
    pagination_class = MostDisputedFirst

    @extend_schema(operation_id="disputes_list", parameters=[asked.LINE])
    def get(self, request: SignedInCall) -> Response:
        """The disputed clips of a business line with their most disputed tag, the most disputed first."""
        page = self.paginate_queryset(disputes.waiting(asked.seen_line(request)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Clip(View):
    needs: ClassVar = {"GET": "annotation.adjudicate"}

    @extend_schema(operation_id="disputes_retrieve", responses=DisputeSerializer(many=True))
    def get(self, request: SignedInCall, line: str, video: int) -> Response:
        """Who said what of the disputed and ruled tags of one clip, the open ones first."""
        found = get_object_or_404(tag_figures.lines_of(request.user), slug=line)
        told = disputes.of_clip(video, found.pk)
        if not told:
            raise Http404
        names = {"labels": labels(one.row.tag_id for one in told)}
        return Response(DisputeSerializer(told, many=True, context=names).data)  # type: ignore[arg-type]  # many


class Rule(View):
    needs: ClassVar = {"POST": "annotation.adjudicate"}

    @extend_schema(
        operation_id="disputes_rule",
        request=RuleSerializer,
        responses={
            200: RulingSerializer,
            409: asked.CONFLICT,
            422: OpenApiResponse(RefusedSerializer, "It and another ruling break a rule, or the tag may not be given."),
        },
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Decide a disputed tag of a clip."""
        lines = tag_figures.lines_of(request.user)
        disputed = get_object_or_404(Consensus, pk=pk, business_line__in=lines)
        told = asked.read(RuleSerializer, request)
        accept = told.pop("choice") == Ruling.Choice.ACCEPT
        try:
            ruling = rulings.rule(disputed, accept=accept, adjudicator=request.user, **told)
        except rulings.Overtaken as overtaken:
            return _overtaken(overtaken)
        except rulings.OperationReused:
            return asked.reused()
        except rulings.Contradicted as refusal:
            return Response({"conflicts": refusals.conflicts(refusal.conflicts), "errors": []}, status=422)
        return Response(RulingSerializer(ruling).data)


class TakeBack(View):
    needs: ClassVar = {"POST": "annotation.adjudicate"}

    @extend_schema(
        operation_id="rulings_undo",
        request=asked.OperationSerializer,
        responses={200: RulingSerializer, 409: asked.CONFLICT},
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Take a ruling back: what all reviewers say together holds again."""
        told = asked.read(asked.OperationSerializer, request)
        try:
            undoing = rulings.undo(_ruling(request, pk), request.user, told["operation"])
        except rulings.Overtaken as overtaken:
            return _overtaken(overtaken)
        except rulings.OperationReused:
            return asked.reused()
        return Response(RulingSerializer(undoing).data)


class Example(View):
    needs: ClassVar = {"POST": "taxonomy.change_guideline"}

    @extend_schema(
        operation_id="rulings_example", request=None, responses={200: ExampleSerializer, 409: asked.CONFLICT}
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Let the tag's guideline point to the clip, in this editor's own change set."""
        try:
            return Response({"added": examples.add(_ruling(request, pk), request.user)})
        except examples.Unwritten:
            return asked.refused("unwritten", "The tag has no guideline of its own yet.")
        except EditRefused:
            return asked.refused("edit_refused", "The guideline cannot take this clip now.")


def _ruling(request: SignedInCall, pk: int) -> Ruling:
    rows = Ruling.objects.select_related("business_line", "tag")
    return get_object_or_404(rows, pk=pk, business_line__in=tag_figures.lines_of(request.user))


def _overtaken(overtaken: rulings.Overtaken) -> Response:
    latest = overtaken.latest
    told = {"ruling": RulingSerializer(latest).data if latest else None}
    return Response({"error": "overtaken", "message": "Somebody else ruled since you looked.", **told}, status=409)


urlpatterns = [
    path("disputes/", Disputes.as_view(), name="api-disputes"),
    path("disputes/<slug:line>/<int:video>/", Clip.as_view(), name="api-dispute"),
    path("disputes/<int:pk>/rule/", Rule.as_view(), name="api-rule"),
    path("rulings/<int:pk>/undo/", TakeBack.as_view(), name="api-ruling-undo"),
    path("rulings/<int:pk>/example/", Example.as_view(), name="api-ruling-example"),
]
