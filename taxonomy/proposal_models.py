"""Rules that reviewed clips speak for, until an editor accepts or refuses them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RuleProposalQuerySet(models.QuerySet["RuleProposal"]):
    def open(self) -> RuleProposalQuerySet:
        """What nobody has decided yet, the strongest first."""
        return self.filter(state=RuleProposal.State.OPEN).order_by("kind", "-strength", "pk")

    def shown(self) -> RuleProposalQuerySet:
        return self.select_related("subject", "other", "business_line", "decided_by")


class RuleProposal(models.Model):
    """A rule that reviewed clips speak for, with its counts. A refused one stays, so that it is not proposed again."""

    class Kind(models.TextChoices):
        EXCLUDES = "excludes", _("never together")
        REQUIRES = "requires", _("always together")
        AT_MOST_ONE_CHILD = "at_most_one_child", _("at most one child")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    subject = models.ForeignKey("taxonomy.Tag", models.CASCADE, related_name="+", verbose_name=_("tag"))
    other = models.ForeignKey(
        "taxonomy.Tag", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("other tag")
    )
    business_line = models.ForeignKey(
        "taxonomy.BusinessLine", models.CASCADE, null=True, blank=True, verbose_name=_("business line")
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    sets = models.PositiveIntegerField()  # reviewed tag sets that were looked at
    subject_sets = models.PositiveIntegerField()  # that hold the tag or one below it
    other_sets = models.PositiveIntegerField()
    together = models.PositiveIntegerField()
    expected = models.FloatField()  # sets that would hold both by chance
    bound = models.FloatField()  # of excludes the most times chance it may be, of requires the least share
    strength = models.FloatField()  # sets the finding rests on: how they are ordered within a kind
    counted_at = models.DateTimeField(_("counted"), auto_now=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = RuleProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed rule")
        verbose_name_plural = _("proposed rules")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "other", "business_line"], nulls_distinct=False, name="proposed_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="at_most_one_child", other=None) | (~Q(kind="at_most_one_child") & ~Q(other=None)),
                name="a_proposed_pair_has_two_tags",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} {self.other_id or ''}"
