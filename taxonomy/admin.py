"""The taxonomy's tables for editors. Each change is published at once, in its own transaction."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from taxonomy import names, search, versions
from taxonomy.models import MAX_DEPTH, BusinessLine, Guideline, Rule, Tag, TagName, TaxonomyVersion


class Publishing(admin.ModelAdmin):  # type: ignore[type-arg]
    """Publishes what was saved; Django saves a page in one transaction, so both happen or neither."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.publish(request, str(form.instance))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self.publish(request, str(obj))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        self.publish(request, "")

    def publish(self, request: HttpRequest, about: str) -> None:
        versions.publish(f"{self.opts.verbose_name}: {about}"[:500], request.user)  # type: ignore[arg-type]


class TagForm(forms.ModelForm):  # type: ignore[type-arg]
    """Says what the database would refuse: a cycle, a branch too deep, an open tag in the tree."""

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        parent, kind = told.get("parent"), told.get("kind")
        if told.get("state") == Tag.State.MERGED and told.get("merged_into") in {None, self.instance}:
            self.add_error("merged_into", _("Name another tag that it was merged into."))
        if parent is None:
            return told
        if kind and kind != Tag.Kind.CATEGORY:
            self.add_error("parent", _("An open tag has no parent."))
        if self.instance.pk in search.ancestry([parent.pk]):
            self.add_error("parent", _("A tag cannot stand below itself."))
        elif parent.depth + self._height() > MAX_DEPTH:
            self.add_error(
                "parent", ValidationError(_("The tree has at most %(depth)d levels."), params={"depth": MAX_DEPTH})
            )
        return told

    def _height(self) -> int:
        """Levels of the tag's own branch."""
        height, level = 0, [self.instance.pk] if self.instance.pk else []
        while level and height <= MAX_DEPTH:
            height += 1
            level = list(Tag.objects.filter(parent__in=level).values_list("pk", flat=True))
        return max(height, 1)


class TagNameInline(admin.TabularInline):  # type: ignore[type-arg]
    model = TagName
    fields = ("language", "text", "preferred")
    extra = 1


@admin.register(Tag)
class TagAdmin(Publishing):
    form = TagForm
    fields = ("name", "code", "kind", "parent", "assignable", "state", "merged_into", "position")
    list_display = ("name", "code", "kind", "parent", "state", "assignable")
    list_filter = ("kind", "state", "assignable")
    list_select_related = ("parent",)
    search_fields = ("name", "code", "names__text", "names__pinyin")
    autocomplete_fields = ("parent", "merged_into")
    inlines = (TagNameInline,)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            names.index(row).save()
        for row in formset.deleted_objects:
            row.delete()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        form.save_m2m()
        for formset in formsets:
            self.save_formset(request, form, formset, change)
        names.follow(form.instance, form.initial.get("name", ""))
        self.publish(request, str(form.instance))


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("kind") and told["kind"] != Rule.Kind.AT_MOST_ONE_CHILD and not told.get("others"):
            self.add_error("others", _("Name the other tags."))
        if (told.get("weight") or 0) < 0:
            self.add_error("weight", _("A weight makes tags likelier; forbid them with “excludes”."))
        return told


@admin.register(Rule)
class RuleAdmin(Publishing):
    form = RuleForm
    fields = ("kind", "subject", "others", "business_line", "weight", "note")
    list_display = ("subject", "kind", "business_line", "note")
    list_filter = ("kind", "business_line")
    list_select_related = ("subject", "business_line")
    search_fields = ("subject__name", "others__name", "note")
    autocomplete_fields = ("subject", "others")


@admin.register(Guideline)
class GuidelineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A changed text is kept as a new version beside the old ones."""

    fieldsets = (
        (
            None,
            {
                "fields": ("tag", "business_line", "body", "version", "author", "created_at"),
                "description": _("A line that holds only [zh] begins the text that readers of Chinese see."),
            },
        ),
    )
    readonly_fields = ("version", "author", "created_at")
    list_display = ("tag", "business_line", "version", "author", "created_at")
    list_filter = ("business_line",)
    list_select_related = ("tag", "business_line", "author")
    search_fields = ("tag__name", "body")
    autocomplete_fields = ("tag",)

    def get_readonly_fields(self, request: HttpRequest, obj: Guideline | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "tag", "business_line") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Guideline, form: Any, change: bool) -> None:
        if change and "body" not in form.changed_data:
            return
        same = Guideline.objects.filter(tag=obj.tag, business_line=obj.business_line)
        obj.pk, obj._state.adding = None, True
        obj.version = (same.aggregate(newest=Max("version"))["newest"] or 0) + 1
        obj.author = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change=False)

    def has_delete_permission(self, request: HttpRequest, obj: Guideline | None = None) -> bool:
        return False


@admin.register(BusinessLine)
class BusinessLineAdmin(Publishing):
    list_display = ("name", "slug", "overlap")
    filter_horizontal = ("members",)
    search_fields = ("name", "slug")


@admin.register(TaxonomyVersion)
class TaxonomyVersionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at only: versions are made by publishing."""

    list_display = ("number", "published_at", "author", "comment")
    list_select_related = ("author",)
    fields = ("number", "digest", "comment", "author", "published_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaxonomyVersion]:
        return super().get_queryset(request).defer("content")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: TaxonomyVersion | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TaxonomyVersion | None = None) -> bool:
        return False
