"""What a rule would break, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from ml.registry.requests import SignedInCall
from tagging import rule_breaks
from tagging.api import View
from taxonomy.drafting.edits import RULE_KINDS
from taxonomy.models import BusinessLine, Tag


class TriedRuleSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=RULE_KINDS)
    subject = serializers.SlugRelatedField(slug_field="code", queryset=Tag.objects.all())
    others = serializers.SlugRelatedField(slug_field="code", queryset=Tag.objects.all(), many=True, required=False)
    line = serializers.SlugRelatedField(
        slug_field="slug", queryset=BusinessLine.objects.all(), allow_null=True, default=None
    )


class BrokenSetSerializer(serializers.Serializer[rule_breaks.Example]):
    video = serializers.IntegerField(source="video.pk")
    line = serializers.SlugField(source="line.slug")
    tags = serializers.ListField(child=serializers.CharField(), help_text="Names of the tags that the rule speaks of.")


class BrokenSerializer(serializers.Serializer[rule_breaks.Broken]):
    sets = serializers.IntegerField(help_text="Tag sets, one a video and business line.")
    examples = BrokenSetSerializer(many=True)


class Breaks(View):
    needs: ClassVar = {"POST": "taxonomy.change_rule"}

    @extend_schema(operation_id="rules_breaks", request=TriedRuleSerializer, responses=BrokenSerializer)
    def post(self, request: SignedInCall) -> Response:
        """How many stored tag sets a rule would break, and some of the clips. Nothing is stored."""
        form = TriedRuleSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        told = form.validated_data
        others = [tag.code for tag in told.get("others", ())]
        line = told["line"].slug if told["line"] else None
        values = {"kind": told["kind"], "subject": told["subject"].code, "others": others, "line": line}
        return Response(BrokenSerializer(rule_breaks.of(rule_breaks.live(values))).data)


urlpatterns = [path("rules/breaks/", Breaks.as_view(), name="api-rule-breaks")]
