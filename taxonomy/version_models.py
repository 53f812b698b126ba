"""Published states of the taxonomy."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TaxonomyVersion(models.Model):
    """A published state of tags, rules, relations and guidelines. The live tables hold exactly the newest one."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    content = models.BinaryField(editable=False)  # gzipped canonical JSON, as it is sent to browsers
    annex = models.BinaryField(null=True, editable=False)  # gzipped JSON that browsers do not need, see contents.annex
    digest = models.CharField(_("digest"), max_length=64)  # sha256 of the JSON that browsers get
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    published_at = models.DateTimeField(_("published"), auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("taxonomy version")
        verbose_name_plural = _("taxonomy versions")

    def __str__(self) -> str:
        return f"v{self.number}"
