"""Looking into the tables. Videos and imports are made by intake and changed by nobody; policies are edited here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from tagging.models import Import, LinePolicy, Media, Video


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """For rows that other rows and files rely on."""

    show_full_result_count = False  # counting a million rows takes longer than showing a page

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Video)
class VideoAdmin(ReadOnly):
    list_display = ("pk", "source", "external_id", "title", "uploader", "media_state", "created_at")
    list_filter = ("media_state",)
    search_fields = ("=external_id", "=uploader")
    ordering = ("-pk",)


@admin.register(Media)
class MediaAdmin(ReadOnly):
    list_display = ("pk", "content_hash", "duration", "width", "height", "video_codec", "audio_codec", "size")
    search_fields = ("content_hash__startswith",)
    exclude = ("peaks",)
    ordering = ("-pk",)


@admin.register(Import)
class ImportAdmin(ReadOnly):
    list_display = ("pk", "name", "source", "kind", "state", "imported", "known", "failed", "created_by", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("created_by",)


@admin.register(LinePolicy)
class LinePolicyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("business_line", "threshold", "limit", "auto_accept", "audit_share")
    list_select_related = ("business_line",)
    filter_horizontal: ClassVar = ("subtrees",)
