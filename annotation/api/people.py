"""People and the export of their work, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from annotation import exports, people
from annotation.api import asked
from annotation.serializers import people as shapes
from ml.registry.requests import SignedInCall
from tagging.api import View
from taxonomy.models import BusinessLine


class People(View):
    needs: ClassVar = {"GET": "auth.view_user", "POST": "auth.add_user"}

    @extend_schema(operation_id="people_list", responses=shapes.PersonSerializer(many=True))
    def get(self, request: SignedInCall) -> Response:
        """Everybody, with roles and business lines."""
        everybody = User.objects.prefetch_related("groups", "business_lines").order_by("username")
        return Response(shapes.PersonSerializer(everybody, many=True).data)

    @extend_schema(
        operation_id="people_create", request=shapes.NewPersonSerializer, responses={201: shapes.PasswordSerializer}
    )
    def post(self, request: SignedInCall) -> Response:
        """Add a person; the answer holds their first password."""
        told = asked.read(shapes.NewPersonSerializer, request)
        person, password = people.create(told["username"], told["name"], told["roles"], told["lines"])
        return Response(shapes.PasswordSerializer({"person": person, "password": password}).data, status=201)


class Person(View):
    needs: ClassVar = {"PUT": "auth.change_user"}

    @extend_schema(
        operation_id="people_update", request=shapes.ChangedPersonSerializer, responses=shapes.PersonSerializer
    )
    def put(self, request: SignedInCall, pk: int) -> Response:
        """Give a person exactly these roles and business lines."""
        person = get_object_or_404(User, pk=pk)
        with _Refusing():
            people.change(person, request.user, **asked.read(shapes.ChangedPersonSerializer, request))
        return Response(shapes.PersonSerializer(person).data)


class Access(View):
    needs: ClassVar = {"POST": "auth.change_user"}

    @extend_schema(operation_id="people_access", request=shapes.AccessSerializer, responses=shapes.PersonSerializer)
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Shut a person out at once, or let them in again."""
        person = get_object_or_404(User, pk=pk)
        with _Refusing():
            people.set_active(person, request.user, **asked.read(shapes.AccessSerializer, request))
        return Response(shapes.PersonSerializer(person).data)


class Password(View):
    needs: ClassVar = {"POST": "auth.change_user"}

    @extend_schema(operation_id="people_password", request=None, responses=shapes.PasswordSerializer)
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Make a new first password."""
        person = get_object_or_404(User, pk=pk)
        with _Refusing():
            password = people.reset_password(person, request.user)
        return Response(shapes.PasswordSerializer({"person": person, "password": password}).data)


class Export(View):
    needs: ClassVar = {"GET": "annotation.view_review"}

    @extend_schema(
        operation_id="export",
        parameters=[
            OpenApiParameter("line", str, description="Slug of a business line; empty: all."),
            OpenApiParameter("as", str, enum=list(exports.FORMATS), default="jsonl"),
        ],
        responses={(200, "application/x-ndjson"): OpenApiTypes.STR, (200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: SignedInCall) -> StreamingHttpResponse:
        """Reviewed videos with their tags, streamed."""
        lines = BusinessLine.objects.of(request.user)
        if slug := request.query_params.get("line"):
            lines = lines.filter(slug=slug)
        kind = request.query_params.get("as", "jsonl")
        if kind not in exports.FORMATS or not lines:
            raise NotFound
        rows, content_type = exports.FORMATS[kind]
        return StreamingHttpResponse(rows(list(lines)), content_type=content_type)


class _Refusing:
    """Answers a change of a person that is not allowed with 400 and the reason."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, people.NotAllowed):
            raise ValidationError({"detail": str(error)}) from error


urlpatterns = [
    path("people/", People.as_view(), name="api-people"),
    path("people/<int:pk>/", Person.as_view(), name="api-person"),
    path("people/<int:pk>/access/", Access.as_view(), name="api-person-access"),
    path("people/<int:pk>/password/", Password.as_view(), name="api-person-password"),
    path("export/", Export.as_view(), name="api-export"),
]
