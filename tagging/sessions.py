"""Sessions in the database, read with one prepared statement."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from tagging import statements

READ = f"""
SELECT {statements.columns(Session, "session")} FROM django_session session
WHERE session_key = %(key)s AND expire_date > now()
"""  # noqa: S608  # constants


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        row = statements.row(READ, {"key": self.session_key})
        if row:
            return statements.instance(Session, row)
        self._session_key = None  # as Django does: whose session has ended gets another key
        return None
