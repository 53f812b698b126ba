"""Permissions come from roles alone, so one question to the database answers who somebody is and what they may do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, User

from tagging import statements

# Asked anew with each request, and nothing of it is kept: who loses a role, or is shut out, is so at once.
PERSON = f"""
SELECT {statements.columns(User, "person")}, ARRAY(
    SELECT kind.app_label || '.' || permission.codename
    FROM auth_user_groups membership
    JOIN auth_group_permissions given USING (group_id)
    JOIN auth_permission permission ON permission.id = given.permission_id
    JOIN django_content_type kind ON kind.id = permission.content_type_id
    WHERE membership.user_id = person.id)
FROM auth_user person WHERE person.id = %(person)s
"""  # noqa: S608  # constants


class RoleBackend(ModelBackend):
    """Django's own backend without permissions given to single people, which the product never gives."""

    def get_user(self, user_id: Any) -> User | None:
        row = statements.row(PERSON, {"person": int(user_id)})
        if row is None:
            return None
        person = statements.instance(User, row[:-1])
        if not person.is_superuser:  # superusers have everything, which Django looks up where it is asked for
            person._group_perm_cache = set(row[-1])  # type: ignore[attr-defined]
        return person if self.user_can_authenticate(person) else None

    def get_user_permissions(self, user_obj: User | AnonymousUser, obj: Any = None) -> set[str]:
        # Superusers have everything; Django's look-up of "all" is what tells the admin's pages so.
        return super().get_user_permissions(user_obj, obj) if getattr(user_obj, "is_superuser", False) else set()
