"""Edits of tags on a working copy. Each checks, changes, and returns the edits that take it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from taxonomy.drafting.edits import EditRefused, Values
from taxonomy.drafting.published import Name, Node
from taxonomy.drafting.working_copy import WorkingCopy
from taxonomy.search_keys import is_chinese

MAX_DEPTH = 6
NO_TARGET = {"merged", "deprecated"}  # states of a tag that no label may newly go to

Inverse = list[tuple[str, dict[str, Any]]]


def create(copy: WorkingCopy, values: Values) -> Inverse:
    code, parent = values["code"], values["parent"]
    if copy.find(code) is not None:
        raise EditRefused("duplicate_code", code=code)
    if parent is not None and values["kind"] != "category":
        raise EditRefused("open_tag_in_tree", tag=code)
    _may_stand_below(copy, parent, height=1)
    names = _names(values["name"], values["names"])
    copy.put(Node(code, values["name"], names, values["kind"], values["state"], parent, values["assignable"]))
    if values["kind"] == "category":
        copy.insert(code, parent, values.get("after"), last="after" not in values)
    return [("delete", {"tag": code})]


def rename(copy: WorkingCopy, values: Values) -> Inverse:
    node, name = _living(copy, values["tag"]), values["name"]
    if "names" in values:
        names = _names(name, values["names"])
    else:  # the row of the former name changes, or a row is added
        kept = [other for other in node.names if other[1] != name or other[0] != _language(name)]
        names = _names(name, [(lang, name if text == node.name else text, p) for lang, text, p in kept])
    copy.change(node.code, name=name, names=names)
    return [("rename", {"tag": node.code, "name": node.name, "names": [list(each) for each in node.names]})]


def move(copy: WorkingCopy, values: Values) -> Inverse:
    node, parent = copy.node(values["tag"]), values["parent"]
    if not node.category:
        raise EditRefused("open_tag_in_tree", tag=node.code)
    if parent is not None and node.code in copy.path(copy.node(parent).code):
        raise EditRefused("cycle", tag=node.code, parent=parent)
    if parent != node.parent:
        _may_stand_below(copy, parent, copy.height(node.code), merged=node.state == "merged")
    inverse: Inverse = [("move", {"tag": node.code, "parent": node.parent, "after": copy.before(node)})]
    copy.order(node.parent).remove(node.code)
    copy.insert(node.code, parent, values.get("after"), last="after" not in values)
    copy.change(node.code, parent=parent)
    return inverse


def merge(copy: WorkingCopy, values: Values) -> Inverse:
    node, into = _living(copy, values["tag"]), copy.node(values["into"])
    _may_take_labels(copy, into, node, restored=values.get("restored", False))
    if parts := copy.parts(node.code):
        raise EditRefused("was_split", tag=node.code, parts=parts)
    children = list(copy.children(node.code))
    moved = [child for child in children if copy.node(child).state != "merged"]
    if moved:
        if not into.category:
            raise EditRefused("open_tag_in_tree", tag=moved[0])
        if node.code in copy.path(into.code):
            raise EditRefused("merge_downwards", tag=node.code, into=into.code)
        _may_stand_below(copy, into.code, max(copy.height(child) for child in moved))
    for child in moved:
        copy.order(node.code).remove(child)
        copy.order(into.code).append(child)
        copy.change(child, parent=into.code)
    copy.change(node.code, state="merged", merged_into=into.code)
    return [("unmerge", {"tag": node.code, "state": node.state, "children": children if moved else []})]


def unmerge(copy: WorkingCopy, values: Values) -> Inverse:
    node = copy.node(values["tag"])
    if node.state != "merged" or node.merged_into is None or copy.parts(node.code):
        raise EditRefused("not_merged", tag=node.code)
    _parent_in_use(copy, node.parent)
    inverse: Inverse = [("merge", {"tag": node.code, "into": node.merged_into, **restored(copy, [node.merged_into])})]
    own = copy.children(node.code)
    back = [copy.node(child) for child in values["children"] if child not in own]
    if back:
        if any(child.code in copy.path(node.code) for child in back):
            raise EditRefused("cycle", tag=back[0].code, parent=node.code)
        _may_stand_below(copy, node.code, max(copy.height(child.code) for child in back), merged=True)
    for child in back:
        inverse.append(("move", {"tag": child.code, "parent": child.parent, "after": copy.before(child)}))
        copy.order(child.parent).remove(child.code)
        copy.order(node.code).append(child.code)
        copy.change(child.code, parent=node.code)
    if back:
        place = {child: n for n, child in enumerate(values["children"])}
        copy.order(node.code).sort(key=lambda child: place.get(child, len(place)))
    copy.change(node.code, state=values["state"], merged_into=None)
    # Taken out one after the other, they go back from the last to the first, each behind one that is there already.
    return [inverse[0], *inverse[1:][::-1]]


def split(copy: WorkingCopy, values: Values) -> Inverse:
    node, parts, default = _living(copy, values["tag"]), list(values["into"]), values["default"]
    if len(set(parts) - {node.code}) < 2 or node.code in parts:
        raise EditRefused("too_few_parts", tag=node.code)
    if default is not None and default not in parts:
        raise EditRefused("default_is_no_part", tag=node.code, default=default)
    if already := copy.parts(node.code):
        raise EditRefused("was_split", tag=node.code, parts=already)
    for part in map(copy.node, parts):
        _may_take_labels(copy, part, node, restored=values.get("restored", False))
        if part.state != "merged" and node.code in copy.path(part.code):
            raise EditRefused("split_downwards", tag=node.code, part=part.code)
    if below := copy.live_children(node.code):
        raise EditRefused("has_children", tag=node.code, children=below)
    for part in parts:
        copy.relations[(node.code, "split_into", part)] = True
    copy.change(node.code, state="merged" if default else "deprecated", merged_into=default)
    return [("unsplit", {"tag": node.code, "state": node.state})]


def unsplit(copy: WorkingCopy, values: Values) -> Inverse:
    node = copy.node(values["tag"])
    parts = copy.parts(node.code)
    if not parts:
        raise EditRefused("not_split", tag=node.code)
    _parent_in_use(copy, node.parent)
    for part in parts:
        copy.relations[(node.code, "split_into", part)] = False
    copy.change(node.code, state=values["state"], merged_into=None)
    return [("split", {"tag": node.code, "into": parts, "default": node.merged_into, **restored(copy, parts)})]


def state(copy: WorkingCopy, values: Values) -> Inverse:
    node = _living(copy, values["tag"])
    if parts := copy.parts(node.code):
        raise EditRefused("was_split", tag=node.code, parts=parts)
    copy.change(node.code, state=values["state"])
    return [("state", {"tag": node.code, "state": node.state})]


def assignable(copy: WorkingCopy, values: Values) -> Inverse:
    node = _living(copy, values["tag"])
    copy.change(node.code, assignable=values["value"])
    return [("assignable", {"tag": node.code, "value": node.assignable})]


def delete(copy: WorkingCopy, values: Values) -> Inverse:
    """Only of a tag that nothing here speaks of; that no label does is asked where labels are known."""
    node = _living(copy, values["tag"])
    if below := copy.children(node.code):
        raise EditRefused("has_children", tag=node.code, children=below)
    if merged := copy.merged_into(node.code):
        raise EditRefused("is_target", tag=node.code, merged=merged)
    for code, there in (
        ("has_rules", copy.rules_of(node.code)),
        ("has_relations", copy.relations_of(node.code)),
        ("has_guideline", copy.guidelines_of(node.code)),
    ):
        if there:
            raise EditRefused(code, tag=node.code)
    again = {
        "code": node.code,
        "name": node.name,
        "names": [list(name) for name in node.names],
        "kind": node.kind,
        "parent": node.parent,
        "assignable": node.assignable,
        "state": node.state,
    }
    if node.category:
        again["after"] = copy.before(node)
        copy.order(node.parent).remove(node.code)
    copy.drop(node.code)
    return [("create", again)]


def restored(copy: WorkingCopy, targets: Iterable[str]) -> dict[str, bool]:
    """What a merge or split says when it is made as it was before, and a target of it is no longer in use."""
    return {"restored": True} if any(copy.node(code).state in NO_TARGET for code in targets) else {}


def _may_take_labels(copy: WorkingCopy, target: Node, tag: Node, *, restored: bool) -> None:
    if target.state in NO_TARGET and not restored:
        raise EditRefused(f"target_{target.state}", tag=target.code, into=target.merged_into or "")
    heir: Node | None = target
    while heir is not None:  # a label of the tag would go round for ever
        if heir.code == tag.code:
            raise EditRefused("merge_into_itself", tag=tag.code)
        heir = copy.node(heir.merged_into) if heir.merged_into else None


def _living(copy: WorkingCopy, code: str) -> Node:
    node = copy.node(code)
    if node.state == "merged":
        raise EditRefused("merged", tag=code, into=node.merged_into)
    return node


def _may_stand_below(copy: WorkingCopy, parent: str | None, height: int, *, merged: bool = False) -> None:
    if parent is None:
        return
    above = copy.node(parent)
    if not above.category:
        raise EditRefused("open_tag_as_parent", tag=parent)
    if not merged:
        _parent_in_use(copy, parent)
    if copy.depth(parent) + height > MAX_DEPTH:
        raise EditRefused("too_deep", parent=parent, depth=MAX_DEPTH)


def _parent_in_use(copy: WorkingCopy, parent: str | None) -> None:
    """Below a tag that was merged or split nothing is in use: nobody would find it in the tree."""
    if parent is None:
        return
    if parts := copy.parts(parent):
        raise EditRefused("was_split", tag=parent, parts=parts)
    _living(copy, parent)


def _language(text: str) -> str:
    return "zh" if is_chinese(text) else "en"


def _names(main: str, names: Any) -> tuple[Name, ...]:
    """All names once, at most one preferred a language, the main one among them."""
    kept: dict[tuple[str, str], Name] = {}
    preferred: set[str] = set()
    for language, text, first in names:
        first = bool(first) and language not in preferred
        preferred |= {language} if first else set()
        if (language, text) not in kept or first:
            kept[(language, text)] = (language, text, first)
    if all(text != main for _language_, text, _first in kept.values()):
        language = _language(main)
        kept[(language, main)] = (language, main, language not in preferred)
    return tuple(sorted(kept.values(), key=in_order))


def in_order(name: Name) -> tuple[bool, str, str]:
    """Names as contents lists them: preferred ones first, then by language and text."""
    return (not name[2], name[0], name[1])


EDITS: dict[str, Callable[[WorkingCopy, Values], Inverse]] = {
    "create": create,
    "rename": rename,
    "move": move,
    "merge": merge,
    "unmerge": unmerge,
    "split": split,
    "unsplit": unsplit,
    "state": state,
    "assignable": assignable,
    "delete": delete,
}
