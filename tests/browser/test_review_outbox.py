"""Reviews on their way to the server: nothing is lost, nothing is stored twice."""

import re

import pytest
from playwright.sync_api import expect

from annotation import queue as tasks
from annotation.models import Review
from tests.annotation.factories import claim
from tests.browser.review_desk import Desk, make_queue
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queue():
    return make_queue()


@pytest.fixture
def desk(queue, open_page):
    return Desk(open_page(queue.reviewer)).enter()


def lose(task):
    """The lease runs out and somebody else claims the clip."""
    task.refresh_from_db()
    tasks.give_back(task.pk, task.reviewer, task.token)
    claim(make_user(lines=(task.business_line,)), task.business_line)


def test_a_lost_lease_keeps_the_work_on_the_screen(desk, queue):
    lose(queue.tasks[0])

    desk.press("2", "Enter")

    expect(desk.notices()).to_contain_text("Somebody else has this clip now")
    desk.shows("Clip 1")
    desk.verdict_is(queue.street, "reject")
    assert Review.objects.count() == 0


def test_the_last_clip_of_the_queue_stays_when_it_is_refused(open_page):
    queue = make_queue(clips=1)
    desk = Desk(open_page(queue.reviewer)).enter()
    lose(queue.tasks[0])

    desk.press("2", "Enter")

    expect(desk.notices()).to_contain_text("Somebody else has this clip now")
    desk.verdict_is(queue.street, "reject")


def test_from_a_lost_clip_one_goes_on(desk, queue):
    lose(queue.tasks[0])
    desk.press("Enter")

    desk.page.get_by_role("button", name="Go on without it").click()

    desk.shows("Clip 2")
    desk.page.wait_for_timeout(350)  # twice in a moment would count as one press
    desk.press("Enter")
    desk.shows("Clip 3")
    desk.saved()
    assert Review.objects.get().task == queue.tasks[1]


def test_without_a_network_it_is_sent_when_there_is_one_again(desk, queue):
    desk.page.context.set_offline(True)
    desk.press("2", "Enter")
    desk.shows("Clip 2")
    expect(desk.page.locator("#saved")).to_have_attribute("data-state", "failed")

    desk.page.context.set_offline(False)

    desk.saved()
    assert Review.objects.get().task == queue.tasks[0]


def test_two_clips_reviewed_without_a_network_arrive_once_each(desk, queue):
    posted = []
    desk.page.on("request", lambda request: request.method == "POST" and posted.append(request.post_data or ""))
    desk.page.context.set_offline(True)
    desk.press("2", "Enter")
    desk.shows("Clip 2")
    desk.press("1", "Enter")
    sign = desk.page.locator("#saved")
    expect(sign).to_have_attribute("data-state", "failed")
    expect(sign).to_contain_text("not saved")
    assert Review.objects.count() == 0

    desk.page.context.set_offline(False)

    desk.shows("Clip 3")
    desk.saved()
    first, second = Review.objects.order_by("pk")
    assert [first.task, second.task] == queue.tasks[:2]
    assert [review.verdicts.get(choice="reject").tag for review in (first, second)] == [queue.street, queue.dunk]
    sent = [
        operation for body in posted for operation in (str(first.operation), str(second.operation)) if operation in body
    ]
    assert len(sent) > 2, "it was tried before there was a network again"


def test_an_answer_that_got_lost_stores_nothing_twice(desk, queue):
    lost = []

    def lose_first_answer(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    desk.page.route(f"**/review/{queue.tasks[0].pk}/", lose_first_answer)
    desk.press("Enter")

    desk.saved()
    assert lost
    assert Review.objects.count() == 1


def test_leaving_with_unsent_work_warns(desk):
    questions = []
    desk.page.on("dialog", lambda dialog: (questions.append(dialog.type), dialog.dismiss()))
    desk.press("2")

    desk.page.evaluate("location.reload()")
    desk.page.wait_for_timeout(300)

    assert questions == ["beforeunload"]


def test_giving_back_leaves_the_clip_to_others(desk, queue):
    desk.press("s")
    desk.page.get_by_role("button", name="Give the clip back and stop").click()

    expect(desk.page).to_have_url(re.compile(r"//[^/]+/$"))
    task = queue.tasks[0]
    task.refresh_from_db()
    assert task.state == "waiting"
