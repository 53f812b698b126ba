"""A changed guideline reaches the reviewers: what changed is shown, and where it is asked for, one key confirms it."""

import pytest
from playwright.sync_api import expect

from annotation import readings
from annotation.models import GuidelineReading, Review
from taxonomy import versions
from taxonomy.models import Guideline
from tests.browser.review_desk import Desk, make_queue
from tests.factories import make_user, make_video

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queue():
    """The reviewer has read the first text of “Slam dunk”."""
    queue = make_queue()
    readings.note(queue.reviewer.pk, [Guideline.objects.get(tag=queue.dunk).pk])
    return queue


def change(queue, **kw):
    body = "The ball goes in from above, with one hand or two."
    guideline = Guideline.objects.create(tag=queue.dunk, body=body, version=2, **kw)
    versions.publish()
    return guideline


def test_what_changed_is_shown_and_noted_as_read(queue, open_page):
    changed = change(queue)

    desk = Desk(open_page(queue.reviewer)).enter()

    card = desk.page.locator(f"#clip [data-guideline='{queue.dunk.pk}']")
    expect(card.locator("ins")).to_contain_text("with one hand or two")
    desk.row(queue.dunk).focus()
    with desk.page.expect_response(lambda answer: "/guidelines/read/" in answer.url):
        pass
    assert GuidelineReading.objects.filter(person=queue.reviewer, guideline=changed).exists()


def test_a_review_waits_for_one_key(queue, open_page):
    asked = change(queue, confirm=True)
    desk = Desk(open_page(queue.reviewer)).enter()

    desk.press("Enter")
    expect(desk.page.locator("#announcer")).to_contain_text("press c to confirm")
    desk.shows("Clip 1")
    desk.press("c")
    expect(desk.page.locator(f"#clip [data-guideline='{queue.dunk.pk}'] [name=confirm]")).to_be_checked()
    desk.press("Enter")
    desk.shows("Clip 2")
    desk.saved()

    assert Review.objects.get().verdicts.get(tag=queue.dunk).guideline == asked
    assert GuidelineReading.objects.get(guideline=asked).confirmed_at


def test_one_published_meanwhile_brings_the_clip_back(queue, open_page):
    desk = Desk(open_page(queue.reviewer)).enter()
    change(queue, confirm=True)

    desk.press("1", "1", "Enter")

    expect(desk.notices()).to_contain_text("The guideline of Slam dunk changed.")
    desk.shows("Clip 1")
    desk.verdict_is(queue.dunk, "accept")
    expect(desk.page.locator("#clip [name=confirm]")).to_be_visible()
    desk.press("c", "Enter")
    desk.shows("Clip 2")
    desk.saved()
    assert Review.objects.count() == 1


def test_the_guideline_of_an_added_tag_appears(queue, open_page):
    Guideline.objects.create(tag=queue.cheering, body="The **crowd** is heard.")
    versions.publish()
    desk = Desk(open_page(queue.reviewer)).enter()

    desk.search("cheer", "Crowd cheering")

    expect(desk.page.locator("#clip .guide .on")).to_contain_text("The crowd is heard.")


def test_an_editor_writes_with_preview_and_picks_clips(queue, open_page):
    video = make_video(title="A dunk to remember")
    type(video).objects.filter(pk=video.pk).update(reviewed_at="2026-01-01T00:00Z")
    page = open_page(make_user("editor"))
    page.goto(f"/taxonomy/guidelines/?tag={queue.dunk.code}")

    page.get_by_label("Text", exact=True).fill("The ball goes in **from above**, nothing else.")
    expect(page.locator("#preview strong")).to_have_text("from above")
    expect(page.locator("#preview ins").first).to_be_visible()
    page.get_by_label("Which clips").select_option("0")
    page.get_by_role("button", name="Counter-example: A dunk to remember").click()
    page.get_by_label("Reviewers must confirm this change").check()
    page.get_by_role("button", name="Put into my change set").click()

    expect(page.locator("[data-picked=counter_examples] .picked")).to_contain_text("A dunk to remember")
    page.get_by_role("link", name="To the change set").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".chip", has_text="published").first).to_be_visible()
    newest = Guideline.objects.filter(tag=queue.dunk).order_by("-version").first()
    assert (newest.version, newest.counter_examples, newest.confirm) == (2, [video.pk], True)
