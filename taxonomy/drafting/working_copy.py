"""A published version with changes laid over it: what edits change is looked up first, the rest is never copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from taxonomy.drafting.edits import EditRefused
from taxonomy.drafting.published import NO_GUIDELINE, GuidelineValue, Node, Place, Published, Relation, RuleValue


class WorkingCopy:
    """Tags, rules, relations and guidelines to read and to write, by code, key and place."""

    def __init__(self, base: Published) -> None:
        self.base = base
        self.nodes: dict[str, Node | None] = {}  # what edits made of a tag; None: deleted
        self.orders: dict[str | None, list[str]] = {}  # parents whose children changed
        self.rules: dict[str, RuleValue | None] = {}
        self.relations: dict[Relation, bool] = {}  # there, or no longer
        self.guidelines: dict[Place, GuidelineValue] = {}

    # Tags

    def find(self, code: str) -> Node | None:
        return self.nodes[code] if code in self.nodes else self.base.node(code)

    def node(self, code: str) -> Node:
        """Raises EditRefused for a tag that is not there."""
        found = self.find(code)
        if found is None:
            raise EditRefused("unknown_tag", tag=code)
        return found

    def put(self, node: Node) -> None:
        self.nodes[node.code] = node

    def change(self, code: str, **values: Any) -> Node:
        """Returns the tag as it was."""
        before = self.node(code)
        self.nodes[code] = replace(before, **values)
        return before

    def drop(self, code: str) -> None:
        self.nodes[code] = None

    def children(self, code: str | None) -> list[str]:
        """The categories below a tag, merged ones among them, in their order. Not to be changed."""
        return self.orders[code] if code in self.orders else self.base.children(code)

    def order(self, code: str | None) -> list[str]:
        """The same to change."""
        if code not in self.orders:
            self.orders[code] = self.base.children(code)
        return self.orders[code]

    def live_children(self, code: str | None) -> list[str]:
        return [child for child in self.children(code) if self.node(child).state != "merged"]

    def before(self, node: Node) -> str | None:
        """The sibling that a category follows; None for the first one."""
        siblings = self.children(node.parent)
        place = siblings.index(node.code)
        return siblings[place - 1] if place else None

    def insert(self, code: str, parent: str | None, after: str | None, *, last: bool = False) -> None:
        """Give a category its place. A sibling that is no longer there puts it last."""
        siblings = self.order(parent)
        if after is None and not last:
            siblings.insert(0, code)
        elif after in siblings and not last:
            siblings.insert(siblings.index(after) + 1, code)
        else:
            siblings.append(code)

    def path(self, code: str) -> list[str]:
        """The tag and its ancestors, the root last."""
        found = [code]
        while (parent := self.node(found[-1]).parent) is not None:
            found.append(parent)
        return found

    def depth(self, code: str | None) -> int:
        return 0 if code is None else len(self.path(code))

    def branch(self, code: str) -> Iterator[tuple[str, int]]:
        """The tag and all below it, each with its level in the branch, parents first."""
        level, deep = [code], 1
        while level:
            for each in level:
                yield each, deep
            level, deep = [child for each in level for child in self.children(each)], deep + 1

    def height(self, code: str) -> int:
        return max(level for _code, level in self.branch(code))

    def merged_into(self, code: str) -> list[str]:
        """The tags that were merged into this one, directly."""
        named = {c for c, node in self.nodes.items() if node and node.merged_into == code}
        named |= {c for c in self.base.merged.get(code, ()) if c not in self.nodes}
        return sorted(named)

    # Rules, relations, guidelines

    def rule(self, key: str) -> RuleValue:
        """Raises EditRefused for a rule that is not there."""
        found = self.rules[key] if key in self.rules else self.base.rules.get(key)
        if found is None:
            raise EditRefused("unknown_rule", rule=key)
        return found

    def has_rule(self, key: str) -> bool:
        return (self.rules[key] if key in self.rules else self.base.rules.get(key)) is not None

    def all_rules(self) -> Iterator[RuleValue]:
        yield from (rule for key, rule in self.base.rules.items() if key not in self.rules)
        yield from (rule for rule in self.rules.values() if rule)

    def rules_of(self, code: str) -> list[RuleValue]:
        """The rules that name the tag itself."""
        found = [self.base.rules[key] for key in self.base.rules_of.get(code, ()) if key not in self.rules]
        return found + [rule for rule in self.rules.values() if rule and code in {rule.subject, *rule.others}]

    def has_relation(self, relation: Relation) -> bool:
        return self.relations.get(relation, relation in self.base.relations)

    def relations_of(self, code: str) -> list[Relation]:
        """The relations that the tag has or that lead to it."""
        known = [relation for relation in self.base.relations_of.get(code, ()) if self.relations.get(relation, True)]
        new = [
            relation
            for relation, there in self.relations.items()
            if there and relation not in self.base.relations and code in _ends(relation)
        ]
        return sorted(known + new)

    def parts(self, code: str) -> list[str]:
        """What the tag was split into."""
        return [to for tag, kind, to in self.relations_of(code) if tag == code and kind == "split_into"]

    def guideline(self, place: Place) -> GuidelineValue:
        if place in self.guidelines:
            return self.guidelines[place]
        return self.base.guidelines.get(place, NO_GUIDELINE)

    def guidelines_of(self, code: str) -> list[Place]:
        """Where the tag has a guideline that says something."""
        places: Iterable[Place] = {*self.base.guidelines_of.get(code, ()), *self.guidelines}
        found = [place for place in places if place[0] == code and self.guideline(place) != NO_GUIDELINE]
        return sorted(found, key=lambda place: place[1] or 0)


def _ends(relation: Relation) -> set[str]:
    return {relation[0]} if relation[1] == "exact_match" else {relation[0], relation[2]}
