"""What people may type into the pages of videos and imports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from tagging import columns, search, tag_names, uploads
from tagging.folders import SUFFIXES
from tagging.intake import KIND_OF_SUFFIX
from tagging.rows import FIELDS
from taxonomy.models import BusinessLine

FIELD_NAMES = {
    "external_id": _("Id"),
    "title": _("Title"),
    "description": _("Description"),
    "cover_text": _("Cover text"),
    "uploader": _("Uploader"),
    "program": _("Program"),
    "media": _("Media file"),
    "tags": _("Tags"),
}
STATE_NAMES = {
    "unreviewed": _("not reviewed"),
    "reviewed": _("reviewed"),
    "suggested": _("with suggestions"),
    "text": _("text only"),
    "pending": _("being examined"),
    "broken": _("broken"),
}


class VideoSearchForm(forms.Form):
    """Everything is optional; what makes no sense is left out of the query and said beside its field."""

    q = forms.CharField(label=_("Search"), max_length=200, required=False)
    tag = forms.CharField(label=_("Tag"), max_length=500, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    uploader = forms.CharField(label=_("Uploader"), max_length=200, required=False)
    source = forms.CharField(label=_("Source"), max_length=50, required=False)
    before = forms.IntegerField(min_value=0, max_value=2**62, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state, STATE_NAMES[state]) for state in search.STATES]
        self.fields["state"].choices = [("", _("any state")), *states]  # type: ignore[attr-defined]

    def clean_tag(self) -> int | None:
        if not (name := self.cleaned_data["tag"]):
            return None
        found = tag_names.resolve([name])[name]
        if isinstance(found, str):
            raise forms.ValidationError(_(found))
        return found

    def query(self) -> search.Query:
        self.is_valid()
        found = self.cleaned_data
        return search.Query(
            text=found.get("q", ""),
            tag=found.get("tag"),
            state=found.get("state", ""),
            uploader=found.get("uploader", ""),
            source=found.get("source", ""),
            before=found.get("before"),
        )


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """A list of files."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[File[bytes]]:
        files = data if isinstance(data, list | tuple) else [data]
        return [file for file in (super(SeveralFilesField, self).clean(one, initial) for one in files) if file]


class ImportForm(forms.Form):
    """A table, clips, or a folder on the server; a folder beside a table is where its media lie."""

    table = forms.FileField(label=_("CSV or JSONL file"), required=False)
    clips = SeveralFilesField(label=_("Clips"), required=False)
    folder = forms.ChoiceField(
        label=_("Folder on the server"),
        required=False,
        help_text=_("With a table: where its media files lie. Alone: all its clips."),
    )
    source = forms.CharField(
        label=_("Source"), max_length=50, help_text=_("A short name; with their ids it tells videos apart.")
    )
    business_line = forms.ModelChoiceField(
        BusinessLine.objects.all(),
        label=_("Business line"),
        required=False,
        help_text=_("Only where the videos bring tags: they become reviews of this line."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        folders = [(str(folder), str(folder)) for folder in settings.IMPORT_FOLDERS]
        self.fields["folder"].choices = [("", "–"), *folders]  # type: ignore[attr-defined]
        self.fields["table"].widget.attrs["accept"] = ",".join(KIND_OF_SUFFIX)
        self.fields["clips"].widget.attrs["accept"] = ",".join(sorted(SUFFIXES))
        if not folders:
            del self.fields["folder"]

    def clean_table(self) -> File[bytes] | None:
        table = self.cleaned_data["table"]
        if table and Path(table.name).suffix.lower() not in KIND_OF_SUFFIX:
            raise forms.ValidationError(_("This is neither a CSV nor a JSONL file."))
        return table

    def clean_folder(self) -> Path | None:
        name = self.cleaned_data["folder"]
        try:
            return uploads.allowed_folder(name) if name else None
        except ValueError as error:
            raise forms.ValidationError(_("This folder cannot be read now.")) from error

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        table, clips, folder = found.get("table"), found.get("clips"), found.get("folder")
        if not self.errors and table and clips:
            text = _("Choose either a table or clips. The media of a table are read from a folder on the server.")
            raise forms.ValidationError(text)
        if not self.errors and (bool(table) + bool(clips) != 1) and not (folder and not table and not clips):
            raise forms.ValidationError(_("Choose a table, clips, or a folder."))
        size = sum(file.size or 0 for file in [*(clips or []), *([table] if table else [])])
        if size > settings.IMPORT_MAX_UPLOAD:
            most = filesizeformat(settings.IMPORT_MAX_UPLOAD)
            raise forms.ValidationError(_("Too large: at most %(most)s at once.") % {"most": most})
        return found


class ColumnsForm(forms.Form):
    """Which column of the table is which of our fields."""

    def __init__(self, *args: Any, table_columns: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        guessed = columns.guess(table_columns)
        if not self.initial.get("business_line"):  # a column that merely looks like tags makes no reviews by itself
            guessed.pop("tags", None)
        choices = [("", "–"), *((column, column) for column in table_columns if column.strip())]
        for field in FIELDS:
            self.fields[field] = forms.ChoiceField(
                label=FIELD_NAMES[field], choices=choices, required=False, initial=guessed.get(field, "")
            )
        self.fields["business_line"] = forms.ModelChoiceField(
            BusinessLine.objects.all(),
            label=_("Business line of the tags"),
            required=False,
            help_text=_("Tags become reviews of this line."),
        )

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if not any(found.get(field) for field in FIELDS):
            raise forms.ValidationError(_("No column is known: name at least one."))
        if found.get("tags") and not found.get("business_line"):
            self.add_error("business_line", _("Tags need the business line they belong to."))
        return found

    def mapping(self) -> dict[str, str]:
        return {field: self.cleaned_data[field] for field in FIELDS if self.cleaned_data[field]}
