"""What tests of change sets share."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.test import TestCase

from taxonomy import changes, contents, publishing, versions
from taxonomy.models import ChangeSet, TaxonomyVersion

Edits = list[tuple[str, dict[str, Any]]]


def make_set(editor: User, *edits: tuple[str, dict[str, Any]]) -> ChangeSet:
    change_set = changes.open(editor)
    changes.add_all(change_set.pk, edits, editor)
    change_set.refresh_from_db()
    return change_set


def publish(editor: User, *edits: tuple[str, dict[str, Any]]) -> ChangeSet:
    """Published, and its labels carried, as after the commit."""
    change_set = make_set(editor, *edits)
    with TestCase.captureOnCommitCallbacks(execute=True):
        publishing.publish(change_set.pk, editor)
    change_set.refresh_from_db()
    return change_set


def revert(editor: User, change_set: ChangeSet) -> TaxonomyVersion:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return publishing.publish(changes.revert(change_set, editor).pk, editor)


def meaning() -> dict[str, Any]:
    """The live taxonomy by codes: what it says, whatever its ids and positions are."""
    content, annex = contents.content(), contents.annex()
    tags = content["tags"]
    code = dict(zip(tags["id"], tags["code"], strict=True)) | {0: None}
    rows = list(zip(*(tags[name] for name in TAG), strict=True))
    rows.sort(key=lambda row: (row[6], row[2], row[1]))
    order: dict[Any, list[str]] = {}
    for row in rows:
        order.setdefault(code[row[3]], []).append(row[1])
    return {
        "tags": {row[1]: (row[2], code[row[3]], row[4], row[5], row[7], code[row[8]], _names(row[9])) for row in rows},
        "order": order,
        "rules": {rule[1]: (rule[2], code[rule[3]], {code[o] for o in rule[4]}, *rule[5:]) for rule in annex["rules"]},
        "relations": {(code[tag], kind, code[other], uri) for tag, kind, other, uri in annex["relations"]},
    }


TAG = ("id", "code", "name", "parent", "kind", "state", "position", "assignable", "merged_into", "names")


def _names(names: list[list[Any]]) -> list[tuple[str, str]]:
    return sorted((language, text) for language, text, *_rest in names)


def frozen_as_live() -> bool:
    """Whether the newest version says exactly what the live tables say."""
    newest = TaxonomyVersion.objects.first()
    assert newest
    return versions.prepare(contents.content(), contents.annex()).digest == newest.digest and (
        versions.read_annex(newest) == contents.annex()
    )
