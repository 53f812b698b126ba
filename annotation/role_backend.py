"""Permissions come from roles alone, so one question to the database answers what a person may do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, User


class RoleBackend(ModelBackend):
    """Django's own backend without permissions given to single people, which the product never gives."""

    def get_user_permissions(self, user_obj: User | AnonymousUser, obj: Any = None) -> set[str]:
        # Superusers have everything; Django's look-up of "all" is what tells the admin's pages so.
        return super().get_user_permissions(user_obj, obj) if getattr(user_obj, "is_superuser", False) else set()
