"""The page where people choose their password, and where who has a first one begins."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from annotation import first_passwords
from annotation.forms.people import OwnPasswordForm
from annotation.password_middleware import KEY


class Choose(PasswordChangeView):
    form_class = OwnPasswordForm
    success_url = reverse_lazy("annotation:home")

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:  # type: ignore[override]
        answer = super().form_valid(form)
        first_passwords.chosen(form.user)
        self.request.session.pop(KEY, None)
        messages.success(self.request, _("Your password was changed."))
        return answer
