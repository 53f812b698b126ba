"""The taxonomy's tables in the Django admin: to look at. They are written by publishing change sets (docs/adr/0007)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from taxonomy import versions
from taxonomy.models import BusinessLine, Governance, Guideline, Rule, Tag, TagName, TaxonomyVersion


class Shown:
    """Nothing here is added, changed or deleted, whatever a person may do elsewhere."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TagNameInline(Shown, admin.TabularInline):  # type: ignore[type-arg]
    model = TagName
    fields = ("language", "text", "preferred")


@admin.register(Tag)
class TagAdmin(Shown, admin.ModelAdmin):  # type: ignore[type-arg]
    fields = ("name", "code", "kind", "parent", "assignable", "state", "merged_into", "position")
    list_display = ("name", "code", "kind", "parent", "state", "assignable")
    list_filter = ("kind", "state", "assignable")
    list_select_related = ("parent",)
    search_fields = ("name", "code", "names__text", "names__pinyin")  # pages of other tables find tags by them
    inlines = (TagNameInline,)


@admin.register(Rule)
class RuleAdmin(Shown, admin.ModelAdmin):  # type: ignore[type-arg]
    fields = ("kind", "subject", "others", "business_line", "weight", "note")
    list_display = ("subject", "kind", "business_line", "note")
    list_filter = ("kind", "business_line")
    list_select_related = ("subject", "business_line")
    search_fields = ("subject__name", "others__name", "note")


@admin.register(Guideline)
class GuidelineAdmin(Shown, admin.ModelAdmin):  # type: ignore[type-arg]
    fields = ("tag", "business_line", "body", "confirm", "version", "author", "created_at")
    list_display = ("tag", "business_line", "version", "author", "created_at")
    list_filter = ("business_line",)
    list_select_related = ("tag", "business_line", "author")
    search_fields = ("tag__name", "body")


@admin.register(BusinessLine)
class BusinessLineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rules name lines, so a line that changed is published; Django saves a page in one transaction."""

    list_display = ("name", "slug", "overlap")
    filter_horizontal = ("members",)
    search_fields = ("name", "slug")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        versions.publish(f"{self.opts.verbose_name}: {form.instance}", request.user)  # type: ignore[arg-type]


@admin.register(Governance)
class GovernanceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    fields = ("approval", "shallowest", "deepest")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Governance.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Governance, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(TaxonomyVersion)
class TaxonomyVersionAdmin(Shown, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("number", "published_at", "author", "comment")
    list_select_related = ("author",)
    fields = ("number", "digest", "comment", "author", "published_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaxonomyVersion]:
        return super().get_queryset(request).defer("content", "annex")
