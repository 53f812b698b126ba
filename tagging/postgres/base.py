"""What Django loads as the database backend."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper
from psycopg.types.json import JsonbLoader
from psycopg.types.numeric import Int8Dumper


class PreparedCursor(base.ServerBindingCursor):
    """Statements are parsed and planned by the server once a connection, if the setting `prepare_threshold` says so."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)  # type: ignore[call-arg]  # the stubs do not know psycopg's cursors
        # Else the type of a number follows its size, and each combination would be another prepared statement.
        self.adapters.register_dumper(int, Int8Dumper)  # type: ignore[attr-defined]
        self.adapters.register_loader("jsonb", JsonbLoader)  # type: ignore[attr-defined]  # Django leaves it to the fields of models

    def _send_query_prepared(self, name: bytes, pgq: Any, **kwargs: Any) -> None:
        self._query = pgq  # psycopg leaves it out here; Django's list of queries shows it
        super()._send_query_prepared(name, pgq, **kwargs)  # type: ignore[misc]


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Asked before each request. A server that has gone has closed the socket, which then has something to read;
        where there is nothing, the question `SELECT 1` would be a round trip for nothing."""
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return super().is_usable() if poll.poll(0) else True

    def prepared(self) -> CursorWrapper:
        """A cursor for the few statements that are asked many times a second."""
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(PreparedCursor(self.connection))  # type: ignore[attr-defined, no-any-return]
