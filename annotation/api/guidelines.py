"""For programs: readings of guidelines, clips judged by an older text, and counting which rules reviews speak for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from annotation import outdated, readings, tasks
from annotation.api import asked
from annotation.models import ReReview
from ml.registry.requests import SignedInCall
from tagging.api import View
from taxonomy.models import BusinessLine, Guideline


class ReadSerializer(serializers.Serializer[Any]):
    guidelines = serializers.ListField(child=serializers.IntegerField(), max_length=200)
    confirmed = serializers.BooleanField(default=False)


class OutdatedSerializer(serializers.Serializer[Any]):
    clips = serializers.IntegerField(help_text="Whose verdicts are older than this text.")


class SampleSerializer(serializers.Serializer[Any]):
    most = serializers.IntegerField(required=False, min_value=1, help_text="At most so many clips.")
    percent = serializers.FloatField(required=False, min_value=0.01, max_value=100)
    seed = serializers.IntegerField(default=0, min_value=0, help_text="The same seed draws the same clips.")


class ReReviewSerializer(serializers.ModelSerializer[ReReview]):
    sent = serializers.SerializerMethodField()

    class Meta:
        model = ReReview
        fields = ("id", "guideline", "sent", "seed", "created_at", "undone_at")

    def get_sent(self, batch: ReReview) -> int:
        return len(batch.tasks)


class TakenBackSerializer(serializers.Serializer[Any]):
    tasks = serializers.IntegerField()


class LineSerializer(serializers.Serializer[Any]):
    line = serializers.SlugRelatedField(
        slug_field="slug", queryset=BusinessLine.objects.all(), allow_null=True, default=None
    )


class Read(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(operation_id="guidelines_read", request=ReadSerializer, responses={204: None})
    def post(self, request: SignedInCall) -> Response:
        """That this person has read guidelines, or confirms them where that is asked for."""
        told = asked.read(ReadSerializer, request)
        readings.note(request.user.pk, told["guidelines"], confirmed=told["confirmed"])
        return Response(status=204)


class Again(View):
    needs: ClassVar = {"GET": "taxonomy.change_guideline", "POST": "taxonomy.change_guideline"}

    @extend_schema(operation_id="guidelines_outdated", responses=OutdatedSerializer)
    def get(self, request: SignedInCall, pk: int) -> Response:
        """How many clips were judged by an older text of this guideline."""
        return Response({"clips": outdated.count(get_object_or_404(Guideline, pk=pk))})

    @extend_schema(operation_id="guidelines_review_again", request=SampleSerializer, responses=ReReviewSerializer)
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Send them to be reviewed again: all of them, or a sample."""
        guideline = get_object_or_404(Guideline, pk=pk)
        batch = outdated.send(guideline, request.user, **asked.read(SampleSerializer, request))
        return Response(ReReviewSerializer(batch).data)


class TakeBack(View):
    needs: ClassVar = {"POST": "taxonomy.change_guideline"}

    @extend_schema(operation_id="guidelines_take_back", request=None, responses=TakenBackSerializer)
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Take back those that still wait."""
        return Response({"tasks": outdated.undo(get_object_or_404(ReReview, pk=pk))})


class CountRules(View):
    needs: ClassVar = {"POST": "taxonomy.change_rule"}

    @extend_schema(operation_id="rule_proposals_count", request=LineSerializer, responses={202: None})
    def post(self, request: SignedInCall) -> Response:
        """Have a worker count which rules the reviews speak for; the proposals change when it is done."""
        line = asked.read(LineSerializer, request)["line"]
        tasks.mine_rules.delay_on_commit(line.pk if line else None)
        return Response(status=202)


urlpatterns = [
    path("guidelines/read/", Read.as_view(), name="api-guidelines-read"),
    path("guidelines/<int:pk>/again/", Again.as_view(), name="api-guideline-again"),
    path("guidelines/again/<int:pk>/undo/", TakeBack.as_view(), name="api-guideline-again-undo"),
    path("rule-proposals/count/", CountRules.as_view(), name="api-rule-proposals-count"),
]
