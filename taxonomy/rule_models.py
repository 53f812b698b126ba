"""What may stand together, and what each tag means."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from taxonomy.line_models import BusinessLine
from taxonomy.tag_models import Tag


class Rule(models.Model):
    """What may stand together, for all business lines or for one. A category stands for its whole branch."""

    class Kind(models.TextChoices):
        EXCLUDES = "excludes", _("excludes")
        REQUIRES = "requires", _("requires one of")
        AT_MOST_ONE_CHILD = "at_most_one_child", _("at most one child")
        CO_OCCURS = "co_occurs", _("often with")

    key = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())  # edits name a rule by it
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    subject = models.ForeignKey(Tag, models.PROTECT, related_name="rules", verbose_name=_("tag"))
    others = models.ManyToManyField(Tag, blank=True, related_name="rules_of_others", verbose_name=_("other tags"))
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, null=True, blank=True, verbose_name=_("business line")
    )
    weight = models.FloatField(_("weight"), default=0.0, help_text=_("Only for “often with”: added to the score."))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("rule")
        verbose_name_plural = _("rules")

    def __str__(self) -> str:
        return f"{self.subject} {self.get_kind_display()}"


class Guideline(models.Model):
    """What a tag means, for one business line or for all. A new text is a new row with the next version.

    An empty text says that from this version on there is none. `examples` and `counter_examples` are ids of videos.
    """

    tag = models.ForeignKey(Tag, models.PROTECT, related_name="guidelines", verbose_name=_("tag"))
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, null=True, blank=True, verbose_name=_("business line")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    body = models.TextField(_("text"), help_text=_("Markdown."), blank=True)
    examples = ArrayField(models.BigIntegerField(), default=list, blank=True)
    counter_examples = ArrayField(models.BigIntegerField(), default=list, blank=True)
    confirm = models.BooleanField(
        _("reviewers confirm it"), default=False, help_text=_("Who reviews this tag says that they read the change.")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        ordering = ["tag", "business_line", "-version"]
        verbose_name = _("guideline")
        verbose_name_plural = _("guidelines")
        constraints = [
            models.UniqueConstraint(
                fields=["tag", "business_line", "version"], nulls_distinct=False, name="one_guideline_version"
            )
        ]
        indexes = [models.Index(fields=["tag"], condition=Q(confirm=True), name="guideline_to_confirm")]

    def __str__(self) -> str:
        return f"{self.tag} v{self.version}"
