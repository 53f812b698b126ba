"""What of the taxonomy itself refers to changed tags: rules, relations and guidelines."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from taxonomy.edit_words import Words
from taxonomy.impact import EXAMPLES, Count, Example, Touched


def count(touched: Touched) -> Iterator[Count]:
    draft = touched.draft
    codes = [draft.base.code(tag) for tag in touched.tags]
    words = Words(draft.base)
    rules = {rule.key: rule for code in codes for rule in draft.rules_of(code)}
    said = [words.rule(rule) for rule in list(rules.values())[:EXAMPLES]]
    yield Count("rules", _("rules that name changed tags"), len(rules), [Example(text) for text in said])
    texts = {place for code in codes for place in draft.guidelines_of(code)}
    names = [Example(words.name(code)) for code, _line in sorted(texts, key=lambda place: place[0])[:EXAMPLES]]
    yield Count("guidelines", _("guidelines of changed tags"), len(texts), names)
    relations = {relation for code in codes for relation in draft.relations_of(code) if relation[1] != "split_into"}
    yield Count("relations", _("relations of changed tags"), len(relations))
