"""What admins say when they assign clips."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotation.assignments import MOST, Selection
from tagging import tag_names
from taxonomy.models import BusinessLine


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return f"{obj.first_name} ({obj.username})" if obj.first_name else obj.username


class AssignmentForm(forms.Form):
    """Whose, and which of a line's waiting clips."""

    line = forms.ModelChoiceField(label=_("Business line"), queryset=BusinessLine.objects.none(), to_field_name="slug")
    person = PersonField(
        label=_("Person"), queryset=User.objects.filter(is_active=True, groups__name="annotator").order_by("username")
    )
    words = forms.CharField(label=_("Words of the title, or the id"), required=False, max_length=200)
    tag = forms.CharField(label=_("Tag that is proposed, or one below it"), required=False, max_length=500)
    uploader = forms.CharField(label=_("Uploader"), required=False, max_length=200)
    source = forms.CharField(label=_("Source"), required=False, max_length=50)
    operation = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)
    most = forms.IntegerField(label=_("At most so many clips"), min_value=1, max_value=MOST, initial=50, required=False)

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines  # type: ignore[attr-defined]  # of a ModelChoiceField

    def clean_tag(self) -> int | None:
        if not (name := self.cleaned_data["tag"]):
            return None
        found = tag_names.resolve([name])[name]
        if isinstance(found, str):
            raise forms.ValidationError(gettext(found))
        return found

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        line, person = told.get("line"), told.get("person")
        if line and person and not line.members.filter(pk=person.pk).exists():
            self.add_error("person", _("This person does not work for the business line."))
        return told

    @property
    def selection(self) -> Selection:
        told = self.cleaned_data
        words, source, uploader = (told[name].strip() for name in ("words", "source", "uploader"))
        return Selection(words, source, uploader, told["tag"], told["most"] or 50)
