"""What every test may ask for."""

from __future__ import annotations

import os

import hypothesis
import pytest
from django.test import Client
from django.utils import translation

from tagging import catalogues
from tests import empty_tables, factories

# The same cases at every run, so that a red run is about the change at hand; `make test-all` looks for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of long tests first: several processes, each with a file at a time, then end at about the same time."""
    first = {item.path for item in items if any(map(item.get_closest_marker, ("long", "browser")))}
    items.sort(key=lambda item: item.path not in first)


def pytest_configure() -> None:
    empty_tables.instead_of_flush()


@pytest.fixture(autouse=True, scope="session")
def compiled_catalogues() -> None:
    """Tests in Chinese see the texts as they are now, however pytest was started."""
    for language in catalogues.languages():
        catalogues.compile(language)


@pytest.fixture(autouse=True)
def usual_language() -> None:
    """A page drawn in Chinese leaves its thread in Chinese, for whatever test comes next."""
    translation.deactivate()


@pytest.fixture
def sign_in(client: Client):
    """Sign the test client in as a fresh person of the given role."""

    def sign_in(role: str | None = "annotator", **kw):
        user = factories.make_user(role, **kw)
        client.force_login(user)
        return user

    return sign_in
