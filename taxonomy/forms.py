"""What editors may send to the taxonomy's pages."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from taxonomy.models import ChangeSet, TaxonomyVersion


class ImportForm(forms.Form):
    """Files of tags and rules; see taxonomy.exchange.csv for their columns."""

    tags = forms.FileField(label=_("Tags (CSV)"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))
    rules = forms.FileField(
        label=_("Rules (CSV)"), required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)
    dry_run = forms.BooleanField(label=_("Only show what would change"), required=False, initial=True)

    def clean_tags(self) -> bytes:
        return _content(self.cleaned_data["tags"])

    def clean_rules(self) -> bytes | None:
        file: UploadedFile | None = self.cleaned_data["rules"]
        return _content(file) if file else None


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > settings.IMPORT_MAX_UPLOAD:
        limit = filesizeformat(settings.IMPORT_MAX_UPLOAD)
        raise forms.ValidationError(_("The file is larger than %(limit)s."), params={"limit": limit})
    content: bytes = file.read()
    return content


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
