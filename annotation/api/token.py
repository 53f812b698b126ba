"""Signing in, for programs."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import gettext as _
from rest_framework.authtoken.models import Token as TokenRow
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from annotation import first_passwords


class Token(ObtainAuthToken):
    """Sign in: a token for the header `Authorization: Token <token>`."""

    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "token"

    def get_serializer_context(self) -> dict[str, Any]:
        # The plain request, on which django-axes notes that somebody has tried too often.
        return {**super().get_serializer_context(), "request": self.request._request}

    def post(self, request: Request, *args: Any, **kw: Any) -> Response:
        """A first password, made by an admin, gets none: its owner chooses their own on the page."""
        told = self.get_serializer(data=request.data)
        told.is_valid(raise_exception=True)
        if first_passwords.waits(told.validated_data["user"]):
            raise PermissionDenied(_("Choose your own password first."))
        token, _created = TokenRow.objects.get_or_create(user=told.validated_data["user"])
        return Response({"token": token.key})


urlpatterns = [
    path("token/", Token.as_view(), name="api-token"),
]
