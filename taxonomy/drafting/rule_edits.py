"""Edits of rules, relations and guidelines on a working copy. Each returns the edits that take it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from taxonomy.drafting.edits import EditRefused, Values
from taxonomy.drafting.published import GuidelineValue, RuleValue
from taxonomy.drafting.tag_edits import Inverse
from taxonomy.drafting.working_copy import WorkingCopy

Lines = Mapping[str, int]  # slug of a business line -> its id


def rule_add(copy: WorkingCopy, values: Values, lines: Lines) -> Inverse:
    if copy.has_rule(values["rule"]):
        raise EditRefused("duplicate_rule", tag=values["subject"])
    copy.rules[values["rule"]] = _rule(copy, values, lines)
    return [("rule_remove", {"rule": values["rule"]})]


def rule_change(copy: WorkingCopy, values: Values, lines: Lines) -> Inverse:
    before = copy.rule(values["rule"])
    copy.rules[values["rule"]] = _rule(copy, values, lines, before.id)
    return [("rule_change", as_values(before, lines))]


def rule_remove(copy: WorkingCopy, values: Values, lines: Lines) -> Inverse:
    before = copy.rule(values["rule"])
    copy.rules[values["rule"]] = None
    return [("rule_add", as_values(before, lines))]


def relation_add(copy: WorkingCopy, values: Values, lines: Lines) -> Inverse:
    relation = (copy.node(values["tag"]).code, values["kind"], values["to"])
    if values["kind"] != "exact_match":
        if copy.node(values["to"]).code == values["tag"]:
            raise EditRefused("relation_to_itself", tag=values["tag"])
    elif ":" not in values["to"]:
        raise EditRefused("no_uri", uri=values["to"])
    if copy.has_relation(relation):
        raise EditRefused("duplicate_relation", tag=values["tag"])
    copy.relations[relation] = True
    return [("relation_remove", dict(values))]


def relation_remove(copy: WorkingCopy, values: Values, lines: Lines) -> Inverse:
    relation = (values["tag"], values["kind"], values["to"])
    if not copy.has_relation(relation):
        raise EditRefused("unknown_relation", tag=values["tag"])
    copy.relations[relation] = False
    return [("relation_add", dict(values))]


def guideline(copy: WorkingCopy, values: Values, lines: Lines) -> Inverse:
    tag, line = copy.node(values["tag"]).code, values["line"]
    place = (tag, _line(line, lines))
    before = copy.guideline(place)
    examples, counter_examples = tuple(values["examples"]), tuple(values["counter_examples"])
    copy.guidelines[place] = GuidelineValue(values["body"], examples, counter_examples, values["confirm"])
    return [("guideline", {"tag": tag, "line": line, **guideline_values(before)})]


def guideline_values(value: GuidelineValue) -> dict[str, Any]:
    return {
        "body": value.body,
        "examples": list(value.examples),
        "counter_examples": list(value.counter_examples),
        "confirm": value.confirm,
    }


def as_values(rule: RuleValue, lines: Lines) -> dict[str, Any]:
    """The rule as the values of an edit."""
    slugs = {line: slug for slug, line in lines.items()}
    return {
        "rule": rule.key,
        "kind": rule.kind,
        "subject": rule.subject,
        "others": list(rule.others),
        "line": slugs.get(rule.line) if rule.line else None,
        "weight": rule.weight,
        "note": rule.note,
    }


def _rule(copy: WorkingCopy, values: Values, lines: Lines, id: int = 0) -> RuleValue:
    subject, others = copy.node(values["subject"]).code, [copy.node(code).code for code in values["others"]]
    if values["kind"] == "at_most_one_child":
        others = []
        if not copy.node(subject).category:
            raise EditRefused("open_tag_as_parent", tag=subject)
    elif not others:
        raise EditRefused("others_missing", tag=subject)
    elif subject in others:
        raise EditRefused("rule_about_itself", tag=subject)
    weight = values["weight"] if values["kind"] == "co_occurs" else 0.0
    line, key = _line(values["line"], lines), values["rule"]
    rule = RuleValue(key, values["kind"], subject, tuple(sorted(others)), line, weight, values["note"], id)
    for other in copy.rules_of(subject):
        if other.key != rule.key and _says_the_same(other, rule):
            raise EditRefused("duplicate_rule", tag=subject)
    return rule


def _says_the_same(one: RuleValue, other: RuleValue) -> bool:
    return (one.kind, one.subject, set(one.others), one.line) == (
        other.kind,
        other.subject,
        set(other.others),
        other.line,
    )


def _line(slug: str | None, lines: Lines) -> int | None:
    if slug is None:
        return None
    if slug not in lines:
        raise EditRefused("unknown_line", line=slug)
    return lines[slug]


EDITS: dict[str, Callable[[WorkingCopy, Values, Lines], Inverse]] = {
    "rule_add": rule_add,
    "rule_change": rule_change,
    "rule_remove": rule_remove,
    "relation_add": relation_add,
    "relation_remove": relation_remove,
    "guideline": guideline,
}
