"""The database between two tests that commit: emptied of what they stored, in one statement.

Django's own way truncates every table and then makes all content types, permissions and roles again, which no test
changes: half a second after each of some two hundred tests.
"""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db import connection
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def empty(_case: object = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_question())
        if filled := [table for (table,) in cursor.fetchall()]:
            cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, filled))} CASCADE")


@cache
def _question() -> str:
    """Which tables have rows."""
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy} - KEPT
    return " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in sorted(tables))


def instead_of_flush() -> None:
    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]
