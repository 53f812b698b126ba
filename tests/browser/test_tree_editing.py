"""The taxonomy edited in the browser: with the keyboard alone, with the mouse, and by two people at once."""

import re

import pytest
from playwright.sync_api import expect

from tagging.models import VideoTag
from taxonomy import changes, publishing, versions
from taxonomy.models import ChangeSet, Edit, Tag, TagRelation
from tests.browser.tree_page import TreePage, make_sports
from tests.factories import make_line, make_user, make_video

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tags():
    return make_sports()


@pytest.fixture
def editor():
    return make_user("editor", username="mei")


@pytest.fixture
def tree(tags, editor, open_page):
    return TreePage(open_page(editor)).enter().start()


def stored() -> list[tuple[str, dict]]:
    return list(Edit.objects.standing().values_list("op", "values"))


def saved(tree: TreePage, *words: str) -> None:
    """The change set tells these edits, and they are stored."""
    expect(tree.page.locator(".edit .words")).to_contain_text(list(words))
    expect(tree.page.locator("[data-sign]")).to_have_attribute("data-state", "saved")


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


def give_a_chinese_name(tree):
    tree.type("food").focus_is_on("Food")
    tree.press("F2")
    dialog = tree.page.locator("#names-dialog")
    dialog.get_by_role("button", name="Add a name").click()
    tree.type("zh").press("Tab").type("美食").press("Tab", "Space")
    dialog.get_by_role("button", name="Save").click()
    return dialog


def stored_names(tree):
    saved(tree, "美食")
    [(op, values)] = stored()
    assert (op, values["name"]) == ("rename", "Food")
    return values["names"]


def test_names_in_several_languages(tree, tags):
    give_a_chinese_name(tree)

    assert stored_names(tree) == [["en", "Food", True], ["zh", "美食", True]]


def test_names_sent_off_before_the_others_have_come_wait_for_them(tree, tags):
    held = []
    tree.page.route("**/api/**/tags/*/", lambda route: held.append(route))
    dialog = give_a_chinese_name(tree)
    expect(dialog).to_be_visible()
    assert stored() == []
    [route] = held
    route.continue_()

    assert stored_names(tree) == [["en", "Food", True], ["zh", "美食", True]]


def test_names_are_kept_in_the_window_when_the_others_do_not_come(tree, tags):
    tree.page.route("**/api/**/tags/*/", lambda route: route.abort())
    dialog = give_a_chinese_name(tree)

    expect(dialog.locator("#name-main:focus")).to_have_count(1)  # the browser points there and says why
    expect(dialog.locator(".name-rows input").nth(1)).to_have_value("美食")
    dialog.get_by_role("button", name="Cancel").click()
    assert stored() == []


def test_names_that_come_late_do_not_take_the_focus(tree, tags):
    held = []
    tree.page.route("**/api/**/tags/*/", lambda route: held.append(route))
    tree.type("food").focus_is_on("Food")
    tree.press("F2")
    dialog = tree.page.locator("#names-dialog")
    dialog.get_by_role("button", name="Add a name").click()
    with tree.page.expect_response("**/tags/*/"):
        [route] = held
        route.continue_()
    tree.type("zh")

    expect(dialog.locator(".name-rows input").first).to_have_value("zh")


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


def test_what_the_taxonomy_cannot_bear_is_explained_and_written_again(tree, tags):
    tree.press("Insert").type("Basketball")
    tree.page.locator("#name-code").fill("hoops")
    tree.press("Enter")
    notice = tree.page.locator(".notices .alert")
    expect(notice).to_contain_text("hoops")

    notice.get_by_role("button", name="Change it").click()
    expect(tree.page.locator("#name-main")).to_have_value("Basketball")
    tree.page.locator("#name-code").fill("hoops-2")
    tree.press("Enter")

    saved(tree, "Basketball")
    assert stored()[0][1]["code"] == "hoops-2"


