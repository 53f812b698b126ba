"""Comments and questions on clips, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import pagination, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from annotation import tag_figures
from annotation.agreement import comments
from annotation.api import asked
from annotation.models import Comment
from ml.registry.requests import SignedInCall
from tagging import veils
from tagging.api import View
from tagging.models import Video


class OldestFirst(pagination.CursorPagination):
    ordering = "id"
    page_size = 100


class CommentSerializer(serializers.ModelSerializer[Comment]):
    line = serializers.SlugField(source="business_line.slug")
    author = serializers.CharField(source="author.username")
    closed = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields: ClassVar = ["id", "video", "line", "author", "text", "question", "answers", "closed", "created_at"]

    def get_closed(self, comment: Comment) -> bool:
        return comment.closed_at is not None


class SaySerializer(asked.OperationSerializer):
    line = serializers.SlugField()
    text = serializers.CharField(max_length=comments.MOST_TEXT)
    question = serializers.BooleanField(default=False)


class AnswerSerializer(asked.OperationSerializer):
    text = serializers.CharField(max_length=comments.MOST_TEXT, allow_blank=True, default="")
    close = serializers.BooleanField(default=False, help_text="For who asked, and for who decides.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["text"] and not attrs["close"]:
            raise serializers.ValidationError("Say something, or close the question.")
        return attrs


class Comments(View):
    needs: ClassVar = {"GET": "tagging.view_video", "POST": "tagging.view_video"}

    @extend_schema(operation_id="comments_list", responses=CommentSerializer(many=True))
    def get(self, request: SignedInCall, pk: int) -> Response:
        """The newest that was said of a video in the lines one may see, oldest first, answers behind their question.

        Of a clip that this person is to judge by themselves: only what they said and were answered.
        """
        video = get_object_or_404(Video.objects.only("pk"), pk=pk)
        own = request.user if veils.of_video(request.user, video.pk).said else None
        said = comments.thread(video.pk, tag_figures.lines_of(request.user), own)
        rows = [one for comment, answers in said for one in (comment, *answers)]
        comments.seen(video.pk, request.user)
        return Response(CommentSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="comments_create",
        request=SaySerializer,
        responses={201: CommentSerializer, 409: asked.CONFLICT},
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Say or ask something about a video."""
        video = get_object_or_404(Video.objects.only("pk"), pk=pk)
        told = asked.read(SaySerializer, request)
        line = get_object_or_404(tag_figures.lines_of(request.user), slug=told.pop("line"))
        try:
            said = comments.say(video.pk, line.pk, request.user, **told)
        except comments.OperationReused:
            return asked.reused()
        return Response(CommentSerializer(said).data, status=201)


class Questions(View):
    needs: ClassVar = {"GET": "tagging.view_video"}
    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    pagination_class = OldestFirst

    @extend_schema(
        operation_id="questions_list",
        parameters=[OpenApiParameter("open", bool, description="Those that wait in one's lines: for who decides.")],
    )
    def get(self, request: SignedInCall) -> Response:
        """This person's own questions, or all that wait for an answer, the oldest first."""
        rows = comments.own_questions(request.user).select_related("author")
        if request.query_params.get("open", "").lower() in {"1", "true"}:
            if not request.user.has_perm("annotation.adjudicate"):
                raise PermissionDenied
            rows = comments.open_questions(tag_figures.lines_of(request.user))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Answer(View):
    needs: ClassVar = {"POST": "tagging.view_video"}

    @extend_schema(
        operation_id="questions_answer", request=AnswerSerializer, responses={204: None, 409: asked.CONFLICT}
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Answer a question, close it, or both."""
        question = get_object_or_404(_questions(tag_figures.lines_of(request.user)), pk=pk)
        told = asked.read(AnswerSerializer, request)
        if told["close"] and not comments.may_close(question, request.user):
            raise PermissionDenied
        try:
            comments.answer(question, request.user, **told)
        except comments.Closed:
            return asked.refused("closed", "The question was closed before.")
        except comments.OperationReused:
            return asked.reused()
        return Response(status=204)


def _questions(lines: Any) -> Any:
    return Comment.objects.filter(question=True, business_line__in=lines)


urlpatterns = [
    path("videos/<int:pk>/comments/", Comments.as_view(), name="api-comments"),
    path("questions/", Questions.as_view(), name="api-questions"),
    path("questions/<int:pk>/answer/", Answer.as_view(), name="api-answer"),
]
