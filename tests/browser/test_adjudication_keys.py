"""Ruling on disputed tags, and asking about a clip, with the keyboard alone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from annotation.models import Comment, Consensus, Ruling, SecondLook
from annotation.verdicts import Said
from ml.registry.models import ModelVersion
from tests.annotation.agreement.factories import given
from tests.annotation.factories import make_review, make_task
from tests.browser.review_desk import Desk, make_queue
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def dispute(queue, n):
    """Two reviewers who do not agree on the dunk of a clip."""
    for slot, choice in ((1, "accept"), (2, "reject")):
        person, now = make_user(lines=(queue.line,)), timezone.now()
        task = queue.tasks[n] if slot == 1 else make_task(queue.line, video=queue.tasks[n].video, slot=2)
        task.state, task.reviewer, task.token, task.lease_until = "claimed", person, 1, now
        task.save()
        said = [Said(queue.dunk.pk, choice), Said(queue.street.pk, "accept")]
        make_review(task, said, person, model_version=ModelVersion.objects.get().pk)
    return queue.tasks[n].video


def test_one_key_rules_and_one_takes_it_back(open_page):
    queue = make_queue(clips=2)
    videos = [dispute(queue, n) for n in (0, 1)]
    page = open_page(make_user("editor"))
    page.goto(f"/adjudication/{queue.line.slug}/{videos[0].pk}/")
    row = page.locator(".dispute")
    expect(row).to_have_attribute("aria-current", "true")

    page.keyboard.press("c")
    page.keyboard.type("The ball never goes in.")
    page.keyboard.press("Escape")
    page.keyboard.press("r")

    expect(page.get_by_text("does not belong to the clip")).to_be_visible()
    assert Ruling.objects.get().comment == "The ball never goes in."
    assert given(videos[0], queue.line) == {"Streetball"}
    page.wait_for_load_state()  # the page came anew, and its script hears keys
    page.keyboard.press("u")
    expect(page.locator(".dispute.open")).to_have_count(1)
    assert given(videos[0], queue.line) == {"Slam dunk", "Streetball"}
    page.wait_for_load_state()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{videos[1].pk}/*")
    assert Consensus.objects.filter(doubt__gt=0).count() == 2


def test_a_second_look_is_answered_and_taken_back_with_a_key_each(open_page):
    queue = make_queue(clips=1)
    model, first = ModelVersion.objects.get(), make_user(lines=(queue.line,))
    task = queue.tasks[0]
    task.state, task.reviewer, task.token, task.lease_until = "claimed", first, 1, timezone.now()
    task.save()
    said = [Said(queue.dunk.pk, "reject"), Said(queue.street.pk, "accept")]
    review = make_review(task, said, first, model_version=model.pk)
    values = {"business_line": queue.line, "tag": queue.dunk, "model_version": model, "confidence": 0.9, "gain": 0.8}
    SecondLook.objects.create(task=task, review=review, refused=True, **values)
    page = open_page(queue.reviewer)
    page.goto("/second-looks/")
    expect(page.locator(".dispute")).to_have_attribute("aria-current", "true")

    page.keyboard.press("y")

    expect(page.get_by_role("button", name="Take back: yes to Slam dunk")).to_be_visible()
    assert given(task.video, queue.line) == {"Slam dunk", "Streetball"}
    page.wait_for_load_state()  # the page came anew, and its script hears keys
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Does this clip show Slam dunk?")).to_be_visible()
    assert given(task.video, queue.line) == {"Streetball"}


def test_a_reviewer_asks_about_the_clip(open_page):
    queue = make_queue(clips=2)
    desk = Desk(open_page(queue.reviewer)).enter()

    desk.press("t")
    desk.page.get_by_role("textbox", name="Comment or question").fill("Is this a dunk?")
    desk.page.get_by_role("button", name="Ask").click()

    expect(desk.page.locator("#talk").get_by_text("Is this a dunk?")).to_be_visible()
    desk.press("Escape", "1")
    desk.verdict_is(queue.dunk, "reject")
    assert Comment.objects.get().question
