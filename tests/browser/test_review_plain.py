"""The review page as a plain form, and in other lights."""

import pytest
from playwright.sync_api import expect

from annotation.models import Review
from taxonomy import versions
from taxonomy.models import Rule
from tests.browser.review_desk import Desk, make_queue

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queue():
    return make_queue()


@pytest.fixture
def plain(queue, open_page):
    """The page in a browser without JavaScript."""
    desk = Desk(open_page(queue.reviewer, java_script_enabled=False))
    desk.page.goto("/review/")
    return desk


def send(desk):
    desk.page.get_by_role("button", name="Accept the rest").click()


def test_without_javascript_it_is_a_form(plain, queue):
    plain.row(queue.street).locator(".verdict").click()
    plain.row(queue.street).locator("select").select_option("minor")
    plain.page.get_by_label("Add a tag").fill("crowd cheering")
    send(plain)

    plain.shows("Clip 2")
    stored = Review.objects.get().verdicts.values_list("tag", "choice", "reason")
    assert set(stored) == {
        (queue.dunk.pk, "accept", ""),
        (queue.street.pk, "reject", "minor"),
        (queue.cheering.pk, "add", ""),
    }


def test_without_javascript_a_broken_rule_keeps_every_entry(plain, queue):
    Rule.objects.create(kind="excludes", subject=queue.dunk).others.add(queue.cheering)
    versions.publish()
    plain.page.get_by_label("Add a tag").fill("crowd cheering")
    send(plain)

    expect(plain.notices()).to_contain_text("exclude each other")
    plain.shows("Clip 1")
    plain.row(queue.cheering).locator(".v").click()
    send(plain)
    plain.shows("Clip 2")


def test_without_javascript_a_clip_is_skipped_and_undone(plain, queue):
    plain.page.locator("#skip summary").click()
    plain.page.get_by_text("It does not play").click()
    plain.page.get_by_role("button", name="Skip this clip").click()
    plain.shows("Clip 2")
    send(plain)
    plain.shows("Clip 3")

    plain.page.get_by_role("button", name="Undo").click()

    plain.shows("Clip 2")
    assert Review.objects.filter(kind="undo").count() == 1


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_theme_is_the_systems_until_one_is_chosen(queue, open_page):
    page = open_page(queue.reviewer, color_scheme="dark")
    page.goto("/review/")
    dark = background(page)

    page.get_by_text("account and appearance").locator("..").click()
    page.get_by_role("button", name="Light").click()

    assert background(page) != dark
    page.goto("/keys/")
    assert background(page) != dark


def test_the_page_speaks_chinese(queue, open_page):
    page = open_page(queue.reviewer)
    page.goto("/keys/")

    page.get_by_role("button", name="中文").click()

    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.goto("/review/")
    expect(page.locator("select[name=line]")).to_contain_text("推荐")
