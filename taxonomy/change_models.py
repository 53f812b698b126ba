"""Edits that gather until they are published together, and what a site asks of those who publish."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ChangeSetQuerySet(models.QuerySet["ChangeSet"]):
    def unpublished(self) -> ChangeSetQuerySet:
        """The ones that may still change."""
        return self.filter(state__in=ChangeSet.UNPUBLISHED)

    def shown(self) -> ChangeSetQuerySet:
        """With the people and versions that a list names, without the versions' content."""
        people = self.select_related("author", "approver", "publisher", "reverts", "base", "version")
        return people.defer("base__content", "base__annex", "version__content", "version__annex")


class ChangeSet(models.Model):
    """Edits of the taxonomy that are published together. See docs/adr/0007."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PROPOSED = "proposed", _("waits for approval")
        PUBLISHED = "published", _("published")
        DISCARDED = "discarded", _("discarded")

    UNPUBLISHED = (State.OPEN, State.PROPOSED)

    title = models.CharField(_("title"), max_length=200, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    revision = models.PositiveIntegerField(default=0)  # grows with each edit that is added or taken out
    base = models.ForeignKey(
        "taxonomy.TaxonomyVersion", models.PROTECT, null=True, blank=True, related_name="begun_here"
    )  # the version it was begun on; None: there was none
    version = models.OneToOneField(
        "taxonomy.TaxonomyVersion", models.PROTECT, null=True, blank=True, related_name="change_set"
    )  # the version it became
    reverts = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reverted_by")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # An edit after the approval asks for another one.
    approved_revision = models.PositiveIntegerField(null=True, blank=True)
    publisher = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)  # published or discarded

    objects = ChangeSetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("change set")
        verbose_name_plural = _("change sets")
        permissions = [
            ("publish_changeset", "Can publish a change set"),
            ("approve_changeset", "Can approve a change set"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="published", version__isnull=False) | (~Q(state="published") & Q(version=None)),
                name="a_published_set_names_its_version",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("taxonomy:change-set", args=[self.pk])

    @property
    def approved(self) -> bool:
        """Whether somebody approved it as it is now."""
        return self.approved_revision is not None and self.approved_revision == self.revision


class EditQuerySet(models.QuerySet["Edit"]):
    def standing(self) -> EditQuerySet:
        """Those that were not taken out again."""
        return self.filter(removed=None)

    def since(self, revision: int) -> EditQuerySet:
        """Those added or taken out after a revision."""
        return self.filter(Q(number__gt=revision) | Q(removed__gt=revision))


class Edit(models.Model):
    """One edit of a change set. One that is taken out stays as a row, so that others can be told about it."""

    class Op(models.TextChoices):
        CREATE = "create", _("create")
        RENAME = "rename", _("rename")
        MOVE = "move", _("move")
        MERGE = "merge", _("merge")
        UNMERGE = "unmerge", _("take a merge back")
        SPLIT = "split", _("split")
        UNSPLIT = "unsplit", _("take a split back")
        STATE = "state", _("change the state")
        ASSIGNABLE = "assignable", _("allow or forbid giving it")
        DELETE = "delete", _("delete")
        RULE_ADD = "rule_add", _("add a rule")
        RULE_CHANGE = "rule_change", _("change a rule")
        RULE_REMOVE = "rule_remove", _("remove a rule")
        RELATION_ADD = "relation_add", _("add a relation")
        RELATION_REMOVE = "relation_remove", _("remove a relation")
        GUIDELINE = "guideline", _("change a guideline")
        IMPORT = "import", _("import")

    change_set = models.ForeignKey(ChangeSet, models.CASCADE, related_name="edits")
    number = models.PositiveIntegerField()  # the revision that it made
    removed = models.PositiveIntegerField(null=True, blank=True)  # the revision that took it out
    op = models.CharField(max_length=20, choices=Op)
    values = models.JSONField()
    before = models.JSONField(null=True, blank=True)  # once published: the edits that take it back, [[op, values]]
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = EditQuerySet.as_manager()

    class Meta:
        ordering = ["change_set", "number"]
        verbose_name = _("edit")
        verbose_name_plural = _("edits")
        constraints = [models.UniqueConstraint(fields=["change_set", "number"], name="one_edit_a_revision")]

    def __str__(self) -> str:
        return f"{self.change_set_id}.{self.number} {self.op}"


class Governance(models.Model):
    """How the taxonomy of this site is edited. One row."""

    approval = models.BooleanField(
        _("a second person approves"),
        default=False,
        help_text=_("A change set is published only after somebody else than its author approved it."),
    )
    shallowest = models.PositiveSmallIntegerField(
        _("least levels of a branch"), default=3, help_text=_("A leaf outside these levels is pointed out.")
    )
    deepest = models.PositiveSmallIntegerField(_("most levels of a branch"), default=5)

    class Meta:
        verbose_name = _("how the taxonomy is edited")
        verbose_name_plural = _("how the taxonomy is edited")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_governance"),
            models.CheckConstraint(
                condition=Q(shallowest__gte=1, shallowest__lte=F("deepest"), deepest__lte=6),
                name="levels_are_a_range",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def load(cls) -> Governance:
        """The row, or what holds while nobody has set anything."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
