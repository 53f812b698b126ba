"""Names of tags, as they are shown and as they are looked up."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Concat, Length, Trim
from django.utils.translation import gettext_lazy as _

from taxonomy.tag_models import Tag


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
