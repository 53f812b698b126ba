"""What the tests of the taxonomy's page are about: a small tree, and the page as its user sees it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from taxonomy import names, versions
from taxonomy.models import Edit, Tag
from tests.factories import make_tag


@dataclass
class Sports:
    """Sports > Ball games > (Basketball, Streetball), Sports > Fight; Food; the open tag Captain Leo."""

    sports: Tag
    ball: Tag
    hoops: Tag
    street: Tag
    fight: Tag
    food: Tag
    leo: Tag


def make_sports() -> Sports:
    sports = _named("Sports", "sports", assignable=False)
    ball = _named("Ball games", "ball", parent=sports)
    made = Sports(
        sports,
        ball,
        hoops=_named("Basketball", "hoops", parent=ball),
        street=_named("Streetball", "street", parent=ball, position=1),
        fight=_named("Fight", "fight", parent=sports, position=1),
        food=_named("Food", "food", position=1),
        leo=_named("Captain Leo", "leo", kind="person"),
    )
    names.make(made.hoops, "篮球", language="zh", preferred=True).save()
    versions.publish()
    return made


def _named(text: str, code: str, **kw: object) -> Tag:
    tag = make_tag(text, code=code, **kw)
    names.follow(tag)
    return tag


class TreePage:
    """The taxonomy's page in words."""

    def __init__(self, page: Page):
        self.page = page

    def enter(self, path: str = "/taxonomy/") -> TreePage:
        self.page.goto(path)
        expect(self.page.locator("[role=treeitem]").first).to_be_visible()
        return self

    def press(self, *keys: str) -> TreePage:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, words: str) -> TreePage:
        self.page.keyboard.type(words)
        return self

    def row(self, name: str) -> Locator:
        return self.page.get_by_role("treeitem", name=name)

    def start(self) -> TreePage:
        """Put the focus into the tree."""
        self.page.locator("[role=treeitem][tabindex='0']").focus()
        return self

    def rows(self) -> list[str]:
        return self.page.locator("[role=treeitem] .name").all_inner_texts()

    def focus_is_on(self, name: str) -> None:
        expect(self.row(name)).to_be_focused()

    def shows_tag(self, name: str) -> None:
        expect(self.page.locator("#tag h1")).to_have_text(name)


def stored() -> list[tuple[str, dict]]:
    """The standing edits of all change sets."""
    return list(Edit.objects.standing().values_list("op", "values"))


def saved(tree: TreePage, *words: str) -> None:
    """The change set tells these edits, and they are stored."""
    expect(tree.page.locator(".edit .words")).to_contain_text(list(words))
    expect(tree.page.locator("[data-sign]")).to_have_attribute("data-state", "saved")
