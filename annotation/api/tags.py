"""How a tag fares, for programs: what its page tells."""

from __future__ import annotations

from typing import ClassVar

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from annotation import tag_figures
from ml.registry.requests import SignedInCall
from tagging import veils
from tagging.api import View
from taxonomy.models import Tag


class PairSerializer(serializers.Serializer[tag_figures.Pair]):
    tag = serializers.IntegerField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class TagFiguresSerializer(serializers.Serializer[tag_figures.TagFigures]):
    videos = serializers.IntegerField(help_text="Videos that have the tag or one below it now.")
    by_line = serializers.SerializerMethodField(help_text="Slug of a business line -> videos.")
    proposed = serializers.IntegerField(help_text="Verdicts on what a model proposed, in the lines one may see.")
    accepted = serializers.IntegerField()
    replaced_by = PairSerializer(many=True)
    replaced_from = PairSerializer(many=True)
    clips = serializers.SerializerMethodField(help_text="Ids of the newest videos that have it.")
    against = serializers.SerializerMethodField(help_text="Ids of videos from which a reviewer took it.")

    def get_by_line(self, figures: tag_figures.TagFigures) -> dict[str, int]:
        return {line.slug: count for line, count in figures.by_line}

    def get_clips(self, figures: tag_figures.TagFigures) -> list[int]:
        return [video.pk for video in figures.clips]

    def get_against(self, figures: tag_figures.TagFigures) -> list[int]:
        return [video.pk for video in figures.against]


class TagFigures(View):
    needs: ClassVar = {"GET": "tagging.view_video"}

    @extend_schema(operation_id="tags_figures", responses=TagFiguresSerializer)
    def get(self, request: SignedInCall, pk: int) -> Response:
        """How much a tag is used, how often it is accepted, and what it is confused with."""
        tag = get_object_or_404(Tag.objects.only("pk"), pk=pk)
        figures = tag_figures.load(tag.pk, tag_figures.lines_of(request.user), veils.unsaid(request.user))
        return Response(TagFiguresSerializer(figures).data)


urlpatterns = [path("tags/<int:pk>/figures/", TagFigures.as_view(), name="api-tag-figures")]
