"""New phrases by keyboard: walked through with arrows, decided with one key."""

import pytest
from playwright.sync_api import expect

from tagging.phrase_models import NewPhrase
from taxonomy import versions
from taxonomy.models import ChangeSet
from tests.browser.review_desk import named
from tests.factories import make_user
from tests.tagging.test_new_phrases import see

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_phrases_are_decided_from_the_keyboard(open_page):
    named("Tea", kind="content")
    versions.publish()
    for phrase in ("cuppa", "cuppa", "cuppa", "so nice", "so nice", "Ann Parko"):
        see(f"{phrase} again", phrase)
    editor = make_user("editor")
    page = open_page(editor)
    page.goto("/taxonomy/phrases/")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("a")
    page.keyboard.type("tea")
    page.keyboard.press("Enter")  # faster than the server answers
    expect(page.locator(".phrase").first.locator(".picked")).to_contain_text("Tea")
    page.get_by_role("button", name="“cuppa” is another name").click()
    expect(page.locator(".phrase")).to_have_count(2)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator(".phrase")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("n")
    expect(page.get_by_text("No phrase waits for a name")).to_be_visible()

    edits = ChangeSet.objects.get(author=editor).edits.order_by("number")
    assert list(edits.values_list("op", flat=True)) == ["rename", "create"]
    states = dict(NewPhrase.objects.values_list("key", "state"))
    assert states == {"cuppa": "named", "so nice": "ignored", "ann parko": "named"}
