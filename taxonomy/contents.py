"""The live tables as plain values: what a version freezes. The same rows give the same bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from taxonomy.models import BusinessLine, Guideline, Rule, Tag, TagName, TagRelation
from taxonomy.search_keys import keys

FORMAT = 1
KINDS = tuple(Tag.Kind.values)
STATES = tuple(Tag.State.values)


def content() -> dict[str, Any]:
    """What browsers and rule books need, in columns.

    `tags`: one list a column, in the order of ids. `parent` and `merged_into` are ids, 0 for none; `kind` and `state`
    count through Tag.Kind and Tag.State. `names` has [language, text, preferred, pinyin, initials] for each name.
    `rules`: [id, kind, subject, others, business line or 0, weight], merged tags followed. `lines`: slugs of the
    business lines that rules name -> id.
    """
    fields = ("pk", "code", "name", "parent_id", "kind", "state", "assignable", "position", "merged_into_id")
    rows = list(Tag.objects.order_by("pk").values_list(*fields))
    ids, codes, texts, parents, kinds, states, assignable, positions, merged = (
        zip(*rows, strict=True) if rows else [()] * 9
    )
    rules = rules_with_merges_followed(_rules(), {t: target for t, target in zip(ids, merged, strict=True) if target})
    return {
        "format": FORMAT,
        "tags": {
            "id": ids,
            "code": codes,
            "name": texts,
            "parent": [parent or 0 for parent in parents],
            "kind": [KINDS.index(kind) for kind in kinds],
            "state": [STATES.index(state) for state in states],
            "assignable": [int(value) for value in assignable],
            "position": positions,
            "merged_into": [target or 0 for target in merged],
            "names": _names(dict(zip(ids, texts, strict=True))),
        },
        "rules": rules,
        "lines": lines_of(rules, dict(BusinessLine.objects.values_list("pk", "slug"))),
    }


def annex() -> dict[str, Any]:
    """What only editing needs.

    `rules`: [id, key, kind, subject, others, line or 0, weight, note], as they were written; `relations`: [tag, kind,
    other or 0, URI]; `guidelines`: [tag, line or 0, id of the newest row].
    """
    relations = TagRelation.objects.order_by("tag_id", "kind", "other_id", "uri")
    newest = Guideline.objects.order_by("tag_id", "business_line_id", "-version")
    newest = newest.distinct("tag_id", "business_line_id")
    return {
        "format": FORMAT,
        "rules": _rules(),
        "relations": [
            [tag, kind, other or 0, uri]
            for tag, kind, other, uri in relations.values_list("tag_id", "kind", "other_id", "uri")
        ],
        "guidelines": [
            [tag, line or 0, pk] for tag, line, pk in newest.values_list("tag_id", "business_line_id", "pk")
        ],
    }


def follow(tag: int, merged: Mapping[int, int]) -> int:
    """Where a tag has gone, through any number of merges."""
    for _ in merged:  # no longer than all merges together: a ring must not hang us
        if tag not in merged:
            break
        tag = merged[tag]
    return tag


def rules_with_merges_followed(rules: list[list[Any]], merged: Mapping[int, int]) -> list[list[Any]]:
    """The annex's rules as the content has them."""
    return [
        [pk, kind, follow(subject, merged), [follow(tag, merged) for tag in others], line, weight]
        for pk, _key, kind, subject, others, line, weight, _note in rules
    ]


def lines_of(rules: list[list[Any]], slugs: Mapping[int, str]) -> dict[str, int]:
    return {slugs[line]: line for line in sorted({rule[4] for rule in rules if rule[4]})}


def named(text: str, language: str, preferred: bool) -> list[Any]:
    """A name as the content has it."""
    found = keys(text)
    return [language, text, int(preferred), found.pinyin, found.initials]


def _names(main: Mapping[int, str]) -> list[list[list[Any]]]:
    """The names of each tag, preferred ones first; the main name is always one of them."""
    rows: dict[int, list[list[Any]]] = defaultdict(list)
    fields = ("tag_id", "language", "text", "preferred", "pinyin", "initials")
    for tag, language, text, first, pinyin, initials in TagName.objects.order_by().values_list(*fields):
        rows[tag].append([language, text, int(first), pinyin, initials])
    for tag, text in main.items():
        names = rows[tag]
        if all(text != name[1] for name in names):
            found = keys(text)
            names.append(["zh" if found.pinyin else "en", text, 0, found.pinyin, found.initials])
        names.sort(key=lambda name: (-name[2], name[0], name[1]))
    return [rows[tag] for tag in main]


def _rules() -> list[list[Any]]:
    others: dict[int, list[int]] = defaultdict(list)
    for rule, tag in Rule.others.through.objects.order_by("rule_id", "tag_id").values_list("rule_id", "tag_id"):
        others[rule].append(tag)
    fields = ("pk", "key", "kind", "subject_id", "business_line_id", "weight", "note")
    return [
        [pk, str(key), kind, subject, others[pk], line or 0, weight, note]
        for pk, key, kind, subject, line, weight, note in Rule.objects.order_by("pk").values_list(*fields)
    ]
