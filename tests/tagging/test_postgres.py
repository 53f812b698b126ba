"""The database backend: connections that break, statements that are prepared."""

import pytest
from django.db import connection, connections

from tagging import environment, statements

TOLD = "SELECT %(number)s::bigint, '{\"a\": [1]}'::jsonb"


@pytest.mark.django_db
def test_statements_are_prepared_once_whatever_their_numbers():
    statements.row(TOLD, {"number": 1})

    assert statements.rows(TOLD, {"number": 5_000_000_000}) == [(5_000_000_000, {"a": [1]})]
    assert _prepared() == 1


def test_behind_a_pooler_nothing_is_prepared(monkeypatch):
    monkeypatch.setenv("PREPARED_STATEMENTS", "0")

    assert environment.database("postgresql:///tagwright")["OPTIONS"]["prepare_threshold"] is None


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_closed_is_not_used_again():
    other = connections.create_connection("default")
    other.ensure_connection()
    assert other.is_usable()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [other.connection.info.backend_pid])

    assert not other.is_usable()
    other.close()


def _prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%[1]%%::jsonb'")
        return cursor.fetchone()[0]
