"""What editors may send to the taxonomy's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from taxonomy.models import ChangeSet, TaxonomyVersion


class ImportForm(forms.Form):
    """A file in one of the formats of taxonomy.exchange, and for CSV one of rules."""

    tags = forms.FileField(
        label=_("File"), widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.json,.jsonld,.ttl,.rdf,.xml,text/*"})
    )
    form = forms.ChoiceField(
        label=_("Format"),
        required=False,
        choices=[
            ("", _("as the file looks")),
            ("csv", "CSV"),
            ("iab", "IAB Content Taxonomy (TSV)"),
            ("audioset", "AudioSet (JSON)"),
            ("skos", "SKOS (Turtle, RDF/XML, JSON-LD)"),
        ],
    )
    rules = forms.FileField(
        label=_("Rules (CSV)"), required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)
    dry_run = forms.BooleanField(label=_("Only show what would change"), required=False, initial=True)

    def clean_tags(self) -> UploadedFile:
        return _small_enough(self.cleaned_data["tags"])

    def clean_rules(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["rules"]
        return _small_enough(file) if file else None

    def clean(self) -> dict[str, Any] | None:
        told = super().clean()
        if self.cleaned_data.get("rules") and self.cleaned_data.get("form") not in {"", "csv"}:
            self.add_error("rules", _("Only CSV has its rules in a file of their own."))
        return told


def _small_enough(file: UploadedFile) -> UploadedFile:
    if (file.size or 0) > settings.IMPORT_MAX_UPLOAD:
        limit = filesizeformat(settings.IMPORT_MAX_UPLOAD)
        raise forms.ValidationError(_("The file is larger than %(limit)s."), params={"limit": limit})
    return file


class DescriptionForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a change set is about."""

    class Meta:
        model = ChangeSet
        fields = ("title", "comment")
        widgets = {"comment": forms.Textarea(attrs={"rows": 3})}


class CompareForm(forms.Form):
    """Two versions by number."""

    former = forms.ModelChoiceField(
        TaxonomyVersion.objects.defer("content", "annex"), to_field_name="number", label=_("from version")
    )
    later = forms.ModelChoiceField(
        TaxonomyVersion.objects.defer("content", "annex"), to_field_name="number", label=_("to version")
    )
