"""What editors may send about a guideline."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from taxonomy.drafting.edits import MOST_OTHERS, MOST_TEXT


class GuidelineForm(forms.Form):
    """A text with its clips; `examples` and `counter_examples` are ids of videos, repeated."""

    data: QueryDict

    body = forms.CharField(
        label=_("Text"), required=False, max_length=MOST_TEXT, strip=False, widget=forms.Textarea(attrs={"rows": 18})
    )
    confirm = forms.BooleanField(
        label=_("Reviewers must confirm this change"),
        required=False,
        help_text=_("Their next verdict on the tag waits until they have read it."),
    )

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n").strip()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for name in ("examples", "counter_examples"):
            told[name] = clips(self.data, name)
        if len(told["examples"]) > MOST_OTHERS or len(told["counter_examples"]) > MOST_OTHERS:
            self.add_error(None, _("That are too many clips."))
        return told


def clips(data: QueryDict, name: str) -> list[int]:
    """Ids of videos as they were sent, each once."""
    told = (value for value in data.getlist(name) if value.isascii() and value.isdigit() and len(value) < 19)
    return list(dict.fromkeys(int(value) for value in told if int(value)))
