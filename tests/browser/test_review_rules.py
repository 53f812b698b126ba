"""Broken rules on the review page: told where they happen, mended at one key."""

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
def desk(queue, open_page):
    return Desk(open_page(queue.reviewer)).enter()


def test_a_broken_rule_is_told_at_once_and_holds_the_clip(desk, queue):
    desk.search("league", "League game")

    expect(desk.notices()).to_contain_text("exclude each other")
    desk.press("Enter")
    desk.shows("Clip 1")
    assert Review.objects.count() == 0


def test_one_key_mends_it(desk, queue):
    desk.search("league", "League game")
    keep = desk.page.get_by_role("button", name="keep League game")
    key = keep.locator("kbd").inner_text()

    desk.press(key)

    desk.verdict_is(queue.street, "reject")
    expect(desk.notices()).not_to_contain_text("exclude")
    desk.press("Enter")
    desk.shows("Clip 2")
    desk.saved()
    choices = dict(Review.objects.get().verdicts.values_list("tag", "choice"))
    assert choices == {queue.dunk.pk: "accept", queue.street.pk: "reject", queue.league.pk: "add"}


def test_a_rule_published_meanwhile_brings_the_clip_back(desk, queue):
    Rule.objects.create(kind="excludes", subject=queue.dunk).others.add(queue.street)
    versions.publish()
    desk.press("1", "1", "Enter")

    expect(desk.notices()).to_contain_text("Slam dunk and Streetball exclude each other.")
    desk.shows("Clip 1")
    desk.verdict_is(queue.dunk, "accept")
    desk.page.get_by_role("button", name="keep Slam dunk").click()
    desk.verdict_is(queue.street, "reject")
    desk.press("Enter")
    desk.shows("Clip 2")
    desk.saved()
    assert Review.objects.count() == 1
