"""The review page on the screens it is used on, with as many tags as a clip may have proposed."""

import pytest
from playwright.sync_api import expect

from tagging.models import LinePolicy
from taxonomy import versions
from taxonomy.models import Guideline
from tests.annotation.factories import make_task
from tests.browser.review_desk import Desk, named
from tests.factories import make_line, make_model, make_suggestions, make_user, make_video

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GUIDELINE = "- Outdoor court, no league.\n- A fence behind the basket is a good sign.\n- **Not**: training in a hall."


@pytest.fixture
def tags():
    sports = named("Sports", assignable=False)
    tags = [named(f"A tag of some length {n}", parent=sports) for n in range(8)]
    Guideline.objects.bulk_create(Guideline(tag=tag, body=GUIDELINE) for tag in tags)
    return tags


@pytest.fixture
def reviewer(tags):
    line = make_line()
    LinePolicy.objects.create(business_line=line, threshold=0.1)
    taxonomy, model = versions.publish(), make_model()
    for n in range(2):
        video = make_video(title="Dunks at the street court", description="We played until the lights went out. " * n)
        make_suggestions(video, {tag: 0.9 - 0.05 * i for i, tag in enumerate(tags)}, model=model, taxonomy=taxonomy)
        make_task(line, video=video)
    return make_user("annotator", lines=(line,))


@pytest.mark.parametrize("size", [(1440, 900), (1280, 800), (820, 1180)], ids=str)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_eight_tags_leave_room_for_the_guideline_of_each(open_page, reviewer, tags, size, scheme):
    width, height = size
    page = open_page(reviewer, color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    desk = Desk(page).enter()

    for tag in tags:
        expect(desk.row(tag)).to_have_attribute("aria-current", "true")
        row, guide = (place.bounding_box() for place in (desk.row(tag), page.locator("#clip .guide")))
        assert guide["height"] >= 100
        assert guide["y"] + guide["height"] <= height
        assert row["y"] >= 0
        assert row["y"] + row["height"] <= guide["y"], f"{tag} lies behind the guideline"
        desk.press("ArrowDown")

    assert page.locator("#clip .guide").evaluate("card => card.scrollHeight <= card.clientHeight"), (
        "its text is cut off"
    )
    if width > 1000:  # nothing scrolls away
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert page.locator("#clip .tags").evaluate("list => list.scrollHeight <= list.clientHeight")
