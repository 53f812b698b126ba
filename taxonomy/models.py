"""What may be said of a video, and what may stand together."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Concat, Length, Trim
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from taxonomy.change_models import ChangeSet, Edit, Governance
from taxonomy.proposal_models import RuleProposal

__all__ = [
    "MAX_DEPTH",
    "BusinessLine",
    "ChangeSet",
    "Edit",
    "Governance",
    "Guideline",
    "Rule",
    "RuleProposal",
    "Tag",
    "TagName",
    "TagRelation",
    "TagWord",
    "TaxonomyVersion",
]

MAX_DEPTH = 6  # published trees have 3 to 5 levels, the deepest one we exchange with has 6


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


class TagName(models.Model):
    """A name of a tag in one language: the preferred one, or an alias."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="names")
    language = models.CharField(_("language"), max_length=10, default="en")
    text = models.CharField(_("text"), max_length=200)
    preferred = models.BooleanField(_("preferred"), default=False)
    # Filled by taxonomy.search_keys.keys(): what is typed is compared with these.
    normalised = models.CharField(max_length=200, editable=False, default="")
    pinyin = models.CharField(max_length=400, editable=False, default="", blank=True)
    initials = models.CharField(max_length=100, editable=False, default="", blank=True)
    length = models.GeneratedField(
        expression=Length("normalised"), output_field=models.PositiveSmallIntegerField(), db_persist=True
    )
    words = models.GeneratedField(
        expression=Func(Trim(Concat("normalised", Value(" "), "pinyin")), Value(" "), function="string_to_array"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    class Meta:
        ordering = ["-preferred", "language", "text"]
        verbose_name = _("name of a tag")
        verbose_name_plural = _("names of tags")
        constraints = [
            models.UniqueConstraint(fields=["tag", "language", "text"], name="one_name_once"),
            models.UniqueConstraint(fields=["tag", "language"], condition=Q(preferred=True), name="one_preferred_name"),
        ]
        indexes = [
            models.Index(fields=["normalised"], opclasses=["text_pattern_ops"], name="tagname_normalised"),
            # The length stands first: the shortest names that begin with what was typed are read without the others.
            models.Index(
                fields=["length", "normalised"], opclasses=["int2_ops", "text_pattern_ops"], name="tagname_length"
            ),
            *(
                models.Index(
                    fields=["length", column],
                    opclasses=["int2_ops", "text_pattern_ops"],
                    condition=~Q(**{column: ""}),
                    name=f"tagname_length_{column}",
                )
                for column in ("pinyin", "initials")
            ),
            GinIndex(fields=["words"], name="tagname_words"),
        ]

    def __str__(self) -> str:
        return self.text


class TagWord(models.Model):
    """A word of names, or the pinyin of one; kept by a trigger on TagName. Unused ones stay and do no harm."""

    text = models.CharField(max_length=400, db_collation="C")  # compared byte by byte: what begins alike is neighbours
    length = models.GeneratedField(
        expression=Length("text"), output_field=models.PositiveSmallIntegerField(), db_persist=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text"], name="one_word_once")]
        indexes = [
            models.Index(fields=["length", "text"], name="tagword_length"),
            # The same keys as those of search_keys.word_keys
            GinIndex(Func("text", function="taxonomy_word_keys"), name="tagword_keys"),
        ]

    def __str__(self) -> str:
        return self.text


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
