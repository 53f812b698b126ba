"""Figures about the work, for programs: the tables behind the pages."""

from __future__ import annotations

from typing import ClassVar

from django.http import Http404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from annotation.quality import fold, scope
from annotation.quality.pages import PAGES
from ml.registry.requests import SignedInCall
from tagging.api import View


class Quality(View):
    needs: ClassVar = {"GET": "annotation.view_quality"}

    @extend_schema(
        operation_id="quality_tables",
        parameters=[
            OpenApiParameter("page", str, OpenApiParameter.PATH, enum=sorted(PAGES)),
            OpenApiParameter("line", str, description="Slug of a business line; all that one may see without it."),
            OpenApiParameter("period", str, enum=sorted(scope.PERIODS), description="Weeks; 4 without it."),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: SignedInCall, page: str) -> Response:
        """The tables of a page: its name -> rows. All rows, as in the files the page offers."""
        if page not in PAGES:
            raise Http404
        asked = request.query_params
        fold.freshen()
        tables = PAGES[page][1](scope.chosen(request.user, asked), asked, whole=True)["tables"]
        return Response({name: list(table.records()) for name, table in tables.items()})


urlpatterns = [path("quality/<slug:page>/", Quality.as_view(), name="api-quality")]
