"""Tasks and reviews to look at. Reviews are append-only, so nothing is changed here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from annotation.models import Review, ReviewTask, TagWeight, Verdict
from tagging.admin import ReadOnly

# People are looked after on their own page. Here whoever may change a person could make themselves a superuser.
admin.site.unregister([User, Group])


class VerdictInline(admin.TabularInline):
    model = Verdict
    fields = ("tag", "choice", "reason", "replacement", "confidence")
    can_delete = False
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ReviewTask)
class ReviewTaskAdmin(ReadOnly):
    list_display = ("id", "video", "business_line", "slot", "state", "priority", "audit", "reviewer", "lease_until")
    list_filter = ("state", "audit", "business_line")
    list_select_related = ("video", "business_line", "reviewer")


@admin.register(Review)
class ReviewAdmin(ReadOnly):
    list_display = ("id", "kind", "task", "reviewer", "seconds", "created_at")
    list_filter = ("kind",)
    list_select_related = ("task", "reviewer")
    raw_id_fields = ("task",)
    inlines = (VerdictInline,)


@admin.register(TagWeight)
class TagWeightAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The next rescoring, within the hour, puts waiting tasks where their new weights say."""

    list_display = ("business_line", "tag", "weight")
    list_filter = ("business_line",)
    list_select_related = ("business_line", "tag")
    raw_id_fields = ("tag",)
