"""Edits, and why one is refused, as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from taxonomy.drafting.draft import Change
from taxonomy.drafting.edits import EditRefused, Values
from taxonomy.drafting.published import Published, RuleValue
from taxonomy.models import Rule, Tag, TagRelation

REFUSED = {
    "unknown_op": gettext_lazy("There is no operation %(op)s; known: %(known)s."),
    "unknown_field": gettext_lazy("%(op)s has no field %(field)s; known: %(known)s."),
    "missing_field": gettext_lazy("%(op)s needs the field %(field)s."),
    "wrong_value": gettext_lazy("The value of %(field)s cannot be used for %(op)s."),
    "unknown_tag": gettext_lazy("There is no tag %(tag)s."),
    "unknown_rule": gettext_lazy("There is no such rule; somebody may have removed it."),
    "unknown_relation": gettext_lazy("“%(tag)s” has no such relation."),
    "unknown_line": gettext_lazy("There is no business line %(line)s."),
    "duplicate_code": gettext_lazy("The code %(code)s is taken."),
    "duplicate_rule": gettext_lazy("There is such a rule about “%(tag)s” already."),
    "duplicate_relation": gettext_lazy("“%(tag)s” has this relation already."),
    "open_tag_in_tree": gettext_lazy("“%(tag)s” is an open tag: it has no place in the tree."),
    "open_tag_as_parent": gettext_lazy("“%(tag)s” is an open tag: nothing stands below it."),
    "cycle": gettext_lazy("“%(tag)s” cannot stand below itself: “%(parent)s” is in its branch."),
    "too_deep": gettext_lazy("Below “%(parent)s” the branch would be deeper than %(depth)s levels."),
    "merged": gettext_lazy("“%(tag)s” was merged into “%(into)s”."),
    "not_merged": gettext_lazy("“%(tag)s” is not merged into another tag."),
    "merge_into_itself": gettext_lazy("“%(tag)s” cannot be merged into itself."),
    "merge_downwards": gettext_lazy(
        "“%(tag)s” cannot be merged into “%(into)s”, which stands below it; move that one first."
    ),
    "target_merged": gettext_lazy("“%(tag)s” was itself merged into “%(into)s”; choose that one."),
    "target_deprecated": gettext_lazy("“%(tag)s” is deprecated; labels cannot go there."),
    "too_few_parts": gettext_lazy("“%(tag)s” has to be split into at least two other tags."),
    "default_is_no_part": gettext_lazy("Old labels of “%(tag)s” can only go to one of its parts."),
    "split_downwards": gettext_lazy(
        "“%(tag)s” cannot be split into “%(part)s”, which stands below it; move that one first."
    ),
    "was_split": gettext_lazy("“%(tag)s” was split; take the split back first."),
    "not_split": gettext_lazy("“%(tag)s” is not split."),
    "has_children": gettext_lazy("“%(tag)s” has tags below it; move them first."),
    "has_rules": gettext_lazy("Rules name “%(tag)s”; remove them first."),
    "has_relations": gettext_lazy("“%(tag)s” has relations; remove them first."),
    "has_guideline": gettext_lazy("“%(tag)s” has a guideline; empty it first."),
    "is_target": gettext_lazy("Other tags were merged into “%(tag)s”; it cannot be deleted."),
    "used": gettext_lazy("“%(tag)s” is in use and cannot be deleted; deprecate it or merge it into another tag."),
    "others_missing": gettext_lazy("The rule about “%(tag)s” names no other tag."),
    "rule_about_itself": gettext_lazy("A rule cannot set “%(tag)s” against itself."),
    "relation_to_itself": gettext_lazy("“%(tag)s” cannot be related to itself."),
    "no_uri": gettext_lazy("%(uri)s is not a URI."),
}
NOT_POSSIBLE = {
    "closed": gettext_lazy("This change set was published or discarded; nothing about it changes any more."),
    "empty": gettext_lazy("There is nothing in this change set."),
    "not_proposed": gettext_lazy("This change set was not proposed for approval."),
    "own": gettext_lazy("Who edited a change set cannot approve it; ask somebody else."),
    "not_approved": gettext_lazy("A second person has to approve this change set as it is now."),
    "not_published": gettext_lazy("Only a published change set can be taken back."),
    "no_such_edit": gettext_lazy("There is no such edit to take out."),
    "used_meanwhile": gettext_lazy(
        "Somebody has just used a tag that would be deleted. Publish again to see which one."
    ),
    "too_many_edits": gettext_lazy("A change set does not hold so many edits."),
}
_TAGS = {"tag", "into", "parent", "part", "default"}  # parameters that are codes


class Words:
    """Sentences about edits on one version; tags that the edits themselves make are called by their new names."""

    def __init__(self, base: Published, changes: Iterable[Change] = ()) -> None:
        self.base = base
        self.made = {values["code"]: values["name"] for op, values in changes if op == "create"}
        self.language = (get_language() or "en").split("-")[0]

    def name(self, code: str | None) -> str:
        if code is None:
            return _("the root")
        node = self.base.node(code)
        if node is None:
            return str(self.made.get(code, code))
        ours = [text for language, text, first in node.names if first and language.startswith(self.language)]
        return ours[0] if ours else node.name

    def refused(self, reason: EditRefused) -> str:
        """Why an edit cannot be made."""
        told = {k: self.name(v) if k in _TAGS and isinstance(v, str) else v for k, v in reason.params.items()}
        return str(REFUSED[reason.code]) % told

    def edit(self, op: str, values: Values) -> str:
        """What an edit does."""
        told: dict[str, Any] = {"tag": self.name(values.get("tag") or values.get("code") or values.get("subject"))}
        if op in {"rule_add", "rule_change", "rule_remove"}:
            return self._rule(op, values)
        if op == "guideline":
            return self._guideline(values)
        return self._SENTENCES[op](self, values, told) % told

    def _create(self, values: Values, told: dict[str, Any]) -> str:
        told |= {"parent": self.name(values["parent"]), "kind": str(Tag.Kind(values["kind"]).label)}
        if values["kind"] != "category":
            return _("New: “%(tag)s” (%(kind)s)")
        return _("New: “%(tag)s” below “%(parent)s”") if values["parent"] else _("New: “%(tag)s” at the root")

    def _rename(self, values: Values, told: dict[str, Any]) -> str:
        node = self.base.node(values["tag"])
        told["name"] = values["name"]
        if node is None or node.name != values["name"]:
            told["tag"] = node.name if node else told["tag"]
            return _("Renamed: “%(tag)s” is now “%(name)s”")
        now = {text for _language, text, *_first in values.get("names", node.names)}
        before = {text for _language, text, _first in node.names}
        told["added"] = ", ".join(sorted(now - before))
        told["gone"] = ", ".join(sorted(before - now))
        if told["added"] and told["gone"]:
            return _("Names of “%(tag)s”: %(added)s are new, %(gone)s go")
        if told["added"]:
            return _("Names of “%(tag)s”: %(added)s are new")
        return _("Names of “%(tag)s”: %(gone)s go") if told["gone"] else _("Names of “%(tag)s” changed")

    def _move(self, values: Values, told: dict[str, Any]) -> str:
        node = self.base.node(values["tag"])
        told["parent"] = self.name(values["parent"])
        if node and node.parent == values["parent"]:
            if values.get("after"):
                told["after"] = self.name(values["after"])
                return _("Reordered: “%(tag)s” follows “%(after)s”")
            return (
                _("Reordered: “%(tag)s” comes last") if "after" not in values else _("Reordered: “%(tag)s” comes first")
            )
        if values["parent"] is None:
            return _("Moved: “%(tag)s” to the root")
        return _("Moved: “%(tag)s” below “%(parent)s”")

    def _merge(self, values: Values, told: dict[str, Any]) -> str:
        told["into"] = self.name(values["into"])
        return _("Merged: “%(tag)s” into “%(into)s”")

    def _split(self, values: Values, told: dict[str, Any]) -> str:
        told |= {"parts": self._all(values["into"]), "default": self.name(values["default"])}
        if values["default"]:
            return _("Split: “%(tag)s” into %(parts)s; old labels go to “%(default)s”")
        return _("Split: “%(tag)s” into %(parts)s; old labels are reviewed again")

    def _state(self, values: Values, told: dict[str, Any]) -> str:
        told["state"] = Tag.State(values["state"]).label
        return _("State of “%(tag)s”: %(state)s")

    def _assignable(self, values: Values, told: dict[str, Any]) -> str:
        return _("“%(tag)s” may be given to videos") if values["value"] else _("“%(tag)s” is no longer given to videos")

    def _relation(self, values: Values, told: dict[str, Any]) -> str:
        told["kind"] = TagRelation.Kind(values["kind"]).label
        told["to"] = values["to"] if values["kind"] == "exact_match" else self.name(values["to"])
        return ""

    def _relation_add(self, values: Values, told: dict[str, Any]) -> str:
        return self._relation(values, told) or _("Relation: “%(tag)s” %(kind)s “%(to)s”")

    def _relation_remove(self, values: Values, told: dict[str, Any]) -> str:
        return self._relation(values, told) or _("Relation gone: “%(tag)s” %(kind)s “%(to)s”")

    def _import(self, values: Values, told: dict[str, Any]) -> str:
        told |= {"file": values.get("file") or values.get("format", ""), "created": values.get("created", 0)}
        told["changed"] = values.get("changed", 0)
        return _("Imported %(file)s: %(created)s tags new, %(changed)s changed")

    def _rule(self, op: str, values: Values) -> str:
        if op == "rule_remove":
            rule = self.base.rules.get(values["rule"])
            if rule is None:
                return _("Rule removed")
            values = {"kind": rule.kind, "subject": rule.subject, "others": rule.others, "weight": rule.weight}
        told = {
            "tag": self.name(values["subject"]),
            "kind": Rule.Kind(values["kind"]).label,
            "others": self._all(values["others"]),
            "weight": number_format(values["weight"], 2),
            "line": values.get("line") or "",
        }
        sentence = {
            "rule_add": _("Rule: “%(tag)s” %(kind)s %(others)s"),
            "rule_change": _("Rule changed: “%(tag)s” %(kind)s %(others)s"),
            "rule_remove": _("Rule removed: “%(tag)s” %(kind)s %(others)s"),
        }[op] % told
        sentence += _(" (+%(weight)s)") % told if values["kind"] == "co_occurs" else ""
        return sentence.strip() + (_(" for %(line)s") % told if told["line"] else "")

    def rule(self, rule: RuleValue) -> str:
        """What a rule says."""
        told = {"tag": self.name(rule.subject), "kind": Rule.Kind(rule.kind).label, "others": self._all(rule.others)}
        return f"“{told['tag']}” {told['kind']} {told['others']}".strip()

    def _guideline(self, values: Values) -> str:
        told = {"tag": self.name(values["tag"]), "line": values["line"]}
        if not values["body"] and not values.get("examples") and not values.get("counter_examples"):
            gone = _("No guideline of “%(tag)s” for %(line)s"), _("No guideline of “%(tag)s”")
            return gone[values["line"] is None] % told
        new = _("Guideline of “%(tag)s” for %(line)s"), _("Guideline of “%(tag)s”")
        words = len(values["body"].split())
        said = new[values["line"] is None] % told + ngettext(": %(n)d word", ": %(n)d words", words) % {"n": words}
        if shown := len(values.get("examples") or ()):
            said += ngettext(", %(n)d clip that shows it", ", %(n)d clips that show it", shown) % {"n": shown}
        if others := len(values.get("counter_examples") or ()):
            said += ngettext(", %(n)d clip that does not", ", %(n)d clips that do not", others) % {"n": others}
        return said

    def _all(self, codes: Iterable[str]) -> str:
        return ", ".join(f"“{self.name(code)}”" for code in codes)

    _SENTENCES = {
        "create": _create,
        "rename": _rename,
        "move": _move,
        "merge": _merge,
        "unmerge": lambda self, values, told: _("Merge taken back: “%(tag)s” stands for itself"),
        "split": _split,
        "unsplit": lambda self, values, told: _("Split taken back: “%(tag)s” stands for itself"),
        "state": _state,
        "assignable": _assignable,
        "delete": lambda self, values, told: _("Deleted: “%(tag)s”"),
        "relation_add": _relation_add,
        "relation_remove": _relation_remove,
        "import": _import,
    }


def not_possible(code: str) -> str:
    """Why a change set cannot do that."""
    return str(NOT_POSSIBLE[code])
