"""Who may do what: three roles as Django groups with the permissions they carry, and the people who have them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import Token

from annotation import first_passwords
from annotation.models import ReviewTask
from taxonomy.models import BusinessLine

ROLE_NAMES = {"annotator": _("Annotator"), "editor": _("Taxonomy editor"), "admin": _("Admin")}

READ = ["tagging.view_video", "taxonomy.view_tag"]

ROLES: dict[str, list[str]] = {
    "annotator": [*READ, "annotation.add_review"],
    "editor": [
        *READ,
        *(
            f"taxonomy.{verb}_{model}"
            for verb in ("add", "change", "view")
            for model in ("tag", "tagname", "rule", "guideline")
        ),
        "taxonomy.delete_tagname",
        "taxonomy.delete_rule",
        "taxonomy.view_taxonomyversion",
        *(f"taxonomy.{verb}_changeset" for verb in ("add", "change", "view", "publish", "approve")),
        "tagging.manage_gallery",
        "annotation.adjudicate",
        "annotation.view_quality",
        "annotation.add_goldclip",
    ],
    "admin": [
        *READ,
        *(f"taxonomy.{verb}_businessline" for verb in ("add", "change", "view")),
        *(f"taxonomy.{verb}_governance" for verb in ("add", "change", "view")),
        *(f"tagging.{verb}_linepolicy" for verb in ("add", "change", "view")),
        "tagging.add_import",
        "tagging.view_import",
        "tagging.change_import",
        "tagging.manage_gallery",
        "registry.view_modelversion",
        "registry.promote_modelversion",
        "registry.view_trainingrun",
        "registry.add_trainingrun",
        "registry.change_trainingrun",
        "annotation.view_quality",
        "annotation.view_review",  # export
        "annotation.adjudicate",
        "annotation.add_learningsettings",
        "annotation.add_goldclip",
        "annotation.change_qualification",
        "annotation.change_reviewtask",  # return skipped tasks to the queue
        "auth.view_user",
        "auth.add_user",
        "auth.change_user",
    ],
}


def make_roles(**_kw: object) -> None:
    """Create the groups with exactly these permissions. Runs after each migrate."""
    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type").filter(
            Q(content_type__app_label__in=["annotation", "tagging", "taxonomy", "registry", "auth"])
        )
    }
    for role, permissions in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set([known[name] for name in permissions])


class NotAllowed(Exception):
    """This change of a person would lock somebody out; the message says whom."""


def create(username: str, name: str, roles: Iterable[str], lines: Iterable[BusinessLine]) -> tuple[User, str]:
    """Add a person. Returns them with a first password, which is not stored in a readable form anywhere."""
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        person = User.objects.create_user(username, password=password, first_name=name)
        give_roles(person, roles)
        person.business_lines.set(lines)
        first_passwords.given(person)
    return person, password


def give_roles(person: User, roles: Iterable[str]) -> None:
    """Let a person have exactly these roles. Editors and admins also get into the Django admin."""
    roles = set(roles)
    person.groups.set(Group.objects.filter(name__in=roles))
    person.is_staff = person.is_superuser or bool(roles & {"editor", "admin"})
    person.save(update_fields=["is_staff"])


def change(person: User, by: User, *, name: str, roles: Iterable[str], lines: Iterable[BusinessLine]) -> None:
    """Give a person exactly these roles and lines. Raises NotAllowed."""
    roles = set(roles)
    with transaction.atomic():
        _guard(person, by, stays_admin="admin" in roles)
        person.first_name = name
        person.save(update_fields=["first_name"])
        give_roles(person, roles)
        person.business_lines.set(lines)
        ReviewTask.objects.filter(assignee=person).exclude(business_line__in=lines).release()


def set_active(person: User, by: User, *, active: bool) -> None:
    """Let a person in, or shut them out at once: open sessions and tokens end. Raises NotAllowed."""
    with transaction.atomic():
        _guard(person, by, stays_admin=active)
        person.is_active = active
        person.save(update_fields=["is_active"])
        if not active:
            ReviewTask.objects.filter(assignee=person).release()
            Token.objects.filter(user=person).delete()


def reset_password(person: User, by: User) -> str:
    """Give a person a new first password; their sessions and tokens end. Raises NotAllowed."""
    with transaction.atomic():
        _guard(person, by, stays_admin=True)
        password = secrets.token_urlsafe(12)
        person.set_password(password)
        person.save(update_fields=["password"])
        first_passwords.given(person)
        Token.objects.filter(user=person).delete()
    return password


def _guard(person: User, by: User, *, stays_admin: bool) -> None:
    # One change of people at a time: two admins who remove each other must not both succeed.
    Group.objects.select_for_update().get(name="admin")
    if person.is_superuser and not by.is_superuser:
        raise NotAllowed(_("Only a superuser may change a superuser."))
    if stays_admin:
        return
    if person == by:
        raise NotAllowed(_("You cannot take your own access away. Ask another admin."))
    others = User.objects.filter(Q(groups__name="admin") | Q(is_superuser=True), is_active=True).exclude(pk=person.pk)
    if not others.exists():
        raise NotAllowed(_("The last admin stays."))
