"""A tag is given names in the browser, also when the names it has come late or never."""

import pytest
from playwright.sync_api import expect

from tests.browser.tree_page import saved, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def give_a_chinese_name(tree):
    tree.type("food").focus_is_on("Food")
    tree.press("F2")
    dialog = tree.page.locator("#names-dialog")
    dialog.get_by_role("button", name="Add a name").click()
    tree.type("zh").press("Tab").type("美食").press("Tab", "Space")
    dialog.get_by_role("button", name="Save").click()
    return dialog


def stored_names(tree):
    saved(tree, "美食")
    [(op, values)] = stored()
    assert (op, values["name"]) == ("rename", "Food")
    return values["names"]


def test_names_in_several_languages(tree, tags):
    give_a_chinese_name(tree)

    assert stored_names(tree) == [["en", "Food", True], ["zh", "美食", True]]


def test_names_sent_off_before_the_others_have_come_wait_for_them(tree, tags):
    held = []
    tree.page.route("**/api/**/tags/*/", lambda route: held.append(route))
    dialog = give_a_chinese_name(tree)
    expect(dialog).to_be_visible()
    assert stored() == []
    [route] = held
    route.continue_()

    assert stored_names(tree) == [["en", "Food", True], ["zh", "美食", True]]


def test_names_are_kept_in_the_window_when_the_others_do_not_come(tree, tags):
    tree.page.route("**/api/**/tags/*/", lambda route: route.abort())
    dialog = give_a_chinese_name(tree)

    expect(dialog.locator("#name-main:focus")).to_have_count(1)  # the browser points there and says why
    expect(dialog.locator(".name-rows input").nth(1)).to_have_value("美食")
    dialog.get_by_role("button", name="Cancel").click()
    assert stored() == []


def test_names_that_come_late_do_not_take_the_focus(tree, tags):
    held = []
    tree.page.route("**/api/**/tags/*/", lambda route: held.append(route))
    tree.type("food").focus_is_on("Food")
    tree.press("F2")
    dialog = tree.page.locator("#names-dialog")
    dialog.get_by_role("button", name="Add a name").click()
    with tree.page.expect_response("**/tags/*/"):
        [route] = held
        route.continue_()
    tree.type("zh")

    expect(dialog.locator(".name-rows input").first).to_have_value("zh")
