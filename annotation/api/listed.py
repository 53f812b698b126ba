"""Rows that are read a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from rest_framework import pagination
from rest_framework.response import Response

from tagging.api import View


class NewestFirst(pagination.CursorPagination):
    ordering = "-id"
    page_size = 100


class Listed(View):
    """Rows, newest first, a page at a time."""

    pagination_class = NewestFirst

    def listed(self, rows: QuerySet[Any], told: Callable[[list[Any]], None] = lambda page: None) -> Response:
        """`told` may say more of the rows of a page before they are sent."""
        page = self.paginate_queryset(rows)
        told(page or [])
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
