"""What editors may send about a rule."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from taxonomy import search
from taxonomy.drafting.draft import Draft
from taxonomy.drafting.published import RuleValue
from taxonomy.models import BusinessLine, Rule, Tag
from taxonomy.search_keys import fold


class Typed(forms.TextInput):
    """Of several values the first that says something: what was picked, then what was typed."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
        return next((value for value in values if value.strip()), "")


class RuleForm(forms.Form):
    """A rule as the values of an edit. Tags are told by code, or typed by name where scripts do not run."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Rule.Kind.choices)
    subject = forms.CharField(label=_("Tag"), max_length=200, widget=Typed)
    others = forms.CharField(label=_("Other tags"), required=False, max_length=5_000)
    line = forms.ModelChoiceField(
        label=_("Business line"),
        queryset=BusinessLine.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=_("All business lines"),
    )
    weight = forms.FloatField(label=_("Weight"), required=False, min_value=0, max_value=999)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    data: QueryDict

    def __init__(self, data: QueryDict | None, draft: Draft, rule: RuleValue | None = None) -> None:
        super().__init__(data)
        self.draft, self.rule = draft, rule
        self.key = rule.key if rule else str(uuid.uuid4())

    def clean_subject(self) -> str:
        return self._code(self.cleaned_data["subject"])

    def clean_others(self) -> list[str]:
        """One field a tag from the script, several names with a semicolon between them without it."""
        told = [part.strip() for value in self.data.getlist("others") for part in value.split(";")]
        return list(dict.fromkeys(self._code(part) for part in told if part))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        kind, others = told.get("kind"), told.get("others")
        if kind == Rule.Kind.AT_MOST_ONE_CHILD:
            told["others"] = []
        elif kind and others == []:
            self.add_error("others", _("Name the other tags."))
        if others and told.get("subject") in others and kind != Rule.Kind.AT_MOST_ONE_CHILD:
            self.add_error("others", _("A rule speaks of other tags than its own."))
        return told

    @property
    def values(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {
            "rule": self.key,
            "kind": told["kind"],
            "subject": told["subject"],
            "others": told["others"],
            "line": told["line"].slug if told["line"] else None,
            "weight": told["weight"] or 0.0 if told["kind"] == Rule.Kind.CO_OCCURS else 0.0,
            "note": told["note"],
        }

    def _code(self, typed: str) -> str:
        if node := self.draft.find(typed):
            return node.code
        found = search.search(typed)
        whole = [each for each in found if fold(each.matched) == fold(typed)]
        if len(whole or found) == 1:
            return Tag.objects.values_list("code", flat=True).get(pk=(whole or found)[0].tag)
        if found:
            raise forms.ValidationError(_("Several tags are called “%(name)s”."), params={"name": typed})
        raise forms.ValidationError(_("No tag is called “%(name)s”."), params={"name": typed})
