"""Change sets, edits and counts as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from taxonomy import changes
from taxonomy.drafting.edits import FIELDS, EditRefused
from taxonomy.edit_words import Words
from taxonomy.models import ChangeSet, Edit, Governance, TaxonomyVersion


class DescriptionSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, allow_blank=True, default="")
    comment = serializers.CharField(max_length=5000, allow_blank=True, default="")


class ChangeSetSerializer(serializers.ModelSerializer[ChangeSet]):
    author = serializers.CharField(source="author.username", default=None)
    approver = serializers.CharField(source="approver.username", default=None)
    base = serializers.IntegerField(source="base.number", default=None)
    version = serializers.IntegerField(source="version.number", default=None)

    class Meta:
        model = ChangeSet
        fields = (
            "id",
            "title",
            "comment",
            "state",
            "revision",
            "base",
            "version",
            "reverts",
            "author",
            "approver",
            "approved",
            "created_at",
            "closed_at",
        )


class OneEditSerializer(serializers.Serializer[Any]):
    op = serializers.ChoiceField(choices=list(FIELDS))
    values = serializers.DictField()


class EditsSerializer(serializers.Serializer[Any]):
    edits = OneEditSerializer(many=True, allow_empty=False, max_length=2_000)  # type: ignore[call-arg]
    seen = serializers.IntegerField(required=False, min_value=0, help_text="The revision of the set that was seen.")


class EditInWordsSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    op = serializers.CharField()
    values = serializers.DictField()
    words = serializers.CharField()
    author = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    removed = serializers.BooleanField()


class StoredSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField()
    edits = EditInWordsSerializer(many=True)
    since = EditInWordsSerializer(many=True)


class TextSerializer(serializers.Serializer[Any]):
    op = serializers.CharField()
    values = serializers.DictField()
    words = serializers.CharField()


class ExampleSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    url = serializers.CharField(allow_blank=True)


class CountSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()
    examples = ExampleSerializer(many=True)


class VersionSerializer(serializers.ModelSerializer[TaxonomyVersion]):
    author = serializers.CharField(source="author.username", default=None)

    class Meta:
        model = TaxonomyVersion
        fields = ("number", "digest", "comment", "author", "published_at")


def edits_in_words(edits: Iterable[Edit], words: Words) -> list[dict[str, Any]]:
    return [
        {
            "number": edit.number,
            "op": edit.op,
            "values": edit.values,
            "words": words.edit(edit.op, edit.values),
            "author": edit.author.username if edit.author else None,
            "at": edit.at,
            "removed": edit.removed is not None,
        }
        for edit in edits
    ]


def refusal(reason: EditRefused, words: Words) -> dict[str, Any]:
    return {"code": reason.code, "detail": words.refused(reason), "params": reason.params}


def with_edits(change_set: ChangeSet) -> dict[str, Any]:
    """A change set with its edits in words, what stands in its way, and leaves at odd levels."""
    edits = list(change_set.edits.standing().select_related("author"))
    draft, refused = changes.problems(change_set)
    words = Words(draft.base, [(edit.op, edit.values) for edit in edits])
    rules = Governance.load()
    return {
        **ChangeSetSerializer(change_set).data,
        "edits": edits_in_words(edits, words),
        "refused": [{"number": edit.number, **refusal(reason, words)} for edit, reason in refused],
        "odd_leaves": [
            {"tag": code, "name": words.name(code), "depth": depth}
            for code, depth in draft.odd_leaves(rules.shallowest, rules.deepest)
        ]
        if change_set.state in ChangeSet.UNPUBLISHED
        else [],
    }
