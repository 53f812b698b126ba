"""Rules as an editor sees them: those of the newest version with the edits of the own change set, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from taxonomy import wording
from taxonomy.drafting.draft import Draft
from taxonomy.drafting.published import Node, RuleValue
from taxonomy.search_keys import fold
from taxonomy.solving import contradictions as rule_contradictions
from taxonomy.solving.index import Node as RuleNode
from taxonomy.solving.index import Rule

NEW = 2**40  # ids of rules and, below zero, of tags that are not published yet


@dataclass(frozen=True, slots=True)
class Line:
    """One rule of the list."""

    rule: RuleValue
    text: str
    look: str
    line: str  # the business line it holds for, empty for all
    edit: str = ""  # what the change set does with it: added | changed | removed


@dataclass(frozen=True, slots=True)
class Told:
    """A contradiction in words, with the rules that cause it."""

    fault: str
    text: str
    rules: tuple[Line, ...]
    line: str


class RuleDesk:
    """`lines`: names of the business lines by id."""

    def __init__(self, draft: Draft, lines: Mapping[int, str]) -> None:
        self.draft, self.lines = draft, lines
        self._language = (get_language() or "en").split("-")[0]

    def listed(self, query: str = "", kind: str = "", line: str = "") -> list[Line]:
        """The rules that name a tag called so; removed ones stay in the list until the set is published."""
        wanted = fold(query)
        found = [
            self.in_words(rule, edit)
            for rule, edit in self._with_edits()
            if (not kind or rule.kind == kind)
            and (not line or (rule.line is None if line == "-" else self._slug(rule.line) == line))
            and (not wanted or any(wanted in name for name in self._keys(rule)))
        ]
        return sorted(found, key=lambda each: (not each.edit, each.rule.id or NEW, each.text))

    def in_words(self, rule: RuleValue, edit: str = "") -> Line:
        others = [self.name(code) for code in rule.others]
        text = wording.sentence(rule.kind, self.name(rule.subject), others, rule.weight)
        return Line(rule, text, wording.CHIPS[rule.kind], self.lines.get(rule.line or 0, ""), edit)

    def name(self, code: str) -> str:
        """In the reader's language."""
        node = self.draft.find(code)
        if node is None:
            return code
        preferred = (text for language, text, first in node.names if first and language.startswith(self._language))
        return next(preferred, node.name)

    def contradictions(self, about: str | None = None) -> list[Told]:
        """What the rules get wrong together; `about`: only what the rule of that key has part in."""
        rules = {rule.key: rule for rule in self.draft.all_rules()}
        numbers = {key: rule.id or NEW + n for n, (key, rule) in enumerate(sorted(rules.items()))}
        keys = {number: key for key, number in numbers.items()}
        tags = self._ids()
        heirs = {code: tags[self._heir(code)] for rule in rules.values() for code in (rule.subject, *rule.others)}
        codes = {number: code for code, number in tags.items()}
        plain = [
            Rule(numbers[key], rule.kind, heirs[rule.subject], tuple(heirs[o] for o in rule.others), rule.line)  # type: ignore[arg-type]
            for key, rule in rules.items()
        ]
        found = rule_contradictions.find(self._nodes(tags), plain, numbers[about] if about else None)
        return [
            Told(
                fault.fault,
                wording.contradiction(fault.fault, [self.name(codes[tag]) for tag in fault.tags]),
                tuple(self.in_words(rules[keys[rule.id]]) for rule in fault.rules),
                self.lines.get(fault.line or 0, ""),
            )
            for fault in found
        ]

    def _with_edits(self) -> Iterator[tuple[RuleValue, str]]:
        before = self.draft.base.rules
        for rule in self.draft.all_rules():
            known = before.get(rule.key)
            yield rule, "" if known == rule else "changed" if known else "added"
        yield from (
            (before[key], "removed") for key, rule in self.draft.rules.items() if rule is None and key in before
        )

    def _keys(self, rule: RuleValue) -> Iterator[str]:
        for code in (rule.subject, *rule.others):
            node = self.draft.find(code)
            yield fold(code)
            yield from (fold(text) for _language, text, _first in (node.names if node else ()))

    def _heir(self, code: str) -> str:
        """The tag, or what it was merged into."""
        for _ in range(100):  # a ring of merges must not hang us
            node = self.draft.find(code)
            if node is None or node.merged_into is None:
                break
            code = node.merged_into
        return code

    def _slug(self, line: int | None) -> str:
        return next((slug for slug, pk in self.draft.lines.items() if pk == line), "")

    def _ids(self) -> dict[str, int]:
        """A number for each tag that a rule may reach: categories, and what rules name. Open tags have no branch."""
        base, kinds = self.draft.base, self.draft.base.tags["kind"]
        found = {code: base.tags["id"][row] for code, row in base.rows.items() if not kinds[row]}
        named = {self._heir(code) for rule in self.draft.all_rules() for code in (rule.subject, *rule.others)}
        for n, code in enumerate(sorted({*named, *self.draft.nodes}), start=1):
            node = self.draft.find(code)
            found[code] = (node.id if node else 0) or -n
        return found

    def _nodes(self, tags: Mapping[str, int]) -> Iterator[RuleNode]:
        base = self.draft.base
        active, columns = 1, base.tags
        for code, number in tags.items():
            if code in self.draft.nodes or code not in base.rows:
                node = self.draft.find(code)
                yield RuleNode(number, tags[node.parent] if node and node.parent else None, usable(node))
            else:
                row = base.rows[code]
                usable_ = bool(columns["assignable"][row]) and columns["state"][row] == active
                yield RuleNode(number, columns["parent"][row] or None, usable_)


def usable(node: Node | None) -> bool:
    """Whether the tag may be given to videos."""
    return node is not None and node.assignable and node.state == "active"
