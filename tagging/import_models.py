"""Intakes of videos, and the rows they refused."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from taxonomy.models import BusinessLine


class Import(models.Model):
    """One intake: a folder, a table of rows, or a call of the API."""

    class Kind(models.TextChoices):
        FOLDER = "folder", _("folder of media")
        CSV = "csv", _("CSV file")
        JSONL = "jsonl", _("JSONL file")
        API = "api", _("API")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")
        DONE = "done", _("done")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    source = models.CharField(_("source"), max_length=50)
    name = models.CharField(_("file"), max_length=300)  # as its user knows it
    path = models.TextField(_("path"))  # of the table or folder on this machine
    media_folder = models.TextField(_("media folder"), blank=True)  # nothing outside it is read
    mapping = models.JSONField(_("columns"), default=dict)  # our field -> their column
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, null=True, blank=True, verbose_name=_("business line")
    )  # that existing tags belong to
    position = models.PositiveBigIntegerField(
        _("rows read"), default=0
    )  # rows read and committed; a restart goes on from here
    total = models.PositiveBigIntegerField(_("rows"), null=True, blank=True)  # rows, when they could be counted cheaply
    imported = models.PositiveBigIntegerField(_("new videos"), default=0)
    known = models.PositiveBigIntegerField(_("known videos"), default=0)  # rows whose video was already there
    failed = models.PositiveBigIntegerField(_("rows refused"), default=0)
    error = models.TextField(_("error"), blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tagging:import", args=[self.pk])


class RowError(models.Model):
    """Why one row of an import, or its media, was not taken."""

    imported_by = models.ForeignKey(Import, models.CASCADE, related_name="errors")
    line = models.PositiveBigIntegerField(_("line"))
    field = models.CharField(_("column"), max_length=50, blank=True)
    reason = models.TextField(_("reason"))
    value = models.TextField(_("value"), blank=True)

    class Meta:
        ordering = ["line", "pk"]
        constraints = [
            # An import that starts again after a crash must not say the same thing twice.
            models.UniqueConstraint(fields=["imported_by", "line", "field"], name="one_error_a_field")
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"
