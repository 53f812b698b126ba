"""Rules as sentences, with the names of the tags in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from taxonomy.models import Rule
from taxonomy.search import preferred

CHIPS = {"excludes": "", "at_most_one_child": "", "requires": "req", "co_occurs": "co"}  # the looks of each kind


@dataclass(frozen=True, slots=True)
class RuleInWords:
    rule: Rule
    text: str
    look: str
    line: str  # the business line it holds for, empty for all


def rules_about(tags: Iterable[int]) -> list[RuleInWords]:
    """The rules that name one of these tags. Three queries."""
    wanted = list(tags)
    rules = Rule.objects.filter(Q(subject__in=wanted) | Q(others__in=wanted)).distinct().order_by("pk")
    return in_words(rules.select_related("subject", "business_line").prefetch_related("others"))


def in_words(rules: Iterable[Rule]) -> list[RuleInWords]:
    rules = list(rules)
    tags = {tag.pk: tag.name for rule in rules for tag in (rule.subject, *rule.others.all())}
    names = tags | preferred(tags)
    return [RuleInWords(rule, _text(rule, names), CHIPS[rule.kind], str(rule.business_line or "")) for rule in rules]


def _text(rule: Rule, names: dict[int, str]) -> str:
    others = [names[tag.pk] for tag in rule.others.all()]
    return sentence(rule.kind, names[rule.subject_id], others, rule.weight)


def sentence(kind: str, tag: str, others: Sequence[str], weight: float = 0.0) -> str:
    """A rule in words; tags by name."""
    told = {"tag": tag, "others": _(" or ").join(others), "weight": number_format(weight, 2)}
    sentences = {
        "excludes": _("%(tag)s is never together with %(others)s."),
        "requires": _("%(tag)s needs %(others)s."),
        "at_most_one_child": _("At most one branch of %(tag)s is given."),
        "co_occurs": _("%(tag)s is often with %(others)s (+%(weight)s)."),
    }
    return sentences[kind] % told


def contradiction(fault: str, tags: Sequence[str]) -> str:
    """What a rule set gets wrong, in words; see solving.contradictions for the faults and their tags."""
    if fault == "impossible":
        return _("No clip can be given %(tag)s.") % {"tag": tags[0]}
    if fault == "excluded":
        return _("%(tag)s asks for %(other)s, which may never stand beside it.") % {"tag": tags[0], "other": tags[1]}
    ring = " → ".join([*tags, tags[0]])
    return _("%(ring)s ask for each other in a ring: each needs all the others.") % {"ring": ring}
