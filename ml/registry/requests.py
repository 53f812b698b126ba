"""Requests as the views behind a sign-in receive them. For type checkers: no request is ever made of these classes."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request


class SignedIn(HttpRequest):
    """Of a page: `login_required` let somebody in, and the htmx middleware has seen it."""

    user: User
    htmx: HtmxDetails


class SignedInCall(Request):
    """Of the API: `IsAuthenticated` let somebody in."""

    user: User
