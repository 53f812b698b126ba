"""What each business line wants shown."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from taxonomy.models import BusinessLine, Tag


class LinePolicy(models.Model):
    """What one business line wants shown. The numbers of `tagging.policy.Policy`."""

    business_line = models.OneToOneField(
        BusinessLine, models.CASCADE, related_name="policy", verbose_name=_("business line")
    )
    threshold = models.FloatField(_("least confidence"), default=0.3)
    limit = models.PositiveSmallIntegerField(_("most tags"), default=10)
    auto_accept = models.FloatField(
        _("accept without a person from"), null=True, blank=True, help_text=_("Empty: a person sees each clip.")
    )
    audit_share = models.FloatField(
        _("audit slice"),
        null=True,
        blank=True,
        help_text=_(
            "Share of clips (0 to 1) that a person sees in any case, drawn at random. Quality is measured on them. "
            "Empty: as everywhere in this installation."
        ),
    )
    subtrees = models.ManyToManyField(
        Tag, blank=True, related_name="+", verbose_name=_("only these branches"), help_text=_("Empty: all.")
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=0, threshold__lte=1), name="threshold_is_0_to_1"),
            models.CheckConstraint(
                condition=Q(auto_accept=None) | Q(auto_accept__gte=0.5, auto_accept__lte=1), name="auto_accept_is_sure"
            ),
            models.CheckConstraint(
                condition=Q(audit_share=None) | Q(audit_share__gte=0, audit_share__lte=1), name="audit_share_is_0_to_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.business_line}"
