"""An editor before the tree of the sports."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.browser.tree_page import Sports, TreePage, make_sports
from tests.factories import make_user


@pytest.fixture
def tags() -> Sports:
    return make_sports()


@pytest.fixture
def editor() -> User:
    return make_user("editor", username="mei")


@pytest.fixture
def tree(tags, editor, open_page) -> TreePage:
    return TreePage(open_page(editor)).enter().start()
