"""An editor forbids two tags together, sees which reviewed clips break that, publishes, and takes it all back."""

import re

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Review
from taxonomy.models import BusinessLine, Rule
from tests.annotation.factories import add as said
from tests.annotation.factories import claim, make_review, make_task
from tests.browser.review_desk import Desk, make_queue
from tests.factories import make_user, make_video

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queue():
    """Three clips to review that are proposed both tags, and one that was given both."""
    queue = make_queue()
    task = make_task(queue.line, video=make_video(title="A dunk in the street"), priority=9)
    assert claim(queue.reviewer, queue.line) == task
    task.refresh_from_db()
    make_review(task, said(queue.dunk, queue.street), queue.reviewer)
    return queue


@pytest.fixture
def editor(open_page):
    page = open_page(make_user("editor"))
    page.goto("/taxonomy/rules/")
    return page


def pick(page: Page, label: str, words: str, name: str) -> None:
    """With the keyboard, faster than the server answers."""
    page.get_by_role("combobox", name=label, exact=True).focus()  # its script is there
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator(".picked", has_text=name)).to_be_visible()


def forbid(page: Page) -> None:
    """Slam dunk and streetball; the page tells what that breaks while it is written."""
    page.get_by_role("link", name="Add a rule").click()
    pick(page, "Tag", "slam", "Slam dunk")
    pick(page, "Other tags", "streetb", "Streetball")
    expect(page.locator("#breaks")).to_contain_text("1 stored tag set would break it.")
    expect(page.locator("#breaks")).to_contain_text("A dunk in the street")
    expect(page.get_by_text("It contradicts no other rule.")).to_be_visible()
    page.get_by_role("button", name="Put into my change set").click()
    expect(page.get_by_text("Slam dunk is never together with Streetball.")).to_be_visible()


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text(re.compile("published", re.IGNORECASE)).first).to_be_visible()


def test_a_rule_is_written_published_felt_by_reviewers_and_taken_back(editor, queue, open_page):
    forbid(editor)
    editor.get_by_role("link", name="To the change set").click()
    publish(editor)
    assert Rule.objects.filter(kind="excludes", subject=queue.dunk, others=queue.street).exists()

    desk = Desk(open_page(queue.reviewer)).enter()
    expect(desk.row(queue.street)).to_have_count(0)  # no longer proposed beside the other
    desk.search("streetb", "Streetball")
    expect(desk.notices()).to_contain_text("Slam dunk and Streetball exclude each other.")
    desk.press("Enter")
    desk.shows("Clip 1")
    assert Review.objects.count() == 1

    editor.get_by_role("button", name=re.compile("Take it back|Take back|Revert")).click()
    publish(editor)
    assert not Rule.objects.filter(subject=queue.dunk).exists()
    desk.page.on("dialog", lambda dialog: dialog.accept())  # the tag that was added is let go
    desk.enter()
    expect(desk.row(queue.street)).to_be_visible()
    desk.press("Enter")
    desk.shows("Clip 2")
    desk.saved()
    assert Review.objects.count() == 2


def test_contradictions_are_told_while_the_rule_is_written(editor, queue):
    editor.get_by_role("link", name="Add a rule").click()
    editor.get_by_label("Kind").select_option("requires")
    pick(editor, "Tag", "streetb", "Streetball")
    pick(editor, "Other tags", "league", "League game")

    expect(editor.get_by_text("No clip can be given Streetball.")).to_be_visible()
    expect(editor.get_by_text("Streetball is never together with League game.").first).to_be_visible()
    editor.get_by_role("button", name="Take out League game").click()
    expect(editor.get_by_text("No clip can be given Streetball.")).to_have_count(0)


def test_the_kind_decides_which_fields_there_are(editor):
    BusinessLine.objects.update(name="x")
    editor.get_by_role("link", name="Add a rule").click()

    expect(editor.get_by_label("Weight")).to_be_hidden()
    editor.get_by_label("Kind").select_option("co_occurs")
    expect(editor.get_by_label("Weight")).to_be_visible()
    editor.get_by_label("Kind").select_option("at_most_one_child")
    expect(editor.get_by_label("Other tags", exact=True)).to_be_hidden()
