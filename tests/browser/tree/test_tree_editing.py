"""The taxonomy edited in the browser, with the keyboard alone and with the mouse."""

import pytest
from playwright.sync_api import expect

from tagging.models import VideoTag
from taxonomy import versions
from taxonomy.models import ChangeSet, Tag, TagRelation
from tests.browser.tree_page import saved, stored
from tests.factories import make_line, make_video

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_tag_is_made_renamed_moved_and_merged_with_the_keyboard(tree, tags, editor):
    tree.press("ArrowRight", "ArrowDown").focus_is_on("Ball games")
    tree.press("Insert").type("3x3 league").press("Enter")
    tree.focus_is_on("3x3 league")
    saved(tree, "3x3 league")

    tree.press("ArrowUp").focus_is_on("Streetball")
    tree.press("F2").type("Street basketball").press("Enter")
    tree.focus_is_on("Street basketball")

    tree.press("Alt+ArrowUp")
    expect(tree.row("Street basketball")).to_have_attribute("aria-posinset", "1")
    tree.press("Control+x", "End").focus_is_on("Food")
    tree.press("Control+v").focus_is_on("Street basketball")
    expect(tree.row("Street basketball")).to_have_attribute("aria-level", "2")

    tree.press("Home").type("fig").focus_is_on("Fight")
    tree.press(".", "5")  # the fifth tool: merge
    tree.type("Basketb")
    expect(tree.page.locator("#target-dialog .found li").first).to_contain_text("Basketball")
    tree.press("Enter", "Enter")

    saved(tree, "3x3 league", "Street basketball", "", "Food", "Fight")
    assert [op for op, _values in stored()] == ["create", "rename", "move", "move", "merge"]
    tree.page.get_by_role("link", name="Preview and publish").press("Enter")
    tree.page.get_by_role("button", name="Publish", exact=True).press("Enter")
    expect(tree.page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    assert ChangeSet.objects.get().state == "published"
    new = Tag.objects.get(code="3x3-league")
    assert (new.parent, new.state) == (tags.ball, "active")
    tags.street.refresh_from_db()
    assert (tags.street.name, tags.street.parent) == ("Street basketball", tags.food)
    tags.fight.refresh_from_db()
    assert tags.fight.merged_into == tags.hoops


def test_it_is_counted_what_publishing_would_touch(tree, tags):
    VideoTag.objects.create(video=make_video(), business_line=make_line(), tag=tags.food, source="review")
    tree.type("food").press("Delete", "Enter")
    saved(tree, "Food")

    tree.page.get_by_text("If published now").click()

    expect(tree.page.locator(".impact li").first).to_contain_text("1")


def test_an_edit_is_undone_by_key_and_by_button(tree):
    tree.press("Delete", "Enter")
    expect(tree.row("Sports")).to_have_attribute("data-state", "deprecated")
    saved(tree, "Sports")
    tree.press("Control+z")
    expect(tree.row("Sports")).to_have_attribute("data-state", "active")
    expect(tree.page.locator(".edit")).to_have_count(0)

    tree.page.get_by_role("button", name="Forbid giving it").or_(
        tree.page.get_by_role("button", name="Allow giving it")
    ).click()
    saved(tree, "Sports")
    tree.page.locator("[data-undo]").click()
    expect(tree.page.locator(".edit")).to_have_count(0)
    assert stored() == []


def test_a_row_is_dragged_before_behind_and_into_another(tree, tags):
    tree.press("ArrowRight", "ArrowDown", "ArrowRight")
    tree.row("Streetball").drag_to(tree.row("Food"))
    saved(tree, "Streetball")
    expect(tree.row("Streetball")).to_have_attribute("aria-level", "2")

    tree.row("Food").drag_to(tree.row("Sports"), target_position={"x": 60, "y": 2})
    saved(tree, "Streetball", "Food")
    expect(tree.row("Food")).to_have_attribute("aria-posinset", "1")

    tree.row("Fight").drag_to(tree.row("Ball games"), target_position={"x": 60, "y": 2})
    expect(tree.row("Fight")).to_have_attribute("aria-posinset", "1")
    saved(tree, "", "", "")

    assert [(values["tag"], values["parent"], values.get("after", "last")) for _op, values in stored()] == [
        ("street", "food", "last"),
        ("food", None, None),
        ("fight", "sports", None),
    ]


def test_a_tag_is_split(tree):
    tree.press("ArrowRight").type("fig").focus_is_on("Fight")
    tree.page.get_by_role("button", name="Split").click()
    for word, name in (("basket", "Basketball"), ("streetb", "Streetball")):
        tree.type(word).press("Enter")  # faster than the server answers
        expect(tree.page.locator("#target-dialog .chosen")).to_contain_text(name)
    tree.page.locator("#target-rest").select_option("hoops")
    tree.page.locator("#target-dialog").get_by_role("button", name="Save").click()

    saved(tree, "Fight")
    assert stored() == [("split", {"tag": "fight", "into": ["hoops", "street"], "default": "hoops"})]


def test_an_open_tag_is_made_and_named_again(tree):
    tree.press("Insert").type("Rain sounds")
    tree.page.locator("#name-kind").select_option("content")
    tree.page.locator("#names-dialog").get_by_role("button", name="Save").click()
    saved(tree, "Rain sounds")
    tree.page.locator(".edit .words").click()
    tree.shows_tag("Rain sounds")

    tree.page.get_by_role("button", name="Names", exact=True).click()
    tree.type("Sound of rain").press("Enter")

    saved(tree, "Rain sounds", "Sound of rain")
    assert [(op, values.get("tag")) for op, values in stored()] == [("create", None), ("rename", "rain-sounds")]


def test_words_that_find_nothing_move_nothing(tree):
    tree.press("ArrowRight").type("fig").focus_is_on("Fight")
    tree.page.get_by_role("button", name="Move").click()
    tree.type("no such tag").press("Enter", "Enter")  # with nothing chosen it would go to the top of the tree
    expect(tree.page.locator("#announcer")).to_have_text("No tag is called so.")
    tree.press("Enter")
    expect(tree.page.locator("#target-dialog")).to_be_visible()
    assert stored() == []


def test_a_relation_is_made_and_removed(tree, tags):
    tree.page.get_by_role("button", name="Relations").click()
    tree.page.locator("#target-kind").select_option("part_of")
    tree.page.locator("#target-dialog [name=target]").focus()
    tree.type("captain")
    expect(tree.page.locator("#target-dialog .found li").first).to_contain_text("Captain Leo")
    tree.press("Enter")
    expect(tree.page.locator("#target-dialog .chosen")).to_contain_text("Captain Leo")
    tree.press("Enter")
    saved(tree, "Captain Leo")
    assert stored() == [("relation_add", {"tag": "sports", "kind": "part_of", "to": "leo"})]

    tree.page.locator("#tag-pane").focus()
    tree.press("u")
    expect(tree.page.locator(".edit")).to_have_count(0)

    TagRelation.objects.create(tag=tags.food, kind="related", other=tags.leo)
    versions.publish()
    tree.enter(f"/taxonomy/tags/{tags.food.pk}/?set=0")
    tree.page.get_by_role("button", name="Remove the relation to Captain Leo").click()
    saved(tree, "Captain Leo")
    assert stored() == [("relation_remove", {"tag": "food", "kind": "related", "to": "leo"})]
