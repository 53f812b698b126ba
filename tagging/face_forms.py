"""What people may type into the pages of the gallery of faces."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tagging import gallery, tag_names
from tagging.face_models import KnownPerson
from tagging.forms import SeveralFilesField
from tagging.models import Video
from taxonomy.models import Tag

ACCEPTED = "image/jpeg,image/png,image/webp"


class ConsentForm(forms.Form):
    """What allows us to look for a face."""

    consent = forms.CharField(
        label=_("Consent"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who agreed to what, and where it is written down: a contract, a letter."),
    )
    consent_on = forms.DateField(label=_("Agreed on"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean_consent_on(self) -> date:
        day: date = self.cleaned_data["consent_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def told(self) -> gallery.Consent:
        return gallery.Consent(self.cleaned_data["consent"], self.cleaned_data["consent_on"])


class PersonForm(ConsentForm):
    """A new person of the gallery: an open tag of the kind person."""

    tag = forms.CharField(label=_("Person"), max_length=500, help_text=_("The name of a tag of the kind “person”."))
    field_order = ("tag", "consent", "consent_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tag"].widget.attrs |= {"list": "person-tags", "autocomplete": "off"}

    def clean_tag(self) -> Tag:
        name = self.cleaned_data["tag"]
        found = tag_names.resolve([name])[name]
        if isinstance(found, str):
            raise forms.ValidationError(_(found))
        tag = Tag.objects.get(pk=found)
        if tag.kind != Tag.Kind.PERSON:
            raise forms.ValidationError(_("This tag is not a person."))
        if KnownPerson.objects.filter(tag=tag).exists():
            raise forms.ValidationError(_("This person is in the gallery already."))
        return tag


class PhotosForm(forms.Form):
    photos = SeveralFilesField(
        label=_("Photos"), help_text=_("JPEG, PNG or WebP, each with the face clearly to be seen.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["photos"].widget.attrs["accept"] = ACCEPTED

    def clean_photos(self) -> list[File[bytes]]:
        files: list[File[bytes]] = self.cleaned_data["photos"]
        if len(files) > gallery.PHOTOS_AT_ONCE:
            raise forms.ValidationError(_("At most %(n)d photos at once.") % {"n": gallery.PHOTOS_AT_ONCE})
        if any((file.size or 0) > gallery.PHOTO_BYTES for file in files):
            most = filesizeformat(gallery.PHOTO_BYTES)
            raise forms.ValidationError(_("Too large: at most %(most)s a photo.") % {"most": most})
        return files


class MomentForm(forms.Form):
    """A moment of a clip that shows the person."""

    person = forms.ModelChoiceField(KnownPerson.objects.recognised(), widget=forms.HiddenInput)
    video = forms.ModelChoiceField(
        Video.objects.filter(media__isnull=False).select_related("media"),
        label=_("Clip"),
        widget=forms.NumberInput(attrs={"min": 1}),
        help_text=_("The number in the address of its page."),
        error_messages={"invalid_choice": _("There is no clip of that number.")},
    )
    second = forms.FloatField(label=_("Second"), min_value=0, widget=forms.NumberInput(attrs={"step": "any", "min": 0}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        video, second = found.get("video"), found.get("second")
        if video and second is not None and video.media and second > video.media.duration:
            raise forms.ValidationError(_("The clip ends before that second."))
        return found
