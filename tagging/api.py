"""Videos and imports for programs: the use cases of the pages, with the same permissions."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import pagination
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ml.registry import nudges as registry_nudges
from tagging import intake, nudges, search, suggestions, uploads, veils, video_page
from tagging.forms import VideoSearchForm
from tagging.models import Import, RowError, Video
from tagging.serializers import (
    ImportSerializer,
    NewImportSerializer,
    RowErrorSerializer,
    TakenSerializer,
    TakeSerializer,
    VideoDetailSerializer,
    VideoPageSerializer,
)
from tagging.tables import Unreadable


class MethodPermission(BasePermission):
    """The Django permission that the view names for the request's method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        needed = getattr(view, "needs", {}).get("GET" if request.method in ("HEAD", "OPTIONS") else request.method)
        return needed is not None and request.user.has_perm(needed)


class View(GenericAPIView[Any]):
    permission_classes = (IsAuthenticated, MethodPermission)
    needs: ClassVar[dict[str, str]] = {}


class NewestFirst(pagination.CursorPagination):
    ordering = "-id"
    page_size = 100


class ByLine(pagination.CursorPagination):
    ordering = ("line", "id")
    page_size = 1_000


class Videos(View):
    needs: ClassVar = {"GET": "tagging.view_video", "POST": "tagging.add_import"}

    @extend_schema(
        operation_id="videos_list",
        parameters=[
            OpenApiParameter("q", str, description="Words, each found anywhere in the texts."),
            OpenApiParameter("tag", str, description="Name, code, id or path; tags below it count."),
            OpenApiParameter("state", str, enum=search.STATES),
            OpenApiParameter("uploader", str),
            OpenApiParameter("source", str),
            OpenApiParameter("before", int, description="Only videos with a smaller id; `next` fills it in."),
        ],
        responses=VideoPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Videos, newest first."""
        form = VideoSearchForm(request.query_params)
        if not form.is_valid():
            raise ValidationError({field: [str(text) for text in found] for field, found in form.errors.items()})
        page = search.find(form.query(), veils.unsaid(request.user))
        following: dict[str, str | int] = {**request.query_params.dict(), "before": page.next or 0}
        address = request.build_absolute_uri(f"{request.path}?{urlencode(following)}")
        shown = {"next": address if page.next is not None else None, "partial": page.partial, "results": page.videos}
        return Response(VideoPageSerializer(shown, context={"request": request}).data)

    @extend_schema(operation_id="videos_create", request=TakeSerializer, responses={201: TakenSerializer})
    def post(self, request: Request) -> Response:
        """Import up to 1,000 videos at once. Sent again, they are known."""
        asked = TakeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        try:
            taken = intake.take(
                told["videos"],
                source=told["source"],
                media_folder=_folder(told),
                business_line=told.get("business_line"),
                by=request.user,  # type: ignore[arg-type]
            )
        except intake.IntakeError as error:
            raise ValidationError(str(error)) from error
        nudges.probe_waiting()
        answer = {"import": taken.import_, "videos": taken.videos, "errors": taken.import_.errors.all()}
        return Response(TakenSerializer(answer).data, status=201)


class OneVideo(View):
    needs: ClassVar = {"GET": "tagging.view_video"}

    @extend_schema(operation_id="videos_retrieve", responses=VideoDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """A video with its suggestions. Who reviews it, or may be asked to, is not told these nor its tags before."""
        video = video_page.load(pk)
        if video is None:
            raise NotFound
        video.suggested = video_page.latest_set(video)  # type: ignore[attr-defined]
        hidden = veils.of_video(request.user, pk)
        if hidden.proposed:
            video.suggested = None  # type: ignore[attr-defined]
        if hidden.said:
            video.hush()
        context = {"request": request, "unsaid": veils.unsaid(request.user)}
        return Response(VideoDetailSerializer(video, context=context).data)


class Imports(View):
    needs: ClassVar = {"GET": "tagging.view_import", "POST": "tagging.add_import"}
    queryset = Import.objects.select_related("business_line", "created_by")
    serializer_class = ImportSerializer
    pagination_class = NewestFirst
    parser_classes = (MultiPartParser, JSONParser)

    @extend_schema(operation_id="imports_list", responses=ImportSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Imports, newest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(ImportSerializer(page, many=True).data)

    @extend_schema(operation_id="imports_create", request=NewImportSerializer, responses={202: ImportSerializer})
    def post(self, request: Request) -> Response:
        """Queue an import of a table or a folder."""
        asked = NewImportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        folder, table = _folder(told), told.get("table")
        if table and table.size > settings.IMPORT_MAX_UPLOAD:
            raise ValidationError({"table": _("The file is too large.")})
        try:
            started = intake.start(
                next(uploads.save([table]).iterdir()) if table else folder or Path(),
                name=table.name if table else "",
                source=told["source"],
                mapping=told.get("mapping"),
                media_folder=folder if table else None,
                business_line=told.get("business_line"),
                by=request.user,  # type: ignore[arg-type]
            )
        except (intake.IntakeError, Unreadable) as error:
            raise ValidationError(str(error)) from error
        nudges.run_import(started.pk)
        return Response(ImportSerializer(started).data, status=202)


class OneImport(View):
    needs: ClassVar = {"GET": "tagging.view_import"}

    @extend_schema(operation_id="imports_retrieve", responses=ImportSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """How far an import is."""
        return Response(ImportSerializer(get_object_or_404(Imports.queryset, pk=pk)).data)


class ImportErrors(View):
    needs: ClassVar = {"GET": "tagging.view_import"}
    queryset = RowError.objects.none()
    serializer_class = RowErrorSerializer
    pagination_class = ByLine

    @extend_schema(operation_id="imports_errors", responses=RowErrorSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """Why rows were refused, by line."""
        page = self.paginate_queryset(get_object_or_404(Import, pk=pk).errors.all())
        return self.get_paginated_response(RowErrorSerializer(page, many=True).data)


class ImportCancel(View):
    needs: ClassVar = {"POST": "tagging.change_import"}

    @extend_schema(operation_id="imports_cancel", request=None, responses=ImportSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Stop an import; what it brought stays."""
        stopped = get_object_or_404(Imports.queryset, pk=pk)
        intake.cancel(stopped)
        stopped.refresh_from_db()
        return Response(ImportSerializer(stopped).data)


class ImportResume(View):
    needs: ClassVar = {"POST": "tagging.change_import"}

    @extend_schema(operation_id="imports_resume", request=None, responses=ImportSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Go on with a cancelled or failed import."""
        stopped = get_object_or_404(Imports.queryset, pk=pk)
        if intake.resume(stopped):
            nudges.run_import(stopped.pk)
        stopped.refresh_from_db()
        return Response(ImportSerializer(stopped).data)


class SuggestAgain(View):
    needs: ClassVar = {"POST": "tagging.change_import"}

    @extend_schema(operation_id="videos_suggest_again", request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        """Let the models look once more at a video that they failed at."""
        if suggestions.again(get_object_or_404(Video, pk=pk)):
            registry_nudges.suggest_waiting()
        return Response(status=204)


def _folder(told: dict[str, Any]) -> Path | None:
    try:
        return uploads.allowed_folder(told["folder"]) if told.get("folder") else None
    except ValueError as error:
        raise ValidationError({"folder": _("This folder is not one that the settings allow.")}) from error


urlpatterns = [
    path("videos/", Videos.as_view(), name="api-videos"),
    path("videos/<int:pk>/", OneVideo.as_view(), name="api-video"),
    path("videos/<int:pk>/suggest-again/", SuggestAgain.as_view(), name="api-suggest-again"),
    path("imports/", Imports.as_view(), name="api-imports"),
    path("imports/<int:pk>/", OneImport.as_view(), name="api-import"),
    path("imports/<int:pk>/errors/", ImportErrors.as_view(), name="api-import-errors"),
    path("imports/<int:pk>/cancel/", ImportCancel.as_view(), name="api-import-cancel"),
    path("imports/<int:pk>/resume/", ImportResume.as_view(), name="api-import-resume"),
]
