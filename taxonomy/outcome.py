"""What publishing a draft writes: rows of the live tables, and the next version's content and annex. Plain values.

The content is made from the version's own columns and the tags that edits changed, so it costs no reading of the live
tables; tests/taxonomy/test_changes.py holds it against what the tables say afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from taxonomy.contents import FORMAT, follow, lines_of, named, rules_with_merges_followed
from taxonomy.drafting.draft import Draft
from taxonomy.drafting.edits import KINDS
from taxonomy.drafting.published import STATES, GuidelineValue, Node, Place, RuleValue

Row = dict[str, Any]
COLUMNS = ("id", "code", "name", "parent", "kind", "state", "assignable", "position", "merged_into", "names")


@dataclass(frozen=True)
class Ids:
    """Ids for what is new, taken from the tables' sequences."""

    tags: Mapping[str, int]  # by code
    rules: Mapping[str, int]  # by key
    guidelines: Mapping[Place, int]


def wanted(draft: Draft) -> tuple[list[str], list[str], list[Place]]:
    """Codes, keys and places that need an id, in the order of their making."""
    codes = [code for code, node in draft.nodes.items() if node and code not in draft.base]
    keys = [key for key, rule in draft.rules.items() if rule and key not in draft.base.rules]
    return codes, keys, [place for place, _text in _changed_guidelines(draft)]


