"""The pure working copy: what edits make of a version, and that their inverses take it back, whatever the edits."""

from __future__ import annotations

import uuid
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from taxonomy.drafting.differences import between
from taxonomy.drafting.draft import Draft
from taxonomy.drafting.edits import EditRefused
from taxonomy.drafting.published import STATES, Published
from taxonomy.drafting.working_copy import WorkingCopy
from taxonomy.outcome import Ids, Outcome, wanted
from tests.steps import steps

LINES = {"search": 1}
_ids = count(1000)


def version(parents: dict[str, str | None], open_tags: tuple[str, ...] = ()) -> Published:
    """A version of categories (code -> parent) and open tags."""
    codes = [*parents, *open_tags]
    ids = {code: n for n, code in enumerate(codes, 1)}
    tags = {
        "id": [ids[code] for code in codes],
        "code": codes,
        "name": [code.title() for code in codes],
        "parent": [ids.get(parents.get(code) or "", 0) for code in codes],
        "kind": [0 if code in parents else 2 for code in codes],
        "state": [STATES.index("active")] * len(codes),
        "assignable": [1] * len(codes),
        "position": list(range(len(codes))),
        "merged_into": [0] * len(codes),
        "names": [[["en", code.title(), 1, "", ""]] for code in codes],
    }
    content = {"format": 1, "tags": tags, "rules": [], "lines": {}}
    return Published(content, {"format": 1, "rules": [], "relations": [], "guidelines": []})


TREE = {"a": None, "b": None, "aa": "a", "ab": "a", "ac": "a", "ba": "b", "aaa": "aa", "aab": "aa", "aba": "ab"}
OPEN = ("x", "y")
BASE = version(TREE, OPEN)
KEYS = [str(uuid.UUID(int=n)) for n in range(1, 4)]
CODES = st.sampled_from([*TREE, *OPEN, "n1", "n2"])
TAG = {"tag": CODES}


def edit(op: str, **fields: Any) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.fixed_dictionaries(fields).map(lambda values: (op, values))


PARENT = st.one_of(st.none(), CODES)
RULE = {
    "rule": st.sampled_from(KEYS),
    "kind": st.sampled_from(["excludes", "requires", "co_occurs"]),
    "subject": CODES,
    "others": st.lists(CODES, min_size=1, max_size=2),
    "line": st.sampled_from([None, "search"]),
}
RELATION = {**TAG, "kind": st.sampled_from(["related", "part_of"]), "to": CODES}
EDITS = st.one_of(
    edit(
        "create",
        code=CODES,
        name=st.sampled_from(["New", "新"]),
        parent=PARENT,
        after=PARENT,
        kind=st.sampled_from(["category", "person"]),
    ),
    edit("rename", **TAG, name=st.sampled_from(["One", "Two"])),
    edit("move", **TAG, parent=PARENT, after=PARENT),
    edit("move", **TAG, parent=PARENT),
    edit("merge", **TAG, into=CODES),
    edit("unmerge", **TAG),
    edit("split", **TAG, into=st.lists(CODES, min_size=2, max_size=3), default=st.none()),
    edit("split", **TAG, into=st.just(["x", "y"]), default=st.just("y")),
    edit("unsplit", **TAG),
    edit("state", **TAG, state=st.sampled_from(["draft", "active", "deprecated"])),
    edit("assignable", **TAG, value=st.booleans()),
    edit("delete", **TAG),
    edit("rule_add", **RULE),
    edit("rule_change", **RULE),
    edit("rule_remove", rule=st.sampled_from(KEYS)),
    edit("relation_add", **RELATION),
    edit("relation_remove", **RELATION),
    edit("guideline", **TAG, line=st.sampled_from([None, "search"]), body=st.sampled_from(["", "Text", "Other"])),
)


def state(copy: WorkingCopy) -> dict[str, Any]:
    """All that a working copy says, but not the ids."""
    codes = [code for code in {*copy.base.codes, *copy.nodes} if copy.find(code)]
    nodes = {code: copy.node(code) for code in codes}
    plain = {c: (n.name, n.names, n.kind, n.state, n.parent, n.assignable, n.merged_into) for c, n in nodes.items()}
    rules = {(r.key, r.kind, r.subject, r.others, r.line, r.weight, r.note) for r in copy.all_rules()}
    relations = {r for code in codes for r in copy.relations_of(code)}
    texts = {place: copy.guideline(place) for code in codes for place in copy.guidelines_of(code)}
    order = {parent: copy.children(parent) for parent in (None, *codes)}
    return {"tags": plain, "order": order, "rules": rules, "relations": relations, "guidelines": texts}


def applied(draft: Draft, edits: Any) -> list[list[tuple[str, dict[str, Any]]]]:
    """Those that can be made; what takes each back."""
    back = []
    for op, values in edits:
        try:
            back.append(draft.apply(op, values))
        except EditRefused:
            continue
    return back


