"""The taxonomy's page for everybody: walking the tree, finding tags, reading about one; also without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from taxonomy import versions
from taxonomy.models import Guideline, Tag
from tests.browser.tree_page import TreePage, make_sports
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tags():
    return make_sports()


@pytest.fixture
def tree(tags, open_page):
    return TreePage(open_page(make_user("annotator"))).enter()


def test_the_tree_is_walked_with_the_keyboard(tree):
    tree.start().focus_is_on("Sports")

    tree.press("ArrowRight", "ArrowDown", "ArrowRight", "ArrowDown").focus_is_on("Basketball")
    assert tree.rows() == ["Sports", "Ball games", "Basketball", "Streetball", "Fight", "Food"]
    tree.press("End").focus_is_on("Food")
    tree.press("Home").focus_is_on("Sports")
    tree.type("str").focus_is_on("Streetball")
    tree.press("ArrowLeft", "ArrowLeft")
    tree.focus_is_on("Ball games")
    assert tree.rows() == ["Sports", "Ball games", "Fight", "Food"]


def test_a_row_tells_its_place(tree):
    tree.start().press("ArrowRight")

    row = tree.row("Fight")
    facts = {name: row.get_attribute(name) for name in ("aria-level", "aria-posinset", "aria-setsize")}
    assert facts == {"aria-level": "2", "aria-posinset": "2", "aria-setsize": "2"}
    expect(tree.row("Sports")).to_have_attribute("aria-expanded", "true")
    assert tree.page.locator("[role=treeitem][tabindex='0']").count() == 1


def test_the_focus_shows_the_page_of_the_tag(tree, tags):
    tree.start().press("ArrowRight", "ArrowDown")

    tree.shows_tag("Ball games")
    expect(tree.page).to_have_url(re.compile(f"/taxonomy/tags/{tags.ball.pk}/$"))
    tree.press("Enter")
    expect(tree.page.locator("#tag-pane")).to_be_focused()


def test_a_search_opens_the_place(tree):
    tree.press("/").type("lanqiu")
    expect(tree.page.locator("#finder .found li").first).to_contain_text("Sports › Ball games")

    tree.press("Enter")

    tree.focus_is_on("Basketball")
    tree.shows_tag("Basketball")


def test_an_open_tag_is_found_too(tree):
    tree.press("/").type("captain")
    expect(tree.page.locator("#finder .found li").first).to_contain_text("Captain Leo")
    tree.press("Enter")

    tree.shows_tag("Captain Leo")


def test_the_address_of_a_tag_opens_the_tree_at_it(tags, open_page):
    Guideline.objects.create(tag=tags.street, body="On a **public** court.")
    tree = TreePage(open_page(make_user("editor"))).enter(f"/taxonomy/tags/{tags.street.pk}/")

    expect(tree.row("Streetball")).to_have_attribute("aria-selected", "true")
    expect(tree.page.locator("#tag")).to_contain_text("On a public court.")
    expect(tree.page.locator("#tag")).to_contain_text("accepted of 0 proposed")


def test_who_only_views_is_offered_no_edit(tree):
    expect(tree.page.locator("#tools")).to_have_count(0)
    expect(tree.page.locator("#change-set")).to_have_count(0)


def test_only_rows_in_sight_are_in_the_document(tags, open_page):
    Tag.objects.bulk_create(
        Tag(code=f"many-{n}", name=f"Many {n:04}", parent=tags.food, parent_depth=1, position=n) for n in range(3000)
    )
    versions.publish()
    tree = TreePage(open_page(make_user("annotator"))).enter()

    tree.start().press("End", "ArrowRight")
    expect(tree.row("Many 0000")).to_be_visible()
    assert tree.page.locator("[role=treeitem]").count() < 100
    tree.press("End").focus_is_on("Many 2999")
    expect(tree.row("Many 2999")).to_have_attribute("aria-posinset", "3000")
    assert tree.page.locator("[role=treeitem]").count() < 100


def test_without_javascript_the_tree_is_made_of_links(tags, open_page):
    page = open_page(make_user("annotator"), java_script_enabled=False)
    page.goto("/taxonomy/")

    page.get_by_role("link", name="Ball games").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ball games")
    page.get_by_role("link", name="Streetball").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Streetball")

    page.get_by_label("Search tags").fill("captain")
    page.get_by_role("button", name="Search").click()
    page.locator(".plain").get_by_role("link", name="Captain Leo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Captain Leo")
