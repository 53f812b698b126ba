"""Published versions of the taxonomy for programs and for the editor's own pages."""

from __future__ import annotations

import gzip

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from taxonomy import changes, drafts
from taxonomy.change_api import PAGE, View, may
from taxonomy.change_serializers import ChangeSetSerializer, TextSerializer, VersionSerializer, with_edits
from taxonomy.edit_words import Words
from taxonomy.models import TaxonomyVersion


class Versions(View):
    permission_classes = (IsAuthenticated, may("view_taxonomyversion"))

    @extend_schema(operation_id="taxonomy_versions", responses=VersionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The newest 50 versions."""
        found = TaxonomyVersion.objects.defer("content", "annex").select_related("author")[:PAGE]
        return Response(VersionSerializer(found, many=True).data)


class OneVersion(View):
    permission_classes = (IsAuthenticated, may("view_taxonomyversion"))

    @extend_schema(operation_id="taxonomy_version_export", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, number: int) -> HttpResponse:
        """All of a version as JSON, as browsers get it."""
        version = get_object_or_404(TaxonomyVersion.objects.only("content"), number=number)
        return HttpResponse(gzip.decompress(version.content), content_type="application/json")


class Compare(View):
    permission_classes = (IsAuthenticated, may("view_taxonomyversion"))

    @extend_schema(
        operation_id="taxonomy_versions_compare",
        parameters=[OpenApiParameter("from", int, required=True), OpenApiParameter("to", int, required=True)],
        responses=TextSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The edits that lead from one version to another, in words."""
        asked = [request.query_params.get(name, "") for name in ("from", "to")]
        if not all(number.isdigit() and len(number) < 10 for number in asked):
            raise ValidationError({"from": ["two numbers of versions are needed: from and to"]})
        rows = TaxonomyVersion.objects.defer("content", "annex")
        former, later = (get_object_or_404(rows, number=int(number)) for number in asked)
        found = changes.compare(former, later)
        words = Words(drafts.published(former), found)
        return Response([{"op": op, "values": values, "words": words.edit(op, values)} for op, values in found])


class Restore(View):
    @extend_schema(operation_id="taxonomy_version_restore", request=None, responses=ChangeSetSerializer)
    def post(self, request: Request, number: int) -> Response:
        """Begin a change set that leads back to an older version."""
        get_object_or_404(TaxonomyVersion.objects.only("pk"), number=number)
        begun = changes.restore(number, request.user)  # type: ignore[arg-type]
        return Response(with_edits(begun), status.HTTP_201_CREATED)


urlpatterns = [
    path("taxonomy/versions/", Versions.as_view(), name="api-taxonomy-versions"),
    path("taxonomy/versions/compare/", Compare.as_view(), name="api-taxonomy-compare"),
    path("taxonomy/versions/<int:number>/", OneVersion.as_view(), name="api-taxonomy-version"),
    path("taxonomy/versions/<int:number>/restore/", Restore.as_view(), name="api-taxonomy-restore"),
]
