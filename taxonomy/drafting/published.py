"""A version's content to look things up in: by code, by parent, by rule. Plain values, built once a process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from taxonomy.drafting.edits import KINDS

STATES = ("draft", "active", "deprecated", "merged")

Name = tuple[str, str, bool]  # language, text, preferred
Relation = tuple[str, str, str]  # a tag's code, kind, the other tag's code or a URI
Place = tuple[str, int | None]  # of a guideline: a tag's code, a business line or None for all


@dataclass(frozen=True, slots=True)
class Node:
    """A tag. `id` is 0 until it is published."""

    code: str
    name: str
    names: tuple[Name, ...]
    kind: str
    state: str
    parent: str | None
    assignable: bool
    merged_into: str | None = None
    id: int = 0

    @property
    def category(self) -> bool:
        return self.kind == "category"


@dataclass(frozen=True, slots=True)
class RuleValue:
    """A rule; `others` are codes, `line` a business line or None for all."""

    key: str
    kind: str
    subject: str
    others: tuple[str, ...]
    line: int | None = None
    weight: float = 0.0
    note: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class GuidelineValue:
    """What a tag means; an empty body is no guideline. `id` is the row's."""

    body: str = ""
    examples: tuple[int, ...] = ()
    counter_examples: tuple[int, ...] = ()
    confirm: bool = False
    id: int = field(default=0, compare=False)


NO_GUIDELINE = GuidelineValue()


class Published:
    """What `content` and `annex` of one version say (see taxonomy.contents). `guidelines`: the texts, by id of row."""

    def __init__(
        self,
        content: Mapping[str, Any],
        annex: Mapping[str, Any],
        guidelines: Mapping[int, GuidelineValue] | None = None,
    ) -> None:
        self.content, self.annex = content, annex
        self.tags: Mapping[str, Sequence[Any]] = content["tags"]
        self.codes: Sequence[str] = self.tags["code"]
        self.rows = {code: row for row, code in enumerate(self.codes)}
        self._texts = guidelines or {}

    @cached_property
    def row_of_id(self) -> dict[int, int]:
        return {tag: row for row, tag in enumerate(self.tags["id"])}

    def code(self, tag: int) -> str:
        """Raises KeyError for an id that the version does not know."""
        return self.codes[self.row_of_id[tag]]

    def __contains__(self, code: str) -> bool:
        return code in self.rows

    def node(self, code: str) -> Node | None:
        row = self.rows.get(code)
        if row is None:
            return None
        tags = self.tags
        parent, merged = tags["parent"][row], tags["merged_into"][row]
        return Node(
            code=code,
            name=tags["name"][row],
            names=tuple((language, text, bool(first)) for language, text, first, *_keys in tags["names"][row]),
            kind=KINDS[tags["kind"][row]],
            state=STATES[tags["state"][row]],
            parent=self.code(parent) if parent else None,
            assignable=bool(tags["assignable"][row]),
            merged_into=self.code(merged) if merged else None,
            id=tags["id"][row],
        )

    @cached_property
    def _below(self) -> dict[int, list[int]]:
        """Rows of categories by the id of their parent (0: the roots), in the order editors gave them."""
        below: dict[int, list[int]] = defaultdict(list)
        category, tags = KINDS.index("category"), self.tags
        for row, (parent, kind) in enumerate(zip(tags["parent"], tags["kind"], strict=True)):
            if kind == category:
                below[parent].append(row)
        for rows in below.values():
            rows.sort(key=lambda row: (tags["position"][row], tags["name"][row], self.codes[row]))
        return below

    def children(self, code: str | None) -> list[str]:
        """The categories below a tag, or the roots. Open tags have no order and are not among them."""
        parent = self.tags["id"][self.rows[code]] if code is not None and code in self.rows else 0
        if code is not None and not parent:
            return []
        return [self.codes[row] for row in self._below.get(parent, ())]

    def position(self, code: str) -> int:
        return int(self.tags["position"][self.rows[code]])

    @cached_property
    def merged(self) -> dict[str, list[str]]:
        """Tag -> the tags that were merged into it."""
        into: dict[str, list[str]] = defaultdict(list)
        for row, target in enumerate(self.tags["merged_into"]):
            if target:
                into[self.code(target)].append(self.codes[row])
        return into

    @cached_property
    def rules(self) -> dict[str, RuleValue]:
        return {
            key: RuleValue(
                key,
                kind,
                self.code(subject),
                tuple(sorted(self.code(o) for o in others)),
                line or None,
                weight,
                note,
                id,
            )
            for id, key, kind, subject, others, line, weight, note in self.annex["rules"]
        }

    @cached_property
    def rules_of(self) -> dict[str, list[str]]:
        """Tag -> keys of the rules that name it."""
        found: dict[str, list[str]] = defaultdict(list)
        for rule in self.rules.values():
            for code in {rule.subject, *rule.others}:
                found[code].append(rule.key)
        return found

    @cached_property
    def relations(self) -> set[Relation]:
        return {(self.code(t), kind, self.code(other) if other else uri) for t, kind, other, uri in self._relations()}

    def _relations(self) -> Sequence[Any]:
        found: Sequence[Any] = self.annex["relations"]
        return found

    @cached_property
    def relations_of(self) -> dict[str, list[Relation]]:
        """Tag -> the relations that it has or that lead to it."""
        found: dict[str, list[Relation]] = defaultdict(list)
        for relation in self.relations:
            found[relation[0]].append(relation)
            if relation[1] != "exact_match":
                found[relation[2]].append(relation)
        return found

    @cached_property
    def guidelines(self) -> dict[Place, GuidelineValue]:
        """The guidelines that say something."""
        places = (((self.code(tag), line or None), pk) for tag, line, pk in self.annex["guidelines"])
        return {place: self._texts[pk] for place, pk in places if pk in self._texts and self._texts[pk] != NO_GUIDELINE}

    @cached_property
    def guidelines_of(self) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = defaultdict(list)
        for place in self.guidelines:
            found[place[0]].append(place)
        return found
