"""Reviewing with the keyboard alone."""

import pytest
from playwright.sync_api import expect

from annotation.models import HandOver, Review
from tests.browser.review_desk import Desk, make_queue
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queue():
    return make_queue()


@pytest.fixture
def desk(queue, open_page):
    return Desk(open_page(queue.reviewer)).enter()


def verdicts(review):
    return {v.tag_id: (v.choice, v.reason, v.replacement_id) for v in review.verdicts.all()}


def test_enter_accepts_the_rest_and_shows_the_next_clip(desk, queue):
    desk.shows("Clip 1")

    desk.press("2", "Enter")

    desk.shows("Clip 2")
    desk.saved()
    review = Review.objects.get()
    assert verdicts(review) == {queue.dunk.pk: ("accept", "", None), queue.street.pk: ("reject", "", None)}
    assert review.seconds > 0
    expect(desk.page.locator("[data-stat=today]")).to_have_text("1")


def test_a_digit_rejects_and_accepts(desk, queue):
    desk.press("1")
    desk.verdict_is(queue.dunk, "reject")

    desk.press("1")
    desk.verdict_is(queue.dunk, "accept")


def test_a_click_on_the_circle_does_what_the_digit_does(desk, queue):
    circle = desk.row(queue.street).locator(".verdict")
    circle.click()
    desk.verdict_is(queue.street, "reject")

    circle.click()
    desk.verdict_is(queue.street, "accept")


def test_the_focus_shows_the_guideline_of_its_tag(desk, queue):
    guideline = desk.page.locator("#clip").get_by_text("The ball goes in from above.")
    expect(guideline).to_be_visible()

    desk.press("ArrowDown")

    expect(desk.row(queue.street)).to_have_attribute("aria-current", "true")
    expect(guideline).to_be_hidden()


def test_a_rejection_has_a_reason(desk, queue):
    desk.press("ArrowDown", "r")
    expect(desk.page.locator("#picker")).to_be_visible()
    desk.press("2", "Enter")

    desk.shows("Clip 2")
    desk.saved()
    assert verdicts(Review.objects.get())[queue.street.pk] == ("reject", "minor", None)


def test_enter_pressed_twice_by_mistake_sends_one_clip(desk):
    desk.press("Enter", "Enter")

    desk.saved()
    desk.page.wait_for_timeout(350)
    desk.shows("Clip 2")
    assert Review.objects.count() == 1
    desk.press("Enter")
    desk.shows("Clip 3")


def test_enter_after_an_undo_is_meant_however_soon_it_comes(desk):
    desk.press("Enter")
    desk.shows("Clip 2")
    desk.saved()

    desk.press("u")
    desk.shows("Clip 1")
    desk.press("Enter")

    desk.shows("Clip 2")


def test_a_sibling_takes_the_place_of_a_tag(desk, queue):
    desk.press("ArrowDown", ".")
    desk.page.get_by_role("option", name="League game").click()
    desk.verdict_is(queue.street, "replace")
    desk.press("Enter")

    desk.shows("Clip 2")
    desk.saved()
    assert verdicts(Review.objects.get())[queue.street.pk] == ("replace", "", queue.league.pk)


@pytest.mark.parametrize("words", ["crowd", "cheer", "欢", "huanhu", "hh"])
def test_a_tag_is_added_by_name_or_pinyin(desk, queue, words):
    desk.search(words, "Crowd cheering")
    expect(desk.row(queue.cheering)).to_be_visible()
    desk.press("Enter")

    desk.shows("Clip 2")
    desk.saved()
    assert verdicts(Review.objects.get())[queue.cheering.pk] == ("add", "", None)


def test_typing_is_not_commanding(desk, queue):
    desk.press("/")
    desk.page.keyboard.type("12urs?")

    desk.shows("Clip 1")
    desk.verdict_is(queue.dunk, "")
    expect(desk.page.locator("dialog[open]")).to_have_count(0)


def test_undo_takes_one_step_back(desk, queue):
    desk.press("1", "2", "u")

    desk.verdict_is(queue.dunk, "reject")
    desk.verdict_is(queue.street, "")


def test_undo_reaches_the_clip_before(desk, queue):
    desk.press("2", "Enter")
    desk.shows("Clip 2")
    desk.saved()

    desk.press("u")

    desk.shows("Clip 1")
    desk.verdict_is(queue.street, "reject")
    desk.press("2", "Enter")
    desk.shows("Clip 2")
    desk.saved()
    assert list(Review.objects.order_by("pk").values_list("kind", flat=True)) == ["review", "undo", "review"]


def test_a_clip_is_skipped_with_a_reason(desk, queue):
    desk.press("s")
    expect(desk.page.get_by_text("It needs an expert")).to_be_visible()
    desk.press("3")

    desk.shows("Clip 2")
    desk.saved()
    task = queue.tasks[0]
    task.refresh_from_db()
    assert (task.state, task.skip_reason) == ("skipped", "needs an expert")


def test_enter_after_the_note_hands_the_clip_over(desk, queue):
    colleague = make_user(lines=(queue.line,), first_name="Mei")
    desk.enter()

    desk.press("h", "ArrowDown", "Tab")
    desk.page.keyboard.type("You know this court.")
    desk.press("Enter")

    desk.shows("Clip 2")
    desk.saved()
    told = HandOver.objects.values_list("task", "receiver", "note")
    assert list(told) == [(queue.tasks[0].pk, colleague.pk, "You know this court.")]
    assert not Review.objects.exists()


def test_the_last_clip_leads_to_an_empty_queue(desk, queue):
    for n in (1, 2, 3):
        desk.shows(f"Clip {n}")
        desk.press("Enter")
        desk.page.wait_for_timeout(350)  # twice in a moment would count as one press

    expect(desk.page.get_by_role("heading", name="Nothing is waiting")).to_be_visible()
    assert Review.objects.count() == 3


def test_all_keys_are_told(desk):
    desk.press("?")
    expect(desk.page.get_by_role("dialog", name="Keys of the review page")).to_be_visible()

    desk.press("Escape", "Enter")
    desk.shows("Clip 2")
