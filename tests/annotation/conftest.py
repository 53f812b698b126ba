"""What every test of reviewing may ask for."""

from __future__ import annotations

import pytest

from tests.factories import make_line, make_tag


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def street():
    return make_tag("Streetball")