def test_the_second_editor_is_told_and_loses_nothing(tree, tags, editor):
    tree.press("Delete", "Enter")
    saved(tree, "Sports")
    change_set = ChangeSet.objects.get()
    changes.add(change_set.pk, "rename", {"tag": "food", "name": "Cooking"}, make_user("editor", username="lin"))

    tree.type("food").press("F2").type("Kitchen").press("Enter")

    notice = tree.page.locator(".notices .alert")
    expect(notice).to_contain_text(re.compile("lin: .*Cooking"))
    expect(tree.row("Kitchen")).to_be_visible()
    assert [op for op, _values in stored()] == ["state", "rename"]
    notice.get_by_role("button", name="Make my edit all the same").click()
    saved(tree, "Sports", "Cooking", "Kitchen")
    assert stored()[-1][1]["name"] == "Kitchen"


def test_the_edit_that_came_second_may_be_dropped(tree, tags):
    tree.press("Delete", "Enter")
    saved(tree, "Sports")
    lin = make_user("editor", username="lin")
    changes.add(ChangeSet.objects.get().pk, "rename", {"tag": "food", "name": "Cooking"}, lin)
    tree.type("food").press("F2").type("Kitchen").press("Enter")

    tree.page.get_by_role("button", name="Drop my edit").click()

    expect(tree.row("Cooking")).to_be_visible()
    assert [op for op, _values in stored()] == ["state", "rename"]


def test_what_the_network_loses_is_sent_after_a_reload(tree, tags):
    tree.page.route("**/api/change-sets/**", lambda route: route.abort())
    tree.press("Delete", "Enter")
    expect(tree.page.locator("[data-sign]")).to_have_attribute("data-state", "failed")
    tree.page.unroute("**/api/change-sets/**")

    tree.page.reload()

    saved(tree, "Sports")
    expect(tree.row("Sports")).to_have_attribute("data-state", "deprecated")
    assert [op for op, _values in stored()] == ["state"]


def test_an_answer_that_is_lost_makes_no_second_edit(tree, tags):
    tree.press("Delete", "Enter")
    saved(tree, "Sports")
    lost = []

    def lose(route):
        if route.request.method == "POST" and not lost:
            route.fetch()
            lost.append(route)
            route.abort()
        else:
            route.continue_()

    tree.page.route("**/edits/", lose)
    tree.page.get_by_role("button", name="Allow giving it").click()

    expect(tree.page.locator(".edit")).to_have_count(2)
    saved(tree, "", "")
    assert [op for op, _values in stored()] == ["state", "assignable"]


def test_an_answer_that_is_lost_with_the_page_makes_no_second_edit(tree, tags):
    tree.press("Delete", "Enter")
    saved(tree, "Sports")

    def lose(route):
        if route.request.method == "POST":
            route.fetch()
        route.abort()

    tree.page.route("**/api/change-sets/**", lose)
    tree.page.get_by_role("button", name="Allow giving it").click()
    expect(tree.page.locator("[data-sign]")).to_have_attribute("data-state", "failed")
    tree.page.unroute("**/api/change-sets/**")
    tree.page.reload()

    expect(tree.page.locator(".edit")).to_have_count(2)
    expect(tree.page.locator("[data-sign]")).to_have_attribute("data-state", "saved")
    assert [op for op, _values in stored()] == ["state", "assignable"]


def test_an_edit_that_finds_its_set_published_goes_into_a_new_one(tree, tags, editor):
    tree.press("Delete", "Enter")
    saved(tree, "Sports")
    publishing.publish(ChangeSet.objects.get().pk, editor)
    tree.type("food").press("F2").type("Kitchen").press("Enter")

    tree.page.get_by_role("button", name="Go on in a new change set").click()

    saved(tree, "Kitchen")
    expect(tree.row("Kitchen")).to_be_visible()
    assert list(ChangeSet.objects.order_by("pk").values_list("state", flat=True)) == ["published", "open"]


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


def test_a_draft_is_there_again_the_next_day(tree, tags, editor, open_page):
    tree.press("ArrowRight", "Insert").type("Curling").press("Enter")
    saved(tree, "Curling")

    again = TreePage(open_page(editor)).enter(f"/taxonomy/tags/{tags.ball.pk}/")

    expect(again.row("Curling")).to_be_visible()
    expect(again.row("Curling").locator(".dot.new")).to_be_visible()
    again.row("Curling").click()
    again.shows_tag("Curling")
    expect(again.page.locator("#tag .in-draft")).to_contain_text("Curling")
