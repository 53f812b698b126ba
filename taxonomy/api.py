"""The taxonomy for programs: the use cases of the pages, with the same permissions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, re_path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taxonomy import change_api, guidelines, rule_api, search, version_api, versions
from taxonomy.exchange import exports, importing
from taxonomy.exchange.report import Report
from taxonomy.exchange.rows import Refused
from taxonomy.forms import ImportForm
from taxonomy.models import BusinessLine, Tag, TagName, TagRelation, TaxonomyVersion


class MayView(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perm("taxonomy.view_tag")


class MayChange(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perm("taxonomy.change_tag")


class FoundTagSerializer(serializers.Serializer[search.Found]):
    id = serializers.IntegerField(source="tag")
    name = serializers.CharField()
    path = serializers.ListField(child=serializers.CharField())
    kind = serializers.CharField()
    matched = serializers.CharField(help_text="The name or alias by which it was found.")


class TagNameSerializer(serializers.ModelSerializer[TagName]):
    class Meta:
        model = TagName
        fields = ("language", "text", "preferred")


class TagRelationSerializer(serializers.ModelSerializer[TagRelation]):
    class Meta:
        model = TagRelation
        fields = ("kind", "other", "uri")


class TagSerializer(serializers.ModelSerializer[Tag]):
    names = TagNameSerializer(many=True)
    relations = TagRelationSerializer(many=True)

    class Meta:
        model = Tag
        fields = (
            *("id", "code", "name", "names", "kind", "state", "parent", "depth", "assignable", "merged_into"),
            "relations",
        )


class TaxonomyVersionSerializer(serializers.ModelSerializer[TaxonomyVersion]):
    file = serializers.SerializerMethodField(help_text="Address of the whole version as JSON.")

    class Meta:
        model = TaxonomyVersion
        fields = ("number", "digest", "comment", "published_at", "file")

    def get_file(self, version: TaxonomyVersion) -> str:
        return reverse("taxonomy:file", args=[version.number, version.digest])


class GuidelineSerializer(serializers.Serializer[guidelines.Text]):
    tag = serializers.IntegerField(help_text="Whose guideline it is: the tag's own or an ancestor's.")
    line = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()
    since = serializers.DateTimeField()
    html = serializers.CharField()


class ReportSerializer(serializers.Serializer[Report]):
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rules = serializers.IntegerField()
    relations = serializers.IntegerField()
    guidelines = serializers.IntegerField()
    changes = serializers.ListField(child=serializers.CharField(), help_text="The first 200, in words.")
    remarks = serializers.ListField(
        child=serializers.CharField(), help_text="What the file has that has no place here and was left out."
    )
    version = TaxonomyVersionSerializer(allow_null=True)


class ImportFilesSerializer(serializers.Serializer[Any]):
    tags = serializers.FileField()
    form = serializers.ChoiceField(
        ["csv", "iab", "audioset", "skos"], required=False, help_text="Default: as it looks."
    )
    rules = serializers.FileField(required=False, help_text="CSV only.")
    comment = serializers.CharField(required=False, max_length=500)
    dry_run = serializers.BooleanField(default=False)


class View(GenericAPIView[Any]):
    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated, MayView)


class Tags(View):
    @extend_schema(
        operation_id="tags_search",
        parameters=[
            OpenApiParameter("q", str, required=True, description="Name, alias, pinyin, or the beginning of one."),
            OpenApiParameter("assignable", bool, description="Only tags that may be given to videos."),
            OpenApiParameter(
                "states",
                str,
                description="Comma-separated: draft, active, deprecated, merged. Without it only active ones.",
            ),
        ],
        responses=FoundTagSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The 20 tags that answer a query best."""
        usable = request.query_params.get("assignable", "").lower() in {"1", "true"}
        states = [part for part in request.query_params.get("states", "").split(",") if part] or [Tag.State.ACTIVE]
        if unknown := set(states) - set(Tag.State.values):
            raise ValidationError({"states": [f"unknown: {', '.join(sorted(unknown))}"]})
        found = search.search(request.query_params.get("q", "")[:200], assignable=usable, states=states)
        return Response(FoundTagSerializer(found, many=True).data)  # type: ignore[arg-type]  # many


class OneTag(View):
    @extend_schema(operation_id="tags_retrieve", responses=TagSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(
            TagSerializer(get_object_or_404(Tag.objects.prefetch_related("names", "relations"), pk=pk)).data
        )


class TagGuideline(View):
    @extend_schema(
        operation_id="tags_guideline",
        parameters=[OpenApiParameter("line", str, description="Slug of a business line; without it the general text.")],
        responses=GuidelineSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        """What the tag means: the line's text, else the general one, else its parent's."""
        slug = request.query_params.get("line")
        line = get_object_or_404(BusinessLine, slug=slug).pk if slug else None
        text = guidelines.texts([pk], line).get(pk)
        if text is None:
            raise Http404
        return Response(GuidelineSerializer(text).data)


class CurrentVersion(View):
    @extend_schema(operation_id="taxonomy_current", responses=TaxonomyVersionSerializer)
    def get(self, request: Request) -> Response:
        """The newest published version."""
        version = versions.current()
        if version is None:
            raise Http404
        return Response(TaxonomyVersionSerializer(version).data)


class Import(View):
    permission_classes = (IsAuthenticated, MayChange)
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="taxonomy_import", request=ImportFilesSerializer, responses=ReportSerializer)
    def post(self, request: Request) -> Response:
        """Import a taxonomy from a file: all of it and a new version, or nothing with the reasons."""
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            raise ValidationError({field: [str(error) for error in found] for field, found in form.errors.items()})
        told = form.cleaned_data
        try:
            file, rules = told.pop("tags"), told.pop("rules")
            report = importing.run_file(file, told.pop("form"), rules=rules, author=request.user, **told)
        except Refused as refusal:
            reasons = [{"line": problem.line, "reason": problem.reason} for problem in refusal.problems]
            return Response({"problems": reasons}, status=400)
        return Response(ReportSerializer(report).data)


class Export(View):
    @extend_schema(
        operation_id="taxonomy_export",
        parameters=[OpenApiParameter("ending", str, OpenApiParameter.PATH, enum=list(exports.EXPORTS))],
        responses={(200, "text/plain"): OpenApiTypes.STR},
    )
    def get(self, request: Request, ending: str) -> StreamingHttpResponse:
        """Export the taxonomy as CSV, as SKOS, or as the JSON of the newest version."""
        return exports.download(ending)


urlpatterns = [
    *change_api.urlpatterns,
    *version_api.urlpatterns,
    *rule_api.urlpatterns,
    path("tags/", Tags.as_view(), name="api-tags"),
    path("tags/<int:pk>/", OneTag.as_view(), name="api-tag"),
    path("tags/<int:pk>/guideline/", TagGuideline.as_view(), name="api-tag-guideline"),
    path("taxonomy/", CurrentVersion.as_view(), name="api-taxonomy"),
    path("taxonomy/import/", Import.as_view(), name="api-taxonomy-import"),
    re_path(
        rf"^taxonomy/export/(?P<ending>{'|'.join(map(re.escape, exports.EXPORTS))})$",
        Export.as_view(),
        name="api-taxonomy-export",
    ),
]