def published(draft: Draft) -> Published:
    """The draft as the next version."""
    ids = Ids(*(dict(zip(new, _ids, strict=False)) for new in wanted(draft)))
    made = Outcome(draft, ids)
    texts = draft.base._texts | {ids.guidelines[place]: draft.guideline(place) for place in ids.guidelines}
    return Published(made.content(), made.annex(), texts)


@settings(deadline=None, max_examples=150)
@given(st.lists(EDITS, max_size=25))
def test_any_edits_taken_back_in_reverse_give_the_former_state(edits):
    draft = Draft(BASE, LINES)
    before = state(draft)

    for inverse in reversed(applied(draft, edits)):
        for op, values in inverse:
            draft.apply(op, values)

    assert state(draft) == before


@settings(deadline=None, max_examples=150)
@given(st.lists(EDITS, max_size=25))
def test_a_refused_edit_changes_nothing(edits):
    draft = Draft(BASE, LINES)
    for op, values in edits:
        before = state(draft)
        try:
            draft.apply(op, values)
        except EditRefused:
            assert state(draft) == before


@settings(deadline=None, max_examples=150)
@given(st.lists(EDITS, max_size=25))
def test_whatever_is_edited_the_tree_stays_sound(edits):
    draft = Draft(BASE, LINES)
    applied(draft, edits)

    for code in [code for code in {*BASE.codes, *draft.nodes} if draft.find(code)]:
        node = draft.node(code)
        assert len(draft.path(code)) <= 6
        assert not node.category or draft.children(node.parent).count(code) == 1
        assert node.category or node.parent is None
        assert (node.state == "merged") == (node.merged_into is not None)
        heir, steps = node, 0
        while heir.merged_into is not None:  # no label is orphaned: every merge ends at a tag that stands for itself
            heir, steps = draft.node(heir.merged_into), steps + 1
            assert steps < 20


@settings(deadline=None, max_examples=150)
@given(st.lists(EDITS, max_size=20), st.lists(EDITS, max_size=20))
def test_the_published_draft_says_what_the_draft_said(first, second):
    draft = Draft(BASE, LINES)
    applied(draft, first)
    assert state(Draft(published(draft), LINES)) == state(draft)

    later = Draft(published(draft), LINES)
    applied(later, second)
    assert state(Draft(published(later), LINES)) == state(later)


AWAY = [("move", {"tag": "aaa", "parent": None}), ("move", {"tag": "aab", "parent": None})]
BELOW = ("merge", {"tag": "ba", "into": "a"})
A_REQUIRES = {"kind": "requires", "subject": "aa", "others": ["a", "b"]}
A_EXCLUDES = {"kind": "excludes", "subject": "a", "others": ["b"]}


@settings(deadline=None, max_examples=200)
@given(st.lists(EDITS, max_size=20), st.lists(EDITS, max_size=20))
@example([], [("merge", {"tag": "b", "into": "a"}), ("state", {"tag": "a", "state": "deprecated"})])
@example([], [("split", {"tag": "ac", "into": ["a", "b"]}), ("state", {"tag": "a", "state": "deprecated"})])
@example(
    [("merge", {"tag": "a", "into": "b"})], [("merge", {"tag": "x", "into": "a"}), ("merge", {"tag": "a", "into": "b"})]
)
@example([], [BELOW, ("merge", {"tag": "b", "into": "a"})])
@example([], [BELOW, ("split", {"tag": "b", "into": ["x", "y"], "default": "y"})])
@example(
    [("merge", {"tag": "aaa", "into": "b"})],
    [("rename", {"tag": "aaa", "name": "One"}), ("merge", {"tag": "aaa", "into": "b"})],
)
@example([], [*AWAY, ("merge", {"tag": "aaa", "into": "a"}), ("split", {"tag": "aa", "into": ["x", "y"]})])
@example([], [("delete", {"tag": "aba"}), ("merge", {"tag": "ab", "into": "x"})])
@example([], [("delete", {"tag": "x"}), ("create", {"code": "x", "name": "New"}), ("merge", {"tag": "a", "into": "x"})])
@example(
    [("rule_add", {"rule": KEYS[0], **A_REQUIRES}), ("rule_add", {"rule": KEYS[1], **A_EXCLUDES})],
    [("rule_add", {"rule": KEYS[1], **A_REQUIRES}), ("rule_add", {"rule": KEYS[0], **A_EXCLUDES})],
)
def test_the_difference_of_two_versions_leads_from_one_to_the_other(first, second):
    one, other = Draft(BASE, LINES), Draft(BASE, LINES)
    applied(one, first)
    applied(other, second)
    former, later = published(one), published(other)

    draft = Draft(former, LINES)
    for op, values in between(former, later, LINES):
        draft.apply(op, values)

    now, then = state(draft), state(Draft(later, LINES))
    assert {**now, "order": None} == {**then, "order": None}
    # Among the children of a tag, merged ones mean nothing by their place.
    shown = {code for code, values in then["tags"].items() if values[3] != "merged"}
    assert {p: [c for c in cs if c in shown] for p, cs in now["order"].items()} == {
        p: [c for c in cs if c in shown] for p, cs in then["order"].items()
    }


