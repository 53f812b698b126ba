"""Why verdicts were not stored, in words and with ways out; for the page and for the API alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from annotation.readings import Unconfirmed
from annotation.reviews import Refused
from annotation.tag_labels import labels
from taxonomy.rules import Conflict, Repair


def describe(refused: Refused) -> dict[str, list[dict[str, Any]]]:
    """The answer 422: `conflicts` with repairs, and `errors` by field."""
    in_conflict = (tag for conflict in refused.conflicts for tag in _mentioned(conflict))
    mentioned = {*refused.unproposed, *refused.beyond, *in_conflict}
    names = {tag: label.name for tag, label in labels(mentioned, refused.edition).items()}
    errors = [{"field": "add", "text": _("There is no tag %(id)d.") % {"id": tag}} for tag in refused.unknown]
    for tag in refused.unproposed:
        text = _("%(tag)s was not proposed for this clip. Add it instead.") % {"tag": names.get(tag, f"#{tag}")}
        errors.append({"field": f"verdict-{tag}", "text": text})
    for tag in refused.beyond:
        text = _("The time of %(tag)s lies beyond the end of the clip.") % {"tag": names.get(tag, f"#{tag}")}
        errors.append({"field": f"span-{tag}", "text": text})
    return {"conflicts": [_conflict(conflict, names) for conflict in refused.conflicts], "errors": errors}


def ask(unconfirmed: Unconfirmed) -> dict[str, list[dict[str, Any]]]:
    """The same answer where a changed guideline is to be confirmed first."""
    names = {tag: label.name for tag, label in labels(unconfirmed.texts).items()}
    text = _("The guideline of %(tag)s changed. Read it and confirm that you did.")
    errors = [
        {"field": "confirm", "tag": tag, "guideline": found.pk, "text": text % {"tag": names.get(tag, f"#{tag}")}}
        for tag, found in sorted(unconfirmed.texts.items())
    ]
    return {"conflicts": [], "errors": errors}


def conflicts(found: Iterable[Conflict]) -> list[dict[str, Any]]:
    """What is wrong, with ways out."""
    told = list(found)
    known = labels({tag for conflict in told for tag in _mentioned(conflict)})
    names = {tag: label.name for tag, label in known.items()}
    return [_conflict(conflict, names) for conflict in told]


def sentences(conflicts: Iterable[Conflict]) -> list[str]:
    """What is wrong, without ways out."""
    told = list(conflicts)
    known = labels({tag for conflict in told for tag in _mentioned(conflict)})
    names = {tag: label.name for tag, label in known.items()}
    return [_text(conflict, names) for conflict in told]


def _mentioned(conflict: Conflict) -> Iterable[int]:
    yield from conflict.tags
    if conflict.rule:
        yield from (conflict.rule.subject, *conflict.rule.others)
    for repair in conflict.repairs:
        yield from repair.remove | repair.add


def _conflict(conflict: Conflict, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "rule": conflict.rule.id if conflict.rule else None,
        "reason": conflict.reason,
        "text": _text(conflict, names),
        "tags": list(conflict.tags),
        "repairs": [
            {"label": _label(repair, conflict, names), "remove": sorted(repair.remove), "add": sorted(repair.add)}
            for repair in conflict.repairs
        ],
    }


def _text(conflict: Conflict, names: Mapping[int, str]) -> str:
    tags, rule = _listed(conflict.tags, names, _("and")), conflict.rule
    if rule is None:
        return _("%(tags)s cannot be given to a video.") % {"tags": tags}
    if conflict.reason == "requires":
        return _("%(tags)s needs %(others)s.") % {"tags": tags, "others": _listed(rule.others, names, _("or"))}
    if conflict.reason == "at_most_one_child":
        parent = names.get(rule.subject, "")
        return _("Only one branch of %(parent)s may be given, not %(tags)s.") % {"parent": parent, "tags": tags}
    return _("%(tags)s exclude each other.") % {"tags": tags}


def _label(repair: Repair, conflict: Conflict, names: Mapping[int, str]) -> str:
    kept = [tag for tag in conflict.tags if tag not in repair.remove]
    if repair.add:
        return _("add %(tags)s") % {"tags": _listed(sorted(repair.add), names, _("and"))}
    if kept:
        return _("keep %(tags)s") % {"tags": _listed(kept, names, _("and"))}
    return _("remove %(tags)s") % {"tags": _listed(sorted(repair.remove), names, _("and"))}


def _listed(tags: Iterable[int], names: Mapping[int, str], word: str) -> str:
    return get_text_list([names.get(tag, f"#{tag}") for tag in tags], word)
