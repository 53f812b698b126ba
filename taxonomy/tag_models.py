"""Tags, and what they have to do with each other."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

MAX_DEPTH = 6  # published trees have 3 to 5 levels, the deepest one we exchange with has 6


class Tag(models.Model):
    """One thing that may be said of a video: a node of the category tree or an open tag.

    The database keeps the tree sound: (parent, parent_depth) is a foreign key to (id, depth) that cascades, and depth
    is computed. Moving a branch is one UPDATE; a cycle would push depths beyond MAX_DEPTH and is refused.
    """

    class Kind(models.TextChoices):
        CATEGORY = "category", _("category")
        CONTENT = "content", _("content")
        PERSON = "person", _("person")
        PROGRAM = "program", _("program")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        DEPRECATED = "deprecated", _("deprecated")
        MERGED = "merged", _("merged")

    code = models.CharField(
        _("code"), max_length=100, unique=True, help_text=_("Never changes; imports know a tag by it.")
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CATEGORY)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    parent_depth = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    depth = models.GeneratedField(
        expression=Coalesce(F("parent_depth"), 0) + 1,
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    assignable = models.BooleanField(_("may be given to videos"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.CheckConstraint(condition=Q(depth__lte=MAX_DEPTH), name="tag_not_too_deep"),
            models.CheckConstraint(
                condition=Q(parent=None, parent_depth=None) | Q(parent__isnull=False, parent_depth__isnull=False),
                name="tag_knows_parent_depth",
            ),
            models.CheckConstraint(condition=Q(kind="category") | Q(parent=None), name="open_tag_has_no_parent"),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False) | (~Q(state="merged") & Q(merged_into=None)),
                name="merged_tag_names_its_target",
            ),
            models.UniqueConstraint("id", "depth", name="tag_id_and_depth"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.parent_depth = (
            None if self.parent is None else Tag.objects.values_list("depth", flat=True).get(pk=self.parent.pk)
        )
        if (fields := kwargs.get("update_fields")) and "parent" in fields:
            kwargs["update_fields"] = {*fields, "parent_depth"}
        super().save(*args, **kwargs)


class TagRelation(models.Model):
    """What a tag has to do with another one, or with the same thing in somebody else's vocabulary (`uri`)."""

    class Kind(models.TextChoices):
        RELATED = "related", _("related to")
        PART_OF = "part_of", _("part of")
        PLAYS_IN = "plays_in", _("plays in")
        MEMBER_OF = "member_of", _("member of")
        MADE_BY = "made_by", _("made by")
        BROADER = "broader", _("also below")  # a further parent of an imported tree
        SPLIT_INTO = "split_into", _("split into")  # written by splitting a tag
        EXACT_MATCH = "exact_match", _("the same as")  # a URI

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="relations", verbose_name=_("tag"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    other = models.ForeignKey(
        Tag, models.CASCADE, null=True, blank=True, related_name="relations_of_others", verbose_name=_("other tag")
    )
    uri = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        ordering = ["tag", "kind", "pk"]
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            models.UniqueConstraint(
                fields=["tag", "kind", "other", "uri"], nulls_distinct=False, name="one_relation_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="exact_match", other=None) & ~Q(uri="")
                | ~Q(kind="exact_match") & Q(other__isnull=False, uri=""),
                name="a_relation_has_one_end",
            ),
            models.CheckConstraint(condition=~Q(tag=F("other")), name="no_relation_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} {self.kind} {self.other_id or self.uri}"
