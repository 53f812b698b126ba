"""The browser's tree: what the edits of a change set make of a version, and which rows are open."""

import pytest

from taxonomy import names, tree_file, versions
from tests.factories import make_tag
from tests.taxonomy import modules

pytestmark = pytest.mark.django_db


@pytest.fixture
def sports():
    """sports > ball > (hoops, street), sports > fight; and food."""
    root = make_tag("Sports", code="sports", assignable=False)
    ball = make_tag("Ball games", code="ball", parent=root)
    make_tag("Fight", code="fight", parent=root, position=1)
    make_tag("Basketball", code="hoops", parent=ball)
    make_tag("Streetball", code="street", parent=ball, position=1)
    make_tag("Old", code="old", state="merged", merged_into=ball, parent=ball)
    food = make_tag("Food", code="food", position=1)
    names.make(food, "美食", language="zh", preferred=True).save()


def ask(expression: str, *edits: tuple[str, dict], language: str = "en"):
    """Evaluate an expression about `forest`, the published tree after the edits, and `rows`."""
    file = tree_file.content(versions.read(versions.publish())["tags"], language)
    data = {"file": file, "language": language, "edits": [{"op": op, "values": values} for op, values in edits]}
    function = f"""({{ Forest, Rows }}, data) => {{
        const forest = new Forest(data.file, data.language);
        for (const edit of data.edits) forest.apply(edit);
        const rows = new Rows(forest);
        const drawn = (codes) => Object.fromEntries(codes.map((code) => [code, drawn(forest.get(code).children)]));
        return {expression};
    }}"""
    return modules.call(function, data)


def tree(*edits: tuple[str, dict]) -> dict:
    return ask("drawn(forest.roots)", *edits)


def test_the_file_has_the_tree_in_its_order_without_merged_tags(sports):
    assert tree() == {"sports": {"ball": {"hoops": {}, "street": {}}, "fight": {}}, "food": {}}
    assert ask('forest.get("food").name', language="zh-hans") == "美食"


def test_a_new_tag_stands_where_the_edit_says(sports):
    new = {"code": "3x3", "name": "3x3", "parent": "ball"}

    assert list(tree(("create", new))["sports"]["ball"]) == ["hoops", "street", "3x3"]
    assert list(tree(("create", new | {"after": None}))["sports"]["ball"]) == ["3x3", "hoops", "street"]
    assert list(tree(("create", new | {"after": "hoops"}))["sports"]["ball"]) == ["hoops", "3x3", "street"]


def test_a_branch_is_moved_with_all_below_it(sports):
    moved = tree(("move", {"tag": "ball", "parent": None, "after": "sports"}))

    assert moved == {"sports": {"fight": {}}, "ball": {"hoops": {}, "street": {}}, "food": {}}
    assert list(moved) == ["sports", "ball", "food"]


def test_what_is_merged_hands_its_children_on(sports):
    edit = ("merge", {"tag": "ball", "into": "fight"})

    assert tree(edit)["sports"] == {"ball": {}, "fight": {"hoops": {}, "street": {}}}
    assert ask('[forest.get("ball").state, forest.get("ball").into]', edit) == ["merged", "fight"]


def test_what_was_edited_is_marked(sports):
    edits = [
        ("rename", {"tag": "food", "name": "Cooking", "names": [["zh", "烹饪", True]]}),
        ("state", {"tag": "fight", "state": "deprecated"}),
        ("move", {"tag": "fight", "parent": "sports", "after": None}),
        ("rule_add", {"subject": "hoops", "rule": "k", "kind": "excludes", "others": ["street"]}),
    ]

    marks = ask("[...forest.touched].map(([code, marks]) => [code, [...marks]])", *edits)

    assert dict(marks) == {"food": ["renamed"], "fight": ["state", "moved"], "hoops": ["rules"]}
    assert ask('forest.get("food").name', *edits) == "Cooking"
    assert ask('forest.get("food").name', *edits, language="zh-hans") == "烹饪"


def test_only_open_branches_have_rows(sports):
    rows = ask('(rows.reveal("street"), rows.list.map((row) => [row.code, row.level, row.place, row.size]))')

    assert rows == [
        ["sports", 1, 1, 2],
        ["ball", 2, 1, 2],
        ["hoops", 3, 1, 2],
        ["street", 3, 2, 2],
        ["fight", 2, 2, 2],
        ["food", 1, 2, 2],
    ]


def test_typed_letters_find_the_next_name(sports):
    assert ask(
        '(rows.reveal("hoops"), [rows.beginning("f", 5), rows.beginning("bas", 0), rows.beginning("q", 0)])'
    ) == [
        5,
        2,
        -1,
    ]


def test_branches_are_summed(sports):
    assert ask('[...forest.sums((node) => node.code.length)].find(([code]) => code === "ball")[1]') == 4 + 5 + 6