@pytest.mark.parametrize(
    ("code", "op", "values"),
    [
        ("cycle", "move", {"tag": "a", "parent": "aaa"}),
        ("open_tag_in_tree", "move", {"tag": "x", "parent": "a"}),
        ("open_tag_in_tree", "create", {"code": "n", "name": "N", "kind": "person", "parent": "a"}),
        ("open_tag_as_parent", "move", {"tag": "aa", "parent": "x"}),
        ("duplicate_code", "create", {"code": "a", "name": "A"}),
        ("unknown_tag", "rename", {"tag": "nobody", "name": "A"}),
        ("merge_into_itself", "merge", {"tag": "a", "into": "a"}),
        ("merge_downwards", "merge", {"tag": "a", "into": "aa"}),
        ("has_children", "delete", {"tag": "a"}),
        ("has_children", "split", {"tag": "a", "into": ["x", "y"]}),
        ("too_few_parts", "split", {"tag": "aba", "into": ["x"]}),
        ("default_is_no_part", "split", {"tag": "aba", "into": ["x", "y"], "default": "b"}),
        ("rule_about_itself", "rule_add", {"rule": KEYS[0], "kind": "excludes", "subject": "a", "others": ["a"]}),
        ("others_missing", "rule_add", {"rule": KEYS[0], "kind": "requires", "subject": "a"}),
        ("unknown_line", "guideline", {"tag": "a", "line": "nobody", "body": "Text"}),
        ("no_uri", "relation_add", {"tag": "a", "kind": "exact_match", "to": "a"}),
        ("missing_field", "merge", {"tag": "a"}),
        ("unknown_field", "delete", {"tag": "a", "really": True}),
        ("wrong_value", "create", {"code": "n", "name": "", "parent": None}),
    ],
)
def test_what_the_tree_cannot_bear_is_refused_with_its_reason(code, op, values):
    with pytest.raises(EditRefused) as refused:
        Draft(BASE, LINES).apply(op, values)

    assert refused.value.code == code


def test_a_branch_may_not_become_deeper_than_six_levels():
    chain = {f"c{n}": f"c{n - 1}" if n > 1 else None for n in range(1, 6)}
    draft = Draft(version({**chain, "d": None, "e": "d"}))

    with pytest.raises(EditRefused, match="too_deep"):
        draft.apply("move", {"tag": "d", "parent": "c5"})
    draft.apply("move", {"tag": "d", "parent": "c4"})


def test_below_a_tag_that_is_no_longer_in_use_nothing_is():
    draft = Draft(BASE)
    draft.apply("merge", {"tag": "aaa", "into": "b"})
    draft.apply("merge", {"tag": "aa", "into": "b"})

    with pytest.raises(EditRefused, match="merged"):
        draft.apply("unmerge", {"tag": "aaa"})
    draft.apply("split", {"tag": "ac", "into": ["x", "y"]})
    with pytest.raises(EditRefused, match="was_split"):
        draft.apply("move", {"tag": "ba", "parent": "ac"})
    with pytest.raises(EditRefused, match="merged"):
        draft.apply("create", {"code": "n", "name": "N", "parent": "aa"})


def test_a_tag_merged_within_a_set_is_no_target_any_more():
    draft = Draft(BASE)
    draft.apply("merge", {"tag": "aaa", "into": "aab"})

    with pytest.raises(EditRefused, match="target_merged"):
        draft.apply("merge", {"tag": "aab", "into": "aaa"})


def test_leaves_at_odd_levels_are_told_for_what_was_touched():
    draft = Draft(BASE)
    draft.apply("create", {"code": "n", "name": "N", "parent": "b"})

    assert list(draft.odd_leaves(3, 5)) == [("n", 2)]


def test_an_edit_of_a_large_taxonomy_costs_what_it_touches():
    parents: dict[str, str | None] = {f"r{n}": None for n in range(10)}
    parents |= {f"m{n}": f"r{n % 10}" for n in range(1_000)}
    parents |= {f"l{n}": f"m{n % 1_000}" for n in range(20_000)}
    small, large = Draft(version(dict(list(parents.items())[:1010]))), Draft(version(parents))

    def edits(draft: Draft) -> None:
        for n in range(1, 200):
            draft.apply("rename", {"tag": f"m{n}", "name": f"Renamed {n}"})
            draft.apply("assignable", {"tag": f"m{n}", "value": False})

    for draft in (small, large):
        draft.apply("move", {"tag": "m0", "parent": "r1"})  # builds what is looked up

    assert 0 < steps(lambda: edits(large)) < 1.1 * steps(lambda: edits(small))
