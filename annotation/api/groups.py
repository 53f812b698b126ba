"""Groups of similar clips, for programs: one verdict for many clips, its preview, and its undoing."""

from __future__ import annotations

from typing import ClassVar

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from annotation import readings, refusals
from annotation.api import asked
from annotation.groups import grid, orders, sending
from annotation.models import ClipGroup, GroupReview
from annotation.probes import qualification
from annotation.reviews import OperationReused, Refused
from annotation.serializers.answers import RefusedSerializer
from annotation.serializers.groups import (
    GatherSerializer,
    GridSerializer,
    GroupReviewSerializer,
    ListedSerializer,
    OpenedSerializer,
    SaidSerializer,
    VerdictSerializer,
)
from ml.registry import nudges
from ml.registry.requests import SignedInCall
from tagging.api import View
from tagging.models import Video
from taxonomy.models import BusinessLine


class Groups(View):
    needs: ClassVar = {"GET": "annotation.add_review"}

    @extend_schema(operation_id="groups_list", parameters=[asked.LINE], responses=ListedSerializer(many=True))
    def get(self, request: SignedInCall) -> Response:
        """The groups of a business line of which more than one clip waits, the largest first."""
        line = asked.line(request)
        _let_in(request, line)
        return Response(ListedSerializer(grid.listing(line, request.user), many=True).data)  # type: ignore[arg-type]  # many


class Gather(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(operation_id="groups_gather", request=GatherSerializer, responses={202: None})
    def post(self, request: SignedInCall) -> Response:
        """Have a worker look for groups; asked again within a minute, it is the same order."""
        told = asked.read(GatherSerializer, request)
        line = get_object_or_404(BusinessLine.objects.of(request.user), slug=told["line"])
        if orders.order(line):
            nudges.gather(line.pk)
        return Response(status=202)


class Group(View):
    needs: ClassVar = {"GET": "annotation.add_review"}

    @extend_schema(operation_id="groups_retrieve", responses=GridSerializer)
    def get(self, request: SignedInCall, pk: int) -> Response:
        """A group with the verdict that the models propose."""
        return Response(GridSerializer(grid.load(_group(request, pk), request.user)).data)


class Opened(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(operation_id="groups_open_clip", request=None, responses=OpenedSerializer(many=True))
    def post(self, request: SignedInCall, pk: int, video: int) -> Response:
        """Open one clip of the group, which is noted; the answer is what it is proposed."""
        found = _group(request, pk)
        member = get_object_or_404(Video.objects.only("pk"), pk=video, pk__in=found.clips.values("video"))
        sending.look(found, request.user, member.pk)
        rows = [{"name": name, "percent": sure} for name, sure in grid.proposed(found, request.user, video)]
        return Response(OpenedSerializer(rows, many=True).data)


class Preview(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(
        operation_id="groups_preview", request=SaidSerializer, responses={200: GridSerializer, 422: RefusedSerializer}
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """What a verdict would do. Nothing is stored."""
        found, told = _group(request, pk), asked.read(SaidSerializer, request)
        try:
            return Response(GridSerializer(grid.load(found, request.user, told["choices"], told["without"])).data)
        except Refused as refusal:
            return Response(refusals.describe(refusal), status=422)


class Verdict(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(
        operation_id="groups_verdict",
        request=VerdictSerializer,
        responses={
            200: GroupReviewSerializer,
            409: OpenApiResponse(asked.ProblemSerializer, "Clips are to be opened first, or no clip is left."),
            422: RefusedSerializer,
        },
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Review all clips of the group that this person may judge with one verdict."""
        found, told = _group(request, pk), asked.read(VerdictSerializer, request)
        try:
            event = sending.send(found, request.user, **told)
        except sending.Unlooked as unlooked:
            answer = {"error": "unlooked", "message": "Open these clips first.", "videos": unlooked.videos}
            return Response(answer, status=409)
        except sending.NothingToSend:
            return asked.refused("nothing_to_send", "No clip is left that this could be said of.")
        except OperationReused:
            return asked.reused()
        except Refused as refusal:
            return Response(refusals.describe(refusal), status=422)
        except readings.Unconfirmed as unconfirmed:
            return Response(refusals.ask(unconfirmed), status=422)
        return Response(GroupReviewSerializer(event).data)


class Event(View):
    needs: ClassVar = {"GET": "annotation.add_review"}

    @extend_schema(operation_id="group_reviews_retrieve", responses=GroupReviewSerializer)
    def get(self, request: SignedInCall, pk: int) -> Response:
        """What one of this person's own verdicts for a group did."""
        own = GroupReview.objects.select_related("business_line").filter(reviewer=request.user)
        return Response(GroupReviewSerializer(get_object_or_404(own, pk=pk)).data)


class Undo(View):
    needs: ClassVar = {"POST": "annotation.add_review"}

    @extend_schema(
        operation_id="group_reviews_undo",
        request=asked.OperationSerializer,
        responses={200: GroupReviewSerializer, 409: asked.CONFLICT},
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Take the reviews of all its clips back; those that somebody reviewed since stay."""
        found = get_object_or_404(GroupReview, pk=pk, reviewer=request.user)
        told = asked.read(asked.OperationSerializer, request)
        try:
            event = sending.undo(found.pk, request.user, told["operation"])
        except sending.TooLate:
            return asked.refused("too_late", "It is more than a day ago and stays.")
        return Response(GroupReviewSerializer(event).data)


def _group(request: SignedInCall, pk: int) -> ClipGroup:
    mine = ClipGroup.objects.filter(business_line__in=BusinessLine.objects.of(request.user))
    found = get_object_or_404(mine.select_related("business_line"), pk=pk)
    _let_in(request, found.business_line)
    return found


def _let_in(request: SignedInCall, line: BusinessLine) -> None:
    if qualification.standing(request.user, line).shut:
        raise PermissionDenied(_("Qualify for this business line first."))


urlpatterns = [
    path("groups/", Groups.as_view(), name="api-groups"),
    path("groups/gather/", Gather.as_view(), name="api-gather-groups"),
    path("groups/<int:pk>/", Group.as_view(), name="api-group"),
    path("groups/<int:pk>/clips/<int:video>/", Opened.as_view(), name="api-group-clip"),
    path("groups/<int:pk>/preview/", Preview.as_view(), name="api-group-preview"),
    path("groups/<int:pk>/verdict/", Verdict.as_view(), name="api-group-verdict"),
    path("group-reviews/<int:pk>/", Event.as_view(), name="api-group-review"),
    path("group-reviews/<int:pk>/undo/", Undo.as_view(), name="api-group-review-undo"),
]
