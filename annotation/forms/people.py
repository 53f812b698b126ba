"""What an admin types about a person."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotation.people import ROLE_NAMES
from taxonomy.models import BusinessLine


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=list(ROLE_NAMES.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    lines = forms.ModelMultipleChoiceField(
        BusinessLine.objects.all(), label=_("Business lines"), widget=forms.CheckboxSelectMultiple, required=False
    )


class NewPersonForm(PersonForm):
    username = forms.CharField(label=_("Username"), max_length=150, validators=[UnicodeUsernameValidator()])
    field_order = ["username", "name", "roles", "lines"]

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("Somebody has this username already."))
        return username


class OwnPasswordForm(PasswordChangeForm):  # type: ignore[type-arg]
    """Django's form, which would take the old password for a new one."""

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError(_("Choose another one than the one you have."))
        return password
