"""What every test may ask for."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import factories


@pytest.fixture
def sign_in(client: Client):
    """Sign the test client in as a fresh person of the given role."""

    def sign_in(role: str | None = "annotator", **kw):
        user = factories.make_user(role, **kw)
        client.force_login(user)
        return user

    return sign_in
