"""What makes hands faster, in one sitting: a part of the clip, one's own keys, what was counted, and a whole group."""

import re

import pytest
from playwright.sync_api import expect

from annotation import queue, shortcuts
from annotation.models import ClipGroup, GroupedClip, GroupReview, Review, ReviewTask, Verdict
from tagging import clips
from tagging.models import Suggestion, Video
from tests.browser.review_desk import Desk, make_queue
from tests.ml.media_files import make_clip

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GROUPED = 4
PRESS_AT_ONCE = """keys => { for (const key of keys)
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); }"""

FROM_FIRST_TO_LAST = ["ArrowRight", "ArrowRight", "x", "ArrowRight", "x"]  # save the second, which is out
FROM_LAST_TO_FIRST = ["ArrowLeft", "x", "ArrowLeft", "ArrowLeft", "x"]


@pytest.fixture
def desk_queue(settings, tmp_path):
    """One clip of three seconds to review by itself; four of text that are alike."""
    settings.MEDIA_ROOT = tmp_path / "media"
    made = make_queue(clips=1 + GROUPED)
    media = clips.store(make_clip(tmp_path / "one.webm", colour=(40, 90, 160)))
    Video.objects.filter(pk=made.tasks[0].video_id).update(media=media, media_state="ready")
    Suggestion.objects.filter(tag=made.dunk).update(evidence={"windows": [0.5, [0, 0, 0.9, 0.8, 0, 0]]})
    group = ClipGroup.objects.create(business_line=made.line, likeness=0.95)
    GroupedClip.objects.bulk_create(GroupedClip(group=group, video_id=task.video_id) for task in made.tasks[1:])
    return made


def seek(desk, second):
    desk.page.evaluate(f"document.querySelector('#clip video').currentTime = {second}")


def give_a_part(desk, tag):
    """A tag holds in a part of the clip: by keys, one of them the person's own, and by dragging. Returns the part."""
    row = desk.row(tag)
    # What the models suggest is taken over, moved by keys, taken back; another key begins a part.
    seek(desk, 1.2)
    desk.press("x")
    expect(row.locator(".spanned")).to_contain_text("0:01.0–0:02.0")
    expect(desk.page.locator("#announcer")).to_contain_text("holds from 0:01.0 to 0:02.0")
    desk.press("[")
    expect(row.locator("[name^=span-]")).to_have_value("0.90 2.00")
    expect(row.locator(".spanned")).to_contain_text("0:00.9–0:02.0")
    desk.press("u")
    expect(row.locator("[name^=span-]")).to_have_value("1.00 2.00")
    seek(desk, 0.5)
    desk.press("i")  # the usual key is nobody's now
    expect(row.locator("[name^=span-]")).to_have_value("1.00 2.00")
    desk.press("b")
    expect(row.locator("[name^=span-]")).to_have_value("0.50 2.00")
    edge = desk.page.locator(f"svg[data-lane='{tag.pk}'] [data-edge=end]").bounding_box()
    lane = desk.page.locator(f"svg[data-lane='{tag.pk}']").bounding_box()
    desk.page.mouse.move(edge["x"] + edge["width"] / 2, edge["y"] + 5)
    desk.page.mouse.down()
    desk.page.mouse.move(lane["x"] + lane["width"] / 2, edge["y"] + 5)
    desk.page.mouse.up()
    told = row.locator("[name^=span-]").input_value()
    assert re.fullmatch(r"0\.50 1\.[45]\d", told)
    seek(desk, 2.5)
    desk.press("j")
    assert desk.page.evaluate("document.querySelector('#clip video').currentTime") == 0.5
    return told


def judge_the_group(page):
    page.goto("/groups/")
    page.get_by_role("link", name=f"{GROUPED} clips").click()
    expect(page.locator(".tile.todo-now")).to_have_count(3)
    page.locator(".tile").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")  # out: another one is drawn
    expect(page.locator("#preview")).to_contain_text("3 clips are reviewed")
    page.keyboard.press("2")  # Streetball: from all to none
    page.keyboard.press("2")
    expect(page.locator("#preview")).to_contain_text("3 suggestions are rejected")
    opened: list[str] = []
    page.on("request", lambda asked: opened.append(asked.url) if "/clips/" in asked.url else None)
    page.keyboard.press("l")
    expect(page.locator("#opened .opened")).to_be_visible()
    page.evaluate(PRESS_AT_ONCE, ["o", "l"])  # before the browser has told that the window was closed
    expect(page.locator("#opened .opened")).to_have_count(1)
    expect(page.locator(".tile.todo-now")).to_have_count(1)
    page.keyboard.press("l")  # one key: the next one comes without closing the one before
    expect(page.locator(".tile.todo-now")).to_have_count(0)
    expect(page.locator("#opened .opened")).to_have_count(1)
    page.keyboard.press("x")  # out with the one on the screen, and in again
    expect(page.get_by_role("button", name="Take out")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#preview")).to_contain_text("2 clips are reviewed")
    page.keyboard.press("x")
    expect(page.locator("#preview")).to_contain_text("3 clips are reviewed")
    page.keyboard.press("l")  # there is none left
    expect(page.locator("#opened")).to_be_hidden()
    expect(page.locator(f".tile[data-video='{opened[-1].split('/')[-2]}']")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.press("Escape")  # out of the field: keys are keys again
    with page.expect_response("**/preview/"):
        page.keyboard.press("x")
    with page.expect_response("**/preview/"):
        page.keyboard.press("x")
    assert len(opened) == 3, "a key that closes a clip, or that goes on, opens none by the way"
    page.locator(".tile").first.focus()
    page.evaluate(PRESS_AT_ONCE, ["x", *FROM_FIRST_TO_LAST])
    expect(page.locator("#preview")).to_contain_text("0 clips are reviewed")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("#preview")).to_contain_text("The server cannot be reached.")
    page.context.set_offline(False)
    # Enter is meant of what was just changed, not of what the page said before; with nothing typed it is the key that
    # sends, not the first clip's button.
    page.evaluate(PRESS_AT_ONCE, ["x", *FROM_LAST_TO_FIRST, "/", "Enter"])
    expect(page.get_by_role("heading", level=1)).to_have_text("3 clips were reviewed")


def test_a_part_of_the_clip_ones_own_keys_and_a_whole_group(desk_queue, open_page):
    shortcuts.change(desk_queue.reviewer, {"begin": "b"})
    page = open_page(desk_queue.reviewer)
    desk = Desk(page).enter().loaded()
    page.evaluate("document.querySelector('#clip video').pause()")
    expect(page.locator("#clip .speed")).to_have_text("1×")

    told = give_a_part(desk, desk_queue.dunk)

    desk.press("?")
    expect(page.locator("#keys .own")).to_contain_text("b")
    desk.press("Escape", "Enter")
    desk.saved()
    review = Review.objects.get()
    verdict = Verdict.objects.get(tag=desk_queue.dunk)
    assert [f"{second:.2f}" for second in (verdict.start, verdict.end)] == told.split()
    assert review.keystrokes == 9  # x [ u i b j ? Escape Enter
    assert review.edits == 5  # taken over, moved, taken back, begun, dragged

    for held in ReviewTask.objects.claimed_by(desk_queue.reviewer):
        queue.give_back(held.pk, desk_queue.reviewer, held.token)
    judge_the_group(page)
    assert GroupReview.objects.get().keystrokes > 5
    assert ReviewTask.objects.filter(state="done").count() == 4

    page.wait_for_load_state()  # its script hears keys
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text("The reviews of 3 clips were taken back")
    assert ReviewTask.objects.filter(state="waiting").count() == GROUPED
