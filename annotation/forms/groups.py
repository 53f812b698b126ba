"""What the page of a group of clips sends.

Fields
    operation          uuid made by the page; sent twice, done once
    tag-<tag>          all | proposed | none: which clips get the tag; one for each tag of the page
    add                a tag to give to every clip: its code, or without JavaScript its name; repeated
    without            id of a video that is taken out; repeated
    confirm            id of a guideline that the reviewer confirms to have read; repeated
    seconds, keystrokes, edits   of work on the group, or empty
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from annotation.forms.reviews import LONGEST, MOST_STEPS, MOST_TAGS, is_id
from annotation.groups.choice import ALL, CHOICES
from annotation.verdicts import Effort
from taxonomy import search
from taxonomy.models import Tag
from taxonomy.search_keys import fold

MOST_CLIPS = 200  # that can be named


class GroupForm(forms.Form):
    operation = forms.UUIDField()
    seconds = forms.FloatField(required=False, min_value=0, max_value=LONGEST)
    keystrokes = forms.IntegerField(required=False, min_value=0, max_value=MOST_STEPS)
    edits = forms.IntegerField(required=False, min_value=0, max_value=MOST_STEPS)

    data: QueryDict

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        said = {name[4:]: value for name, value in self.data.items() if name.startswith("tag-") and is_id(name[4:])}
        if any(value not in CHOICES for value in said.values()) or len(said) > MOST_TAGS:
            raise forms.ValidationError(_("Say of each tag which clips get it."))
        told["choices"] = {int(tag): str(value) for tag, value in said.items()} | dict.fromkeys(self._added(), ALL)
        return told

    @property
    def without(self) -> frozenset[int]:
        """Videos that are taken out."""
        return self._ids("without", MOST_CLIPS)

    @property
    def confirmed(self) -> frozenset[int]:
        """Guidelines that the reviewer confirms to have read."""
        return self._ids("confirm", MOST_TAGS)

    @property
    def effort(self) -> Effort:
        return Effort(*(self.cleaned_data[name] for name in ("seconds", "keystrokes", "edits")))

    def _ids(self, name: str, most: int) -> frozenset[int]:
        return frozenset(int(value) for value in self.data.getlist(name)[:most] if is_id(value))

    def _added(self) -> Iterable[int]:
        told = [value.strip() for value in self.data.getlist("add")[:MOST_TAGS] if value.strip()]
        known = dict(Tag.objects.filter(code__in=told).values_list("code", "pk")) if told else {}
        return [known.get(value) or self._named(value) for value in told]

    def _named(self, words: str) -> int:
        """The one tag that is called so."""
        found = search.search(words, assignable=True)
        whole = [one for one in found if fold(one.matched) == fold(words)]
        if len(whole or found) != 1:
            raise forms.ValidationError(_("“%(words)s” is not the name of one tag.") % {"words": words})
        return (whole or found)[0].tag
