"""Business lines: consumers of tags."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class BusinessLineQuerySet(models.QuerySet["BusinessLine"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> BusinessLineQuerySet:
        """The lines whose work this person may see: their own; all of them for who runs the lines."""
        if user.has_perm("taxonomy.change_businessline"):  # type: ignore[union-attr]
            return self.all()
        return self.filter(members=user.pk)


class BusinessLine(models.Model):
    """A consumer of tags with its own guidelines, allowed tags and policy."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("Chinese name"), max_length=100, blank=True)
    overlap = models.PositiveSmallIntegerField(
        _("reviewers a clip"), default=1, help_text=_("How many people review each clip independently.")
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="business_lines", verbose_name=_("members")
    )

    objects = BusinessLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("business line")
        verbose_name_plural = _("business lines")
        constraints = [models.CheckConstraint(condition=Q(overlap__gte=1, overlap__lte=9), name="overlap_is_1_to_9")]

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name
