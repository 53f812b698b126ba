"""Change sets for programs and for the editor's own pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taxonomy import changes, drafts, impact, publishing
from taxonomy.change_serializers import (
    ChangeSetSerializer,
    CountSerializer,
    DescriptionSerializer,
    EditsSerializer,
    StoredSerializer,
    edits_in_words,
    refusal,
    with_edits,
)
from taxonomy.drafting.edits import EditRefused
from taxonomy.edit_words import Words, not_possible
from taxonomy.models import ChangeSet

PAGE = 50


def may(permission: str) -> type[BasePermission]:
    class May(BasePermission):
        def has_permission(self, request: Request, view: APIView) -> bool:
            return request.user.has_perm(f"taxonomy.{permission}")

    return May


class View(GenericAPIView[Any]):
    """Answers 409 where the set is in no state for it or somebody was faster, 422 where an edit is refused."""

    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated, may("change_changeset"))

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, changes.NotPossible):
            return Response({"detail": not_possible(exc.code), "code": exc.code}, status.HTTP_409_CONFLICT)
        if isinstance(exc, EditRefused):
            return Response(refusal(exc, self._words()), status.HTTP_422_UNPROCESSABLE_ENTITY)
        if isinstance(exc, changes.Outdated):
            told = {"code": "outdated", "revision": exc.revision, "since": edits_in_words(exc.edits, self._words())}
            return Response(told, status.HTTP_409_CONFLICT)
        if isinstance(exc, publishing.Stopped):
            return Response(self._stopped(exc), status.HTTP_409_CONFLICT)
        return super().handle_exception(exc)

    def change_set(self) -> ChangeSet:
        return get_object_or_404(ChangeSet.objects.shown(), pk=self.kwargs["pk"])

    def _words(self) -> Words:
        change_set = self.change_set()
        return Words(drafts.published(change_set.base), change_set.edits.values_list("op", "values"))

    def _stopped(self, stopped: publishing.Stopped) -> dict[str, Any]:
        words = self._words()
        return {
            "code": "stopped",
            "clashes": [
                {"edit": edits_in_words([c.edit], words)[0], "theirs": [words.edit(op, v) for op, v in c.theirs]}
                for c in stopped.clashes
            ],
            "refused": [
                {"edit": edits_in_words([edit], words)[0], **refusal(reason, words)} for edit, reason in stopped.refused
            ],
        }


class ChangeSets(View):
    @extend_schema(
        operation_id="change_sets_list",
        parameters=[OpenApiParameter("state", str, enum=ChangeSet.State.values)],
        responses=ChangeSetSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The newest 50 change sets."""
        sets = ChangeSet.objects.shown()
        if state := request.query_params.get("state"):
            sets = sets.filter(state=state)
        return Response(ChangeSetSerializer(sets[:PAGE], many=True).data)

    @extend_schema(operation_id="change_sets_open", request=DescriptionSerializer, responses=ChangeSetSerializer)
    def post(self, request: Request) -> Response:
        """Begin a change set on the newest version."""
        told = DescriptionSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        change_set = changes.open(request.user, **told.validated_data)  # type: ignore[arg-type]
        return Response(ChangeSetSerializer(change_set).data, status.HTTP_201_CREATED)


