"""The clip on the review page: played, sought, and loaded before it is needed."""

import pytest
from playwright.sync_api import expect

from tagging import clips
from tagging.models import Suggestion, Video
from tests.browser.review_desk import Desk, make_queue
from tests.ml.media_files import make_clip

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOMENT = 1.5  # seconds


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    # VP8 and Opus: every Chromium plays them.
    return [make_clip(folder / f"{n}.webm", colour=(40 + 90 * n, 90, 160)) for n in range(2)]


@pytest.fixture
def queue(settings, tmp_path, files):
    """Clips of three seconds; what shows “Slam dunk” begins in the middle."""
    settings.MEDIA_ROOT = tmp_path / "media"
    queue = make_queue(clips=2)
    for task, file in zip(queue.tasks, files, strict=True):
        media = clips.store(file)
        Video.objects.filter(pk=task.video_id).update(media=media, media_state="ready")
    Suggestion.objects.filter(tag=queue.dunk).update(evidence={"moment": [MOMENT, 2.5]})
    region = [MOMENT, 0.25, 0.2, 0.75, 0.8]
    Suggestion.objects.filter(tag=queue.street).update(evidence={"moment": [MOMENT, 2.5], "region": region})
    return queue


@pytest.fixture
def desk(queue, open_page):
    return Desk(open_page(queue.reviewer)).enter().loaded()


def playing(desk):
    return desk.page.evaluate("!document.querySelector('#clip video').paused")


def seconds(desk):
    return desk.page.evaluate("document.querySelector('#clip video').currentTime")


def test_space_plays_and_pauses(desk):
    before = playing(desk)

    desk.press(" ")
    assert playing(desk) != before

    desk.press(" ")
    assert playing(desk) == before


def test_a_key_jumps_to_the_moment_of_the_tag(desk, queue):
    desk.page.evaluate("document.querySelector('#clip video').pause()")
    expect(desk.row(queue.dunk)).to_contain_text("0:01–0:02")

    desk.press("j")
    assert seconds(desk) == MOMENT

    desk.press("ArrowRight")
    assert seconds(desk) == MOMENT + 1


def test_the_key_stops_at_a_face_and_frames_it_until_the_clip_moves_on(desk, queue):
    desk.press("ArrowDown")
    desk.press("j")

    frame = desk.page.locator("#clip .box")
    expect(frame).to_be_visible()
    assert seconds(desk) == MOMENT
    assert not playing(desk)
    shown, box = desk.page.locator("#clip video").bounding_box(), frame.bounding_box()
    assert abs(box["x"] + box["width"] / 2 - (shown["x"] + shown["width"] / 2)) < 4  # in the middle of the picture
    assert 0.55 * shown["height"] < box["height"] < 0.65 * shown["height"] + 8

    desk.press(" ")
    expect(frame).to_have_count(0)


def test_keys_go_through_the_stretches_in_which_the_tag_holds(queue, open_page):
    scores = [0.9, 0.1, 0.7, 0, 0.6, 0.8]  # of half a second each
    Suggestion.objects.filter(tag=queue.dunk).update(evidence={"windows": [0.5, scores]})
    desk = Desk(open_page(queue.reviewer)).enter().loaded()
    desk.page.evaluate("document.querySelector('#clip video').pause()")
    desk.page.evaluate("document.querySelector('#clip video').currentTime = 0")

    for key, second in (("j", 1.0), ("j", 2.0), ("j", 0.0), ("k", 2.0), ("k", 1.0)):
        desk.press(key)
        assert seconds(desk) == second
    expect(desk.page.locator("#announcer")).to_have_text("0:01")
    lane = desk.page.locator(f"#clip svg[data-lane='{queue.dunk.pk}']")
    expect(lane.locator("rect")).to_have_count(3)
    expect(desk.row(queue.dunk)).to_contain_text("0:00–0:00")


def test_the_next_clip_is_loaded_before_it_is_shown(desk):
    desk.loaded("#parked")

    desk.press("Enter")

    desk.shows("Clip 2")
    desk.loaded()
    assert desk.page.locator("#clip .film img").evaluate("image => image.complete && image.naturalWidth > 0")
