"""Who may do what: three roles as Django groups with the permissions they carry."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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
    ],
    "admin": [
        *READ,
        *(f"taxonomy.{verb}_businessline" for verb in ("add", "change", "view")),
        *(f"tagging.{verb}_linepolicy" for verb in ("add", "change", "view")),
        "tagging.add_import",
        "tagging.view_import",
        "tagging.change_import",
        "registry.view_modelversion",
        "registry.promote_modelversion",
        "registry.view_trainingrun",
        "registry.add_trainingrun",
        "registry.change_trainingrun",
        "annotation.view_review",  # export
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
