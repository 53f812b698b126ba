"""A newcomer qualifies on the review page and reads what they missed."""

import pytest
from playwright.sync_api import expect

from annotation.models import TrustPolicy
from tests.annotation.probes.factories import make_gold
from tests.browser.review_desk import Desk, make_queue

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_clips_of_an_exam_lead_to_its_lessons(open_page):
    queue = make_queue(clips=3)
    TrustPolicy.objects.create(business_line=queue.line, qualify_clips=2, gold_least=0, gold_most=0)
    for task in queue.tasks[1:]:
        make_gold(queue.line, queue.street, never=(queue.dunk,), video=task.video, note="They play in the street.")
    desk = Desk(open_page(queue.reviewer))
    desk.page.goto("/review/")
    desk.page.get_by_role("button", name="Start the qualification").click()
    desk.page.wait_for_load_state("networkidle")  # the scripts run and have asked for the next clip

    for done in range(2):
        expect(desk.page.get_by_role("link", name=f"Qualification: {done} of 2 clips done")).to_be_visible()
        expect(desk.page.locator("#clip .tags > li")).to_have_count(2)
        clip = desk.page.locator("#clip").get_attribute("data-task")
        desk.page.keyboard.press("Enter")
        expect(desk.page.locator(f'#clip[data-task="{clip}"]')).to_have_count(0)
        desk.page.wait_for_timeout(350)  # twice in a moment would count as one press

    expect(desk.page.get_by_role("heading", name="Not passed yet")).to_be_visible()
    expect(desk.page.get_by_text("should not be given")).to_have_count(2)
    expect(desk.page.get_by_text("The ball goes in from above.").first).to_be_visible()
    expect(desk.page.get_by_text("They play in the street.").first).to_be_visible()
