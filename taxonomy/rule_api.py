"""Rules and proposed rules for programs. To add, change or remove a rule is an edit of a change set (change_api)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from taxonomy import drafts, rule_proposals
from taxonomy.change_api import may
from taxonomy.drafting.edits import RULE_KINDS, EditRefused
from taxonomy.edit_words import Words
from taxonomy.models import BusinessLine, ChangeSet, RuleProposal
from taxonomy.rule_desk import Line, RuleDesk, Told


class HundredAPage(PageNumberPagination):
    page_size = 100


class RuleSerializer(serializers.Serializer[Line]):
    key = serializers.CharField(source="rule.key")
    kind = serializers.ChoiceField(source="rule.kind", choices=RULE_KINDS)
    subject = serializers.CharField(source="rule.subject", help_text="Code of a tag.")
    others = serializers.ListField(source="rule.others", child=serializers.CharField())
    line = serializers.CharField(help_text="Name of the only business line it holds for; empty for all.")
    weight = serializers.FloatField(source="rule.weight")
    note = serializers.CharField(source="rule.note")
    text = serializers.CharField(help_text="In words.")


class ContradictionSerializer(serializers.Serializer[Told]):
    fault = serializers.ChoiceField(choices=["impossible", "excluded", "cycle"])
    text = serializers.CharField()
    line = serializers.CharField()
    rules = RuleSerializer(many=True, help_text="Leave any of them out and the fault is gone.")


class ProposalSerializer(serializers.ModelSerializer[RuleProposal]):
    subject = serializers.CharField(source="subject.code")
    other = serializers.CharField(source="other.code", default=None, allow_null=True)
    line = serializers.CharField(source="business_line.slug", default=None, allow_null=True)

    class Meta:
        model = RuleProposal
        fields = (
            *("id", "kind", "subject", "other", "line", "state", "sets", "subject_sets", "other_sets", "together"),
            *("expected", "bound", "counted_at"),
        )


class ProposedEditSerializer(serializers.Serializer[Any]):
    change_set = serializers.IntegerField()
    number = serializers.IntegerField()


class View(GenericAPIView[Any]):
    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated, may("view_tag"))
    pagination_class = HundredAPage

    def listed(self, rows: Any) -> Response:
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def _desk(change_set: ChangeSet | None = None) -> RuleDesk:
    draft = drafts.of(change_set)[0] if change_set else drafts.empty()
    return RuleDesk(draft, {line.pk: str(line) for line in BusinessLine.objects.all()})


class Rules(View):
    queryset = RuleProposal.objects.none()
    serializer_class = RuleSerializer

    @extend_schema(
        operation_id="rules_list",
        parameters=[
            OpenApiParameter("q", str, description="Name or code of a tag."),
            OpenApiParameter("kind", str, enum=RULE_KINDS),
            OpenApiParameter("line", str, description="Slug of a business line; - for the rules of all lines."),
        ],
    )
    def get(self, request: Request) -> Response:
        """The rules of the newest version."""
        asked = {name: request.query_params.get(name, "")[:200] for name in ("q", "kind", "line")}
        return self.listed(_desk().listed(asked["q"], asked["kind"], asked["line"]))


class Contradictions(View):
    permission_classes = (IsAuthenticated, may("change_rule"))

    @extend_schema(
        operation_id="rules_contradictions",
        parameters=[OpenApiParameter("change_set", int, description="With its edits; without it the newest version.")],
        responses=ContradictionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What the rules demand and forbid at once."""
        pk = request.query_params.get("change_set", "")
        chosen = get_object_or_404(ChangeSet.objects.unpublished(), pk=int(pk) if pk.isdecimal() else 0) if pk else None
        return Response(ContradictionSerializer(_desk(chosen).contradictions(), many=True).data)  # type: ignore[arg-type]


class Proposals(View):
    permission_classes = (IsAuthenticated, may("change_rule"))
    queryset = RuleProposal.objects.none()
    serializer_class = ProposalSerializer

    @extend_schema(operation_id="rule_proposals_list")
    def get(self, request: Request) -> Response:
        """Rules that reviewed clips speak for and nobody has decided about, the strongest first."""
        return self.listed(RuleProposal.objects.open().shown())


class Decision(View):
    permission_classes = (IsAuthenticated, may("change_rule"))


class Accept(Decision):
    @extend_schema(
        operation_id="rule_proposals_accept",
        request=None,
        responses={200: ProposedEditSerializer, 409: OpenApiResponse(description="Decided already, or not possible.")},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Put the rule into this person's open change set."""
        get_object_or_404(RuleProposal, pk=pk)
        try:
            edit = rule_proposals.accept(pk, request.user)  # type: ignore[arg-type]
        except rule_proposals.Decided:
            return Response({"detail": "It was decided already."}, status=409)
        except EditRefused as refused:
            return Response({"detail": Words(drafts.empty().base).refused(refused)}, status=409)
        return Response({"change_set": edit.change_set_id, "number": edit.number})


class Refuse(Decision):
    @extend_schema(
        operation_id="rule_proposals_refuse",
        request=None,
        responses={204: None, 409: OpenApiResponse(description="Decided already.")},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Never propose it again."""
        get_object_or_404(RuleProposal, pk=pk)
        try:
            rule_proposals.refuse(pk, request.user)  # type: ignore[arg-type]
        except rule_proposals.Decided:
            return Response({"detail": "It was decided already."}, status=409)
        return Response(status=204)


urlpatterns = [
    path("rules/", Rules.as_view(), name="api-rules"),
    path("rules/contradictions/", Contradictions.as_view(), name="api-rule-contradictions"),
    path("rule-proposals/", Proposals.as_view(), name="api-rule-proposals"),
    path("rule-proposals/<int:pk>/accept/", Accept.as_view(), name="api-rule-proposal-accept"),
    path("rule-proposals/<int:pk>/refuse/", Refuse.as_view(), name="api-rule-proposal-refuse"),
]
