"""What a reviewer looks for among their own reviews."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from annotation.past import Wanted
from taxonomy.models import BusinessLine


class SearchForm(forms.Form):
    """All fields may be empty; what makes no sense says nothing."""

    q = forms.CharField(label=_("Words of the title, or the id"), required=False, max_length=200)
    tag = forms.CharField(label=_("Tag"), required=False, max_length=200)
    line = forms.ModelChoiceField(
        label=_("Business line"), queryset=BusinessLine.objects.none(), to_field_name="slug", required=False
    )
    undone = forms.BooleanField(label=_("taken back"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines  # type: ignore[attr-defined]  # of a ModelChoiceField
        self.is_valid()

    @property
    def wanted(self) -> Wanted:
        told = self.cleaned_data
        line = told.get("line")
        words, tag = told.get("q") or "", told.get("tag") or ""
        return Wanted(words.strip(), tag.strip(), line.pk if line else None, bool(told.get("undone")))

    @property
    def older_than(self) -> int | None:
        return self.cleaned_data.get("before")

    @property
    def told(self) -> dict[str, str]:
        """The fields that say something, to go on with."""
        line = self.cleaned_data.get("line")
        told = {"q": self.wanted.words, "tag": self.wanted.tag, "line": line.slug if line else ""}
        return {name: value for name, value in (told | {"undone": "1" if self.wanted.undone else ""}).items() if value}
