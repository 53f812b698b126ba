"""No edit is lost or made twice: two editors at once, a lost network, a closed page, a refusal."""

import re

import pytest
from playwright.sync_api import expect

from taxonomy import changes, publishing
from taxonomy.models import ChangeSet
from tests.browser.tree_page import TreePage, saved, stored
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_the_taxonomy_cannot_bear_is_explained_and_written_again(tree, tags):
    tree.press("Insert").type("Basketball")
    tree.page.locator("#name-code").fill("hoops")
    tree.press("Enter")
    notice = tree.page.locator(".notices .alert")
    expect(notice).to_contain_text("hoops")

    notice.get_by_role("button", name="Change it").click()
    expect(tree.page.locator("#name-main")).to_have_value("Basketball")
    tree.page.locator("#name-code").fill("hoops-2")
    tree.press("Enter")

    saved(tree, "Basketball")
    assert stored()[0][1]["code"] == "hoops-2"


def test_the_second_editor_is_told_and_loses_nothing(tree, tags, editor):
    tree.press("Delete", "Enter")
    saved(tree, "Sports")
    change_set = ChangeSet.objects.get()
    changes.add(change_set.pk, "rename", {"tag": "food", "name": "Cooking"}, make_user("editor", username="lin"))

    tree.type("food").press("F2").type("Kitchen").press("Enter")

    notice = tree.page.locator(".notices .alert")
    expect(notice).to_contain_text(re.compile("lin: .*Cooking"))
    expect(tree.row("Kitchen")).to_be_visible()
    assert [op for op, _values in stored()] == ["state", "rename"]
    notice.get_by_role("button", name="Make my edit all the same").click()
    saved(tree, "Sports", "Cooking", "Kitchen")
    assert stored()[-1][1]["name"] == "Kitchen"


def test_the_edit_that_came_second_may_be_dropped(tree, tags):
    tree.press("Delete", "Enter")
    saved(tree, "Sports")
    lin = make_user("editor", username="lin")
    changes.add(ChangeSet.objects.get().pk, "rename", {"tag": "food", "name": "Cooking"}, lin)
    tree.type("food").press("F2").type("Kitchen").press("Enter")

    tree.page.get_by_role("button", name="Drop my edit").click()

    expect(tree.row("Cooking")).to_be_visible()
    assert [op for op, _values in stored()] == ["state", "rename"]


def test_what_the_network_loses_is_sent_after_a_reload(tree, tags):
    tree.page.route("**/api/change-sets/**", lambda route: route.abort())
    tree.press("Delete", "Enter")
    expect(tree.page.locator("[data-sign]")).to_have_attribute("data-state", "failed")
    tree.page.unroute("**/api/change-sets/**")

    tree.page.reload()

    saved(tree, "Sports")
    expect(tree.row("Sports")).to_have_attribute("data-state", "deprecated")
    assert [op for op, _values in stored()] == ["state"]


def test_an_answer_that_is_lost_makes_no_second_edit(tree, tags):
    tree.press("Delete", "Enter")
    saved(tree, "Sports")
    lost = []

    def lose(route):
        if route.request.method == "POST" and not lost:
            route.fetch()
            lost.append(route)
            route.abort()
        else:
            route.continue_()

    tree.page.route("**/edits/", lose)
    tree.page.get_by_role("button", name="Allow giving it").click()

    expect(tree.page.locator(".edit")).to_have_count(2)
    saved(tree, "", "")
    assert [op for op, _values in stored()] == ["state", "assignable"]


def test_an_answer_that_is_lost_with_the_page_makes_no_second_edit(tree, tags):
    tree.press("Delete", "Enter")
    saved(tree, "Sports")

    def lose(route):
        if route.request.method == "POST":
            route.fetch()
        route.abort()

    tree.page.route("**/api/change-sets/**", lose)
    tree.page.get_by_role("button", name="Allow giving it").click()
    expect(tree.page.locator("[data-sign]")).to_have_attribute("data-state", "failed")
    tree.page.unroute("**/api/change-sets/**")
    tree.page.reload()

    expect(tree.page.locator(".edit")).to_have_count(2)
    expect(tree.page.locator("[data-sign]")).to_have_attribute("data-state", "saved")
    assert [op for op, _values in stored()] == ["state", "assignable"]


def test_an_edit_that_finds_its_set_published_goes_into_a_new_one(tree, tags, editor):
    tree.press("Delete", "Enter")
    saved(tree, "Sports")
    publishing.publish(ChangeSet.objects.get().pk, editor)
    tree.type("food").press("F2").type("Kitchen").press("Enter")

    tree.page.get_by_role("button", name="Go on in a new change set").click()

    saved(tree, "Kitchen")
    expect(tree.row("Kitchen")).to_be_visible()
    assert list(ChangeSet.objects.order_by("pk").values_list("state", flat=True)) == ["published", "open"]


def test_a_draft_is_there_again_the_next_day(tree, tags, editor, open_page):
    tree.press("ArrowRight", "Insert").type("Curling").press("Enter")
    saved(tree, "Curling")

    again = TreePage(open_page(editor)).enter(f"/taxonomy/tags/{tags.ball.pk}/")

    expect(again.row("Curling")).to_be_visible()
    expect(again.row("Curling").locator(".dot.new")).to_be_visible()
    again.row("Curling").click()
    again.shows_tag("Curling")
    expect(again.page.locator("#tag .in-draft")).to_contain_text("Curling")
