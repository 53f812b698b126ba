"""With a first password there is one page: the one where another is chosen."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

KEY = "first_password"  # of the session, so that no request has to ask the database


class ChooseFirst:
    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.session.get(KEY) or request.path in _open():
            return self.answer(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": _("Choose your own password first.")}, status=403)
        return redirect("annotation:password")


def _open() -> set[str]:
    return {reverse("annotation:password"), reverse("logout"), reverse("set_language")}
