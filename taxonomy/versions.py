"""Published states of the taxonomy: frozen, numbered, and shipped to browsers exactly as stored."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from taxonomy.models import BusinessLine, Rule, Tag, TagName, TaxonomyVersion
from taxonomy.search_keys import keys

FORMAT = 1
KINDS = tuple(Tag.Kind.values)
STATES = tuple(Tag.State.values)
LOCK = 7_245_001  # of PostgreSQL's advisory locks: one publishes at a time


def current() -> TaxonomyVersion | None:
    """The newest version, without its content; None before the first one."""
    return TaxonomyVersion.objects.defer("content").first()


@transaction.atomic
def publish(comment: str = "", author: User | None = None) -> TaxonomyVersion:
    """Freeze the live tags and rules as the next version; where nothing changed, return the newest one.

    A constant number of queries, however large the taxonomy.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    body = json.dumps(content(), ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(body).hexdigest()
    newest = current()
    if newest and newest.digest == digest:
        return newest
    return TaxonomyVersion.objects.create(
        number=newest.number + 1 if newest else 1,
        content=gzip.compress(body, mtime=0),
        digest=digest,
        comment=comment,
        author=author,
    )


def content() -> dict[str, Any]:
    """The live taxonomy as plain values, in columns: the same rows give the same bytes.

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
    rules = _rules({tag: target for tag, target in zip(ids, merged, strict=True) if target})
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
        "lines": dict(
            BusinessLine.objects.filter(pk__in={rule[4] for rule in rules}).order_by("pk").values_list("slug", "pk")
        ),
    }


def read(version: TaxonomyVersion) -> dict[str, Any]:
    """The content of a version, as `content` gave it."""
    found: dict[str, Any] = json.loads(gzip.decompress(version.content))
    return found


def follow(tag: int, merged: Mapping[int, int]) -> int:
    """Where a tag has gone, through any number of merges."""
    for _ in merged:  # no longer than all merges together: a ring must not hang us
        if tag not in merged:
            break
        tag = merged[tag]
    return tag


def _names(main: Mapping[int, str]) -> list[list[list[object]]]:
    """The names of each tag; the main name is always one of them."""
    named: dict[int, list[list[object]]] = defaultdict(list)
    rows = TagName.objects.order_by("tag_id", "-preferred", "language", "text")
    for tag, language, text, first, pinyin, initials in rows.values_list(
        "tag_id", "language", "text", "preferred", "pinyin", "initials"
    ):
        named[tag].append([language, text, int(first), pinyin, initials])
    for tag, text in main.items():
        if all(text != name[1] for name in named[tag]):
            found = keys(text)
            named[tag].insert(0, ["zh" if found.pinyin else "en", text, 0, found.pinyin, found.initials])
    return [named[tag] for tag in main]


def _rules(merged: Mapping[int, int]) -> list[list[object]]:
    others: dict[int, list[int]] = defaultdict(list)
    for rule, tag in Rule.others.through.objects.order_by("rule_id", "tag_id").values_list("rule_id", "tag_id"):
        others[rule].append(follow(tag, merged))
    rows = Rule.objects.order_by("pk").values_list("pk", "kind", "subject_id", "business_line_id", "weight")
    return [
        [pk, kind, follow(subject, merged), others[pk], line or 0, weight] for pk, kind, subject, line, weight in rows
    ]