class Outcome:
    """The rows and values that a draft leads to."""

    def __init__(self, draft: Draft, ids: Ids) -> None:
        self.draft, self.base, self.ids = draft, draft.base, ids

    def id(self, code: str) -> int:
        row = self.base.rows.get(code)
        # A tag that was deleted and made again in one draft is the old one.
        return int(self.base.tags["id"][row]) if row is not None else self.ids.tags[code]

    @cached_property
    def deleted(self) -> list[int]:
        return [self.id(code) for code, node in self.draft.nodes.items() if node is None and code in self.base]

    @cached_property
    def positions(self) -> dict[str, int]:
        """New positions: those that grow along the siblings stay, the others follow their predecessor."""
        found = {}
        for siblings in self.draft.orders.values():
            last = -1
            for code in siblings:
                known = self.base.position(code) if code in self.base else -1
                place = known if known > last else last + 1
                if place != known:
                    found[code] = place
                last = place
        return found

    @cached_property
    def _written(self) -> dict[str, Node]:
        """Tags whose row changes: in themselves, their position, or because their branch stands at another depth."""
        draft, found = self.draft, {}
        for code in draft.touched_tags() | self.positions.keys():
            node = draft.find(code)
            if node is None:
                continue
            found[code] = node
            before = self.base.node(code)
            if node.category and before and before.parent != node.parent:
                found |= {each: draft.node(each) for each, _level in draft.branch(code)}
        return found

    def tag_rows(self) -> Iterator[Row]:
        for code, node in self._written.items():
            yield {
                "id": self.id(code),
                "code": code,
                "name": node.name,
                "kind": node.kind,
                "state": node.state,
                "assignable": node.assignable,
                "position": self._position(code),
                "parent_id": self.id(node.parent) if node.parent else None,
                "parent_depth": self.draft.depth(node.parent) or None,
                "merged_into_id": self.id(node.merged_into) if node.merged_into else None,
            }

    def _position(self, code: str) -> int:
        return self.positions.get(code, self.base.position(code) if code in self.base else 0)

    def renamed(self) -> dict[int, list[list[Any]]]:
        """The names of the tags whose names change, as the content has them."""
        found = {}
        for code, node in self._written.items():
            before = self.base.node(code)
            if before is None or before.names != node.names:
                found[self.id(code)] = [named(text, language, first) for language, text, first in node.names]
        return found

    def rule_rows(self) -> tuple[list[int], list[Row]]:
        """Ids of the rules that go, and the rules that are new or changed, with the ids of their others."""
        rules, known = self.draft.rules, self.base.rules
        gone = [known[key].id for key, rule in rules.items() if rule is None and key in known]
        return gone, [self._rule(rule) for key, rule in rules.items() if rule and rule != known.get(key)]

    def _rule(self, rule: RuleValue) -> Row:
        known = self.base.rules.get(rule.key)
        return {
            "id": known.id if known else self.ids.rules[rule.key],
            "key": rule.key,
            "kind": rule.kind,
            "subject_id": self.id(rule.subject),
            "others": sorted(self.id(code) for code in rule.others),
            "business_line_id": rule.line,
            "weight": rule.weight,
            "note": rule.note,
        }

    def relation_rows(self) -> tuple[list[Row], list[Row]]:
        """Those that go, and those that are new."""
        changed, known = self.draft.relations, self.base.relations
        gone = [self._relation(*relation) for relation, there in changed.items() if not there and relation in known]
        new = [relation for relation, there in changed.items() if there and relation not in known]
        return gone, [self._relation(*relation) for relation in new]

    def _relation(self, tag: str, kind: str, to: str) -> Row:
        uri = kind == "exact_match"
        return {
            "tag_id": self.id(tag),
            "kind": kind,
            "other_id": None if uri else self.id(to),
            "uri": to if uri else "",
        }

    def guideline_rows(self) -> list[Row]:
        """New texts; each becomes the next version of its place."""
        return [
            {
                "id": self.ids.guidelines[place],
                "tag_id": self.id(place[0]),
                "business_line_id": place[1],
                "body": text.body,
                "examples": list(text.examples),
                "counter_examples": list(text.counter_examples),
                "confirm": text.confirm,
            }
            for place, text in _changed_guidelines(self.draft)
        ]

    def content(self) -> dict[str, Any]:
        """The next version as taxonomy.contents.content will read it from the live tables."""
        columns = {name: list(self.base.tags[name]) for name in COLUMNS}
        renamed = self.renamed()
        for code, node in sorted(self._written.items(), key=lambda item: self.id(item[0])):
            self._place(columns, code, node, renamed)
        if self.deleted:
            gone = {self.base.row_of_id[tag] for tag in self.deleted}
            columns = {
                name: [value for row, value in enumerate(column) if row not in gone] for name, column in columns.items()
            }
        rules = rules_with_merges_followed(self._rules(), merges(columns))
        slugs = {line: slug for slug, line in self.draft.lines.items()}
        return {"format": FORMAT, "tags": columns, "rules": rules, "lines": lines_of(rules, slugs)}

    def _place(self, columns: dict[str, list[Any]], code: str, node: Node, renamed: Mapping[int, Any]) -> None:
        row, tag = self.base.rows.get(code), self.id(code)
        values = {
            "id": tag,
            "code": code,
            "name": node.name,
            "parent": self.id(node.parent) if node.parent else 0,
            "kind": KINDS.index(node.kind),
            "state": STATES.index(node.state),
            "assignable": int(node.assignable),
            "position": self._position(code),
            "merged_into": self.id(node.merged_into) if node.merged_into else 0,
            "names": renamed.get(tag, columns["names"][row] if row is not None else []),
        }
        for name, value in values.items():
            if row is None:
                columns[name].append(value)
            else:
                columns[name][row] = value

    def annex(self) -> dict[str, Any]:
        gone, new = self.relation_rows()
        relations = {_as_list(row) for row in new} | {tuple(row) for row in self.base.annex["relations"]}
        relations -= {_as_list(row) for row in gone}
        lost = set(self.deleted)
        places = {(tag, line): pk for tag, line, pk in self.base.annex["guidelines"] if tag not in lost}
        places |= {(row["tag_id"], row["business_line_id"] or 0): row["id"] for row in self.guideline_rows()}
        return {
            "format": FORMAT,
            "rules": self._rules(),
            "relations": [list(relation) for relation in sorted(relations)],
            "guidelines": [[tag, line, pk] for (tag, line), pk in sorted(places.items(), key=_general_last)],
        }

    def _rules(self) -> list[list[Any]]:
        gone, new = self.rule_rows()
        rows = {row[0]: list(row) for row in self.base.annex["rules"] if row[0] not in set(gone)}
        for rule in new:
            line, others = rule["business_line_id"] or 0, rule["others"]
            start = [rule["id"], rule["key"], rule["kind"], rule["subject_id"]]
            rows[rule["id"]] = [*start, others, line, rule["weight"], rule["note"]]
        return [rows[pk] for pk in sorted(rows)]


def merges(columns: Mapping[str, Any]) -> dict[int, int]:
    """Of the tags of a content: merged tag -> where it went, one step."""
    return {tag: target for tag, target in zip(columns["id"], columns["merged_into"], strict=True) if target}


def final(columns: Mapping[str, Any]) -> dict[int, int]:
    """Merged tag -> the tag that stands for it, through any number of merges."""
    merged = merges(columns)
    return {tag: follow(tag, merged) for tag in merged}


def _changed_guidelines(draft: Draft) -> list[tuple[Place, GuidelineValue]]:
    """Not of tags that are gone: their texts go with them."""
    return [
        (place, text)
        for place, text in draft.guidelines.items()
        if text != draft.base.guidelines.get(place, GuidelineValue()) and draft.find(place[0])
    ]


def _as_list(row: Row) -> tuple[Any, ...]:
    return (row["tag_id"], row["kind"], row["other_id"] or 0, row["uri"])


def _general_last(item: tuple[tuple[int, int], int]) -> tuple[int, bool, int]:
    """PostgreSQL's order of the business lines of a tag: none comes last."""
    (tag, line), _pk = item
    return tag, line == 0, line
