"""The edits that lead from one version to another. Plain values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from taxonomy.drafting.draft import Change, Draft
from taxonomy.drafting.edits import EditRefused
from taxonomy.drafting.published import NO_GUIDELINE, Node, Published
from taxonomy.drafting.rule_edits import as_values, guideline_values
from taxonomy.drafting.tag_edits import restored


def between(former: Published, later: Published, lines: Mapping[str, int]) -> list[Change]:
    """Applied to `former` they give `later`, place among siblings included. Costs what differs, and one look at all."""
    return list(_Difference(former, later, lines).changes())


class _Difference:
    """Walks towards `later` on a draft of `former`, so that each step is one the draft can make."""

    def __init__(self, former: Published, later: Published, lines: Mapping[str, int]) -> None:
        self.draft, self.later, self.lines = Draft(former, lines), later, lines
        self.target = Draft(later, lines)
        self.made: list[Change] = []
        self.slugs = {line: slug for slug, line in lines.items()}

    def changes(self) -> list[Change]:
        former, later = self.draft.base, self.later
        others = {c for c in former.codes if c in later and _kind(former, c) != _kind(later, c)}
        self._replace(sorted(others, key=lambda code: -self.draft.depth(code)))
        touched = self.draft.nodes.keys() - others
        both = [c for c in later.codes if c in former and c not in others]
        both = [c for c in both if c in touched or _row(former, c) != _row(later, c)]
        new = sorted((c for c in later.codes if c not in former or c in others), key=self.target.depth)
        gone = sorted((c for c in former.codes if c not in later), key=lambda code: -self.draft.depth(code))
        self._free({code for code in both if _said(self.draft, code) != _said(self.target, code)}.union(gone))
        for code in new:
            self._create(self.target.node(code))
        self._lighten(gone)
        self._tags(both, gone, new)
        self._rules()
        self._relations()
        self._merge([*both, *new])
        self._climb_all(code for code in (*both, *new) if self.target.node(code).state == "merged")
        self._guidelines()
        for code in gone:
            self._do("delete", tag=code)
        return self.made

    def _do(self, op: str, **values: Any) -> None:
        self.draft.apply(op, values)
        self.made.append((op, values))

    def _replace(self, codes: list[str]) -> None:
        """A code that means a tag of another kind by now: the former tag goes, with all that speaks of it."""
        split = {tag for code in codes for tag, kind, _to in self.draft.relations_of(code) if kind == "split_into"}
        self._free({*codes, *split}.union(*map(self.draft.merged_into, codes)))
        for code in codes:
            for rule in self.draft.rules_of(code):
                self._do("rule_remove", rule=rule.key)
            for child in list(self.draft.children(code)):
                self._do("move", tag=child, parent=None)
        self._lighten(codes)
        for code in codes:
            self._do("delete", tag=code)

    def _free(self, codes: set[str]) -> None:
        """Tags that are merged or split become themselves again; those above them first."""
        held = {above for code in codes if self._held(code) for above in self.draft.path(code) if self._held(above)}
        for code in sorted(held, key=lambda code: (self.draft.depth(code), code)):
            if self.draft.parts(code):
                self._do("unsplit", tag=code, state="active")
            else:
                self._do("unmerge", tag=code)

    def _held(self, code: str) -> bool:
        return self.draft.node(code).state == "merged" or bool(self.draft.parts(code))

    def _create(self, node: Node) -> None:
        state = "active" if node.state == "merged" else node.state
        parent = None if node.parent is None or self._held(node.parent) else node.parent
        values = {"name": node.name, "names": [list(n) for n in node.names], "kind": node.kind, "state": state}
        self._do("create", code=node.code, parent=parent, assignable=node.assignable, **values)

    def _lighten(self, gone: list[str]) -> None:
        """Take from tags that go what would hold them: rules, relations and guidelines."""
        for code in gone:
            for rule in self.draft.rules_of(code):
                if rule.key not in self.later.rules:
                    self._do("rule_remove", rule=rule.key)
            for tag, kind, to in self.draft.relations_of(code):
                if kind != "split_into":
                    self._do("relation_remove", tag=tag, kind=kind, to=to)
            for place in self.draft.guidelines_of(code):
                self._do("guideline", tag=code, line=self._slug(place[1]), body="")
            parent = self.draft.node(code).parent
            if parent and parent in self.later and (self.target.node(parent).merged_into or self.target.parts(parent)):
                self._do("move", tag=code, parent=None)  # out of the way of the merge or split

    def _tags(self, both: list[str], gone: list[str], new: list[str]) -> None:
        for code in both:
            now, then = self.draft.node(code), self.target.node(code)
            if now.state == "merged":
                continue  # as it was: the place of a merged tag means nothing
            if (now.name, now.names) != (then.name, then.names):
                self._do("rename", tag=code, name=then.name, names=[list(name) for name in then.names])
            if now.assignable != then.assignable:
                self._do("assignable", tag=code, value=then.assignable)
            if now.state != then.state and then.state != "merged" and not self.target.parts(code):
                self._do("state", tag=code, state=then.state)
        self._climb_all(code for code in both if self.target.node(code).state != "merged")
        parents = {self.target.node(code).parent for code in (*both, *new) if self.target.node(code).category}
        for parent in sorted(parents, key=lambda code: code or ""):
            self._order(parent)

    def _climb_all(self, codes: Iterable[str]) -> None:
        moved = [code for code in codes if self.draft.node(code).parent != self.target.node(code).parent]
        for code in sorted(moved, key=self.target.depth):
            self._climb(code)

    def _climb(self, code: str) -> None:
        """Move a tag to its parent; through the root where that parent still stands below it."""
        parent = self.target.node(code).parent
        if parent is not None and code in self.draft.path(parent):
            self._do("move", tag=parent, parent=None)
        self._do("move", tag=code, parent=parent)

    def _order(self, parent: str | None) -> None:
        """Give the children of a parent their order, moving those that are not where they belong."""
        wanted = [c for c in self.target.children(parent) if self.draft.node(c).parent == parent]
        there = [c for c in self.draft.children(parent) if c in set(wanted)]
        kept = _longest_run(there, {code: place for place, code in enumerate(wanted)})
        before: str | None = None
        for code in wanted:
            if code not in kept:
                self._do("move", tag=code, parent=parent, after=before)
            before = code

    def _rules(self) -> None:
        before, after = self.draft, self.later
        for key in [key for key in before.base.rules if before.has_rule(key) and key not in after.rules]:
            self._do("rule_remove", rule=key)
        wanted = {key: as_values(rule, self.lines) for key, rule in after.rules.items()}
        waiting = [k for k, v in wanted.items() if not before.has_rule(k) or as_values(before.rule(k), self.lines) != v]
        while waiting:
            refused = [key for key in waiting if not self._put_rule(wanted[key])]
            if len(refused) == len(waiting):  # each says what another said: one gives way
                self._do("rule_remove", rule=next(key for key in refused if before.has_rule(key)))
            waiting = refused

    def _put_rule(self, values: dict[str, Any]) -> bool:
        """False while another rule still says the same."""
        try:
            self._do("rule_change" if self.draft.has_rule(values["rule"]) else "rule_add", **values)
        except EditRefused as refused:
            if refused.code != "duplicate_rule":
                raise
            return False
        return True

    def _relations(self) -> None:
        before, after = self.draft, self.later
        for tag, kind, to in sorted(before.base.relations - after.relations):
            if kind != "split_into" and before.has_relation((tag, kind, to)):
                self._do("relation_remove", tag=tag, kind=kind, to=to)
        for tag, kind, to in sorted(after.relations):
            if kind != "split_into" and not before.has_relation((tag, kind, to)):
                self._do("relation_add", tag=tag, kind=kind, to=to)

    def _merge(self, codes: list[str]) -> None:
        """Splits and merges last, and the deepest first: what is still in use would move up with its merged parent."""
        waiting = [code for code in codes if self._differs(code)]
        for code in sorted(waiting, key=lambda code: (-self.draft.depth(code), -self._steps(code))):
            then, parts = self.target.node(code), self.target.parts(code)
            if parts:
                self._do("split", tag=code, into=parts, default=then.merged_into, **restored(self.draft, parts))
            elif then.merged_into:
                self._do("merge", tag=code, into=then.merged_into, **restored(self.draft, [then.merged_into]))

    def _differs(self, code: str) -> bool:
        now, then = self.draft.node(code), self.target.node(code)
        parts = self.target.parts(code)
        return (now.merged_into != then.merged_into) or (bool(parts) and not self.draft.parts(code))

    def _steps(self, code: str) -> int:
        """How many merges a tag is away from the tag that stands for it."""
        steps, node = 0, self.target.node(code)
        while node.merged_into is not None:
            steps, node = steps + 1, self.target.node(node.merged_into)
        return steps

    def _guidelines(self) -> None:
        before, after = self.draft.base.guidelines, self.later.guidelines
        for place in sorted({*before, *after}, key=lambda place: (place[0], place[1] or 0)):
            then = after.get(place, NO_GUIDELINE)
            if self.draft.guideline(place) != then and self.draft.find(place[0]):
                self._do("guideline", tag=place[0], line=self._slug(place[1]), **guideline_values(then))

    def _slug(self, line: int | None) -> str | None:
        return self.slugs[line] if line else None


def _row(version: Published, code: str) -> tuple[Any, ...]:
    """All that a content says of a tag, but not by its own ids: those of the two may differ."""
    node = version.node(code)
    parts = [to for tag, kind, to in version.relations_of.get(code, ()) if tag == code and kind == "split_into"]
    return node, version.position(code), parts


def _kind(version: Published, code: str) -> str:
    node = version.node(code)
    return node.kind if node else ""


def _said(draft: Draft, code: str) -> tuple[Any, ...]:
    """What no edit changes of a tag as long as it is merged or split."""
    node = draft.node(code)
    return node.merged_into, node.name, node.names, node.assignable, draft.parts(code)


def _longest_run(codes: list[str], place: Mapping[str, int]) -> set[str]:
    """The most codes that stand in the right order already: the others are the ones to move."""
    ends: list[int] = []
    chains: list[tuple[str, Any]] = []
    for code in codes:
        at = bisect_left(ends, place[code])
        chain = (code, chains[at - 1] if at else None)
        if at == len(ends):
            ends.append(place[code])
            chains.append(chain)
        else:
            ends[at], chains[at] = place[code], chain
    return set(_unchained(chains[-1] if chains else None))


def _unchained(chain: Any) -> Iterator[str]:
    while chain is not None:
        yield chain[0]
        chain = chain[1]