class OneChangeSet(View):
    @extend_schema(operation_id="change_sets_retrieve", responses=ChangeSetSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """A change set with its edits in words, those that can no longer be made, and what is odd about it."""
        return Response(with_edits(self.change_set()))

    @extend_schema(operation_id="change_sets_describe", request=DescriptionSerializer, responses=ChangeSetSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Change title and comment."""
        told = DescriptionSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        self.change_set()
        return Response(ChangeSetSerializer(changes.describe(pk, **told.validated_data)).data)


class Edits(View):
    @extend_schema(operation_id="change_sets_edits_since", responses=StoredSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """What was added or taken out after revision `since`."""
        change_set = self.change_set()
        try:
            since = int(request.query_params.get("since", 0))
        except ValueError as error:
            raise ValidationError({"since": ["a whole number"]}) from error
        found = edits_in_words(changes.since(change_set, since), self._words())
        return Response({"revision": change_set.revision, "edits": found, "since": []})

    @extend_schema(operation_id="change_sets_edit", request=EditsSerializer, responses=StoredSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Add edits, all or none. `seen`: the revision the sender saw; then `since` tells what others did meanwhile."""
        told = EditsSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        self.change_set()
        seen = told.validated_data.get("seen")
        pairs = [(edit["op"], edit["values"]) for edit in told.validated_data["edits"]]
        made = changes.add_all(pk, pairs, request.user, seen)  # type: ignore[arg-type]
        change_set, words = self.change_set(), self._words()
        first = made[0].number if made else change_set.revision + 1
        others = [e for e in changes.since(change_set, seen) if e.number < first] if seen is not None else []
        body = {"revision": change_set.revision, "edits": edits_in_words(made, words)}
        return Response(body | {"since": edits_in_words(others, words)}, status.HTTP_201_CREATED)


class OneEdit(View):
    @extend_schema(operation_id="change_sets_remove_edit", responses=ChangeSetSerializer)
    def delete(self, request: Request, pk: int, number: int) -> Response:
        """Take an edit out."""
        self.change_set()
        changes.remove(pk, number, request.user)  # type: ignore[arg-type]
        return Response(with_edits(self.change_set()))


class Impact(View):
    @extend_schema(operation_id="change_sets_impact", responses=CountSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """What publishing it would touch: counts with examples."""
        return Response(CountSerializer(impact.of(self.change_set()), many=True).data)


class Action(View):
    """One step of a change set's life, with the set as it is afterwards."""

    step: Callable[[int, Any], Any]

    def perform(self, pk: int, user: Any) -> ChangeSet:
        type(self).step(pk, user)
        return self.change_set()

    def post(self, request: Request, pk: int) -> Response:
        self.change_set()
        return Response(with_edits(self.perform(pk, request.user)))


def action(name: str, permission: str, step: Callable[[int, Any], Any], text: str) -> Any:
    values = {"step": staticmethod(step), "permission_classes": (IsAuthenticated, may(permission))}
    view: Any = type(name, (Action,), values)
    decorate = extend_schema(
        operation_id=f"change_sets_{name}", description=text, request=None, responses=ChangeSetSerializer
    )
    return decorate(view).as_view()


class Revert(View):
    @extend_schema(operation_id="change_sets_revert", request=None, responses=ChangeSetSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Begin a change set that takes a published one back."""
        begun = changes.revert(self.change_set(), request.user)  # type: ignore[arg-type]
        return Response(with_edits(begun), status.HTTP_201_CREATED)


EDIT, PUBLISH, APPROVE = "change_changeset", "publish_changeset", "approve_changeset"
urlpatterns = [
    path("change-sets/", ChangeSets.as_view(), name="api-change-sets"),
    path("change-sets/<int:pk>/", OneChangeSet.as_view(), name="api-change-set"),
    path("change-sets/<int:pk>/edits/", Edits.as_view(), name="api-change-set-edits"),
    path("change-sets/<int:pk>/edits/<int:number>/", OneEdit.as_view(), name="api-change-set-edit"),
    path("change-sets/<int:pk>/impact/", Impact.as_view(), name="api-change-set-impact"),
    path("change-sets/<int:pk>/undo/", action("undo", EDIT, changes.undo, "Take one's own last edit out.")),
    path("change-sets/<int:pk>/propose/", action("propose", EDIT, changes.propose, "Ask a second person to approve.")),
    path("change-sets/<int:pk>/approve/", action("approve", APPROVE, changes.approve, "Agree with the set as it is.")),
    path(
        "change-sets/<int:pk>/send-back/",
        action("send_back", EDIT, lambda pk, _user: changes.send_back(pk), "Open a proposed set again."),
    ),
    path(
        "change-sets/<int:pk>/discard/",
        action("discard", EDIT, lambda pk, _user: changes.discard(pk), "Close it without publishing."),
    ),
    path(
        "change-sets/<int:pk>/carry-over/",
        action(
            "carry_over",
            EDIT,
            lambda pk, _user: changes.carry_over(pk),
            "Set its edits on the newest version, knowingly.",
        ),
    ),
    path(
        "change-sets/<int:pk>/publish/",
        action("publish", PUBLISH, publishing.publish, "Publish it as the next version."),
    ),
    path("change-sets/<int:pk>/revert/", Revert.as_view(), name="api-change-set-revert"),
]
