"""The browser makes of any edits the tree that the server makes of them."""

import random
from typing import Any

import pytest

from taxonomy import drafts, tree_file, versions
from taxonomy.drafting.draft import Draft
from taxonomy.drafting.edits import EditRefused
from tests.factories import make_tag
from tests.taxonomy import modules

pytestmark = pytest.mark.django_db
RUNS, EDITS = 40, 12

TREE = """({ Forest }, runs) => runs.map(({ file, edits }) => {
    const forest = new Forest(file, "en");
    for (const edit of edits) forest.apply(edit);
    const rows = [];
    const down = (codes) => codes.forEach((code) => {
        const { name, parent, state, assignable, children } = forest.get(code);
        rows.push([code, name, parent, state, assignable]);
        down(children);
    });
    down(forest.roots);
    return rows;
})"""


@pytest.fixture
def version():
    rng = random.Random(3)
    made = []
    for n in range(14):
        parent = rng.choice([None, *[tag for tag in made if tag.depth < 4]])
        made.append(make_tag(f"Tag {n}", code=f"t{n}", parent=parent, position=rng.randint(0, 3)))
        made[-1].refresh_from_db()
    return versions.publish()


def test_random_edits_give_the_same_tree(version):
    rng = random.Random(11)
    file = tree_file.content(versions.read(version)["tags"], "en")
    drawn = [random_edits(rng, drafts.empty(version)) for _ in range(RUNS)]

    answers = modules.call(TREE, [{"file": file, "edits": edits} for edits, _draft in drawn])

    assert answers == [served(draft, None) for _edits, draft in drawn]
    assert {edit["op"] for edits, _draft in drawn for edit in edits} == {
        *("create", "rename", "move", "merge", "unmerge", "split", "unsplit", "state", "assignable", "delete")
    }


def random_edits(rng: random.Random, draft: Draft) -> tuple[list[dict[str, Any]], Draft]:
    """Edits that the server takes, and its draft after them."""
    kept: list[dict[str, Any]] = []
    codes = [f"t{n}" for n in range(14)]
    while len(kept) < EDITS:
        op, values = random_edit(rng, codes, len(kept))
        try:
            inverse = draft.apply(op, values)
        except EditRefused:
            continue
        kept.append({"op": op, "values": values})
        if op == "create":
            codes.append(values["code"])
        if op in {"merge", "split"} and rng.random() < 0.5:  # as the revert of a published set does
            for back, told in inverse:
                draft.apply(back, told)
                kept.append({"op": back, "values": told})
    return kept, draft


def random_edit(rng: random.Random, codes: list[str], number: int) -> tuple[str, dict[str, Any]]:
    tag, other, third = rng.sample(codes, 3)
    place = {"parent": rng.choice([None, other])} | rng.choice([{}, {"after": None}, {"after": third}])
    return rng.choice(
        [
            ("create", {"code": f"n{number}-{rng.randint(0, 10**6)}", "name": "New", **place}),
            ("rename", {"tag": tag, "name": f"Named {number}"}),
            ("move", {"tag": tag, **place}),
            ("merge", {"tag": tag, "into": other}),
            ("split", {"tag": tag, "into": [other, third], "default": rng.choice([None, other])}),
            ("state", {"tag": tag, "state": rng.choice(["draft", "active", "deprecated"])}),
            ("assignable", {"tag": tag, "value": rng.random() < 0.5}),
            ("delete", {"tag": tag}),
        ]
    )


def served(draft: Draft, parent: str | None) -> list[list[Any]]:
    """The rows of the draft, as TREE lists them."""
    rows = []
    for code in draft.children(parent):
        node = draft.node(code)
        rows += [[code, node.name, node.parent, node.state, node.assignable], *served(draft, code)]
    return rows
