"""SKOS in Turtle, RDF/XML or JSON-LD. What has no place in one tree is told and left out: a second broader concept
becomes a relation, a ring of broader ones is cut, several schemes are read as one tree.

Nothing is fetched and no entity of XML is expanded: files that ask for it are refused (see skos_safety).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _
from rdflib import OWL, RDF, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from taxonomy import names
from taxonomy.exchange import skos_safety, skos_terms
from taxonomy.exchange.lines import opened, whole
from taxonomy.exchange.rows import (
    EVERY,
    Guideline,
    Name,
    Problem,
    Refused,
    RelationRow,
    Remark,
    Row,
    RuleRow,
    TagRow,
    Taxonomy,
)
from taxonomy.exchange.skos_terms import OURS
from taxonomy.exchange.skos_tree import Tree
from taxonomy.models import TagRelation

COLUMNS = frozenset({"parent", "relations"})
SPEAKS = frozenset({(EVERY, True), (EVERY, False)})


def read(file: bytes | BinaryIO) -> Taxonomy:
    """Raises Refused for what cannot be read safely or has no concept."""
    made = skos_safety.parse(whole(opened(file)))
    concepts = sorted({*made.subjects(RDF.type, SKOS.Concept)} | _implied(made), key=str)
    if not concepts:
        raise Refused([Problem(0, _("the file has no SKOS concept"))])
    told = {column for column in ("kind", "state", "assignable") if (None, OURS[column], None) in made}
    if (None, OWL.deprecated, None) in made:
        told.add("state")
    return Taxonomy(_Reading(made, [c for c in concepts if isinstance(c, URIRef)]).rows(), COLUMNS | told, SPEAKS)


def looks_like(head: str) -> bool:
    return "skos" in head.lower()


def _implied(made: Graph) -> set[Node]:
    """Concepts that are not called so, because what is said of them says it."""
    found = {s for p in (SKOS.broader, SKOS.narrower, SKOS.topConceptOf, SKOS.related) for s in made.subjects(p)}
    return found | set(made.objects(None, SKOS.hasTopConcept)) | set(made.objects(None, SKOS.narrower))


class _Reading:
    def __init__(self, made: Graph, concepts: list[URIRef]) -> None:
        self.made = made
        self.tree = Tree(made, concepts)
        self.codes, self.problems = self._codes(concepts)
        self.concepts = sorted(concepts, key=lambda concept: (self._number(concept), concept))

    def rows(self) -> Iterator[Row]:
        yield from self.problems
        schemes = set(self.made.subjects(RDF.type, SKOS.ConceptScheme)) | set(self.made.objects(None, SKOS.inScheme))
        if len(schemes) > 1:
            yield Remark(_("%(count)d schemes are read as one tree") % {"count": len(schemes)})
        yield from (Remark(text) for text in self.tree.remarks)
        for concept in self.concepts:
            yield self._tag(concept)
            yield from self._relations(concept)
            yield from self._guideline(concept)
        for rule in sorted(self.made.subjects(RDF.type, OURS.Rule), key=lambda rule: (self._number(rule), rule)):
            yield self._rule(rule)

    def _codes(self, concepts: list[URIRef]) -> tuple[dict[Node, str], list[Problem]]:
        """The notation of each concept, or the end of its address; where two would be the same, whole addresses."""
        by_code: dict[str, list[URIRef]] = defaultdict(list)
        for concept in concepts:
            notations = sorted(str(value) for value in self.made.objects(concept, SKOS.notation))
            by_code[notations[0] if notations else skos_terms.code(concept)].append(concept)
        codes: dict[Node, str] = {}
        problems = []
        for code, same in by_code.items():
            codes |= {concept: code if len(same) == 1 else str(concept) for concept in same}
            problems += [Problem(0, _("%(uri)s has no label") % {"uri": c}) for c in same if not self._labels(c)]
        return codes, problems

    def _labels(self, concept: Node) -> list[Name]:
        found: dict[tuple[str, str], Name] = {}
        leading: set[str] = set()
        for label in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
            for value in sorted(self.made.objects(concept, label), key=str):
                text = " ".join(str(value).split())
                language = _language(value)
                preferred = label == SKOS.prefLabel and language not in leading
                if text and (language, text) not in found:
                    found[language, text] = Name(language, text, preferred)
                    leading |= {language} if preferred else set()
        return list(found.values())

    def _tag(self, concept: URIRef) -> TagRow:
        labels = self._labels(concept)
        leading = {name.language: name.text for name in labels if name.preferred}
        name = self._own(concept, "name") or leading.get("en") or next(iter(leading.values()), "")
        parent = self.tree.parents.get(concept)
        retired = str(self.made.value(concept, OWL.deprecated)).lower() in {"true", "1"}
        return TagRow(
            line=0,
            code=self.codes[concept],
            name=name or (labels[0].text if labels else ""),
            parent=self.codes[parent] if parent else "",
            kind=self._own(concept, "kind") or "category",
            assignable=self._own(concept, "assignable") != "false",
            state=self._own(concept, "state") or ("deprecated" if retired else "active"),
            names=tuple(labels),
        )

    def _relations(self, concept: URIRef) -> Iterator[RelationRow]:
        code = self.codes[concept]
        for parent in self.tree.further[concept]:
            yield RelationRow(0, code, "broader", self.codes[parent])
        for other in sorted(self.made.objects(concept, SKOS.exactMatch), key=str):
            yield RelationRow(0, code, "exact_match", uri=str(other))
        kinds = {SKOS.related: "related"} | {OURS[kind]: kind for kind in TagRelation.Kind.values}
        for predicate, kind in kinds.items():
            others = {self.codes[other] for other in self.made.objects(concept, predicate) if other in self.codes}
            yield from (RelationRow(0, code, kind, other) for other in sorted(others - {code}))

    def _guideline(self, concept: URIRef) -> Iterator[Guideline]:
        """The note on its scope, else its definition; in English where there is one in several languages."""
        for predicate in (SKOS.scopeNote, SKOS.definition):
            notes = sorted(self.made.objects(concept, predicate), key=lambda note: (_language(note) != "en", str(note)))
            if notes:
                yield Guideline(0, self.codes[concept], str(notes[0]).replace("\r\n", "\n").replace("\r", "\n"))
                return

    def _rule(self, rule: Node) -> RuleRow:
        subject = self.made.value(rule, OURS.subject)
        others = sorted(self.codes.get(other, str(other)) for other in self.made.objects(rule, OURS.other))
        weight = self.made.value(rule, OURS.weight)
        return RuleRow(
            line=0,
            kind=self._own(rule, "kind"),
            subject=self.codes.get(subject, str(subject)) if subject else "",
            others=tuple(others),
            business_line=self._own(rule, "line"),
            weight=_float(weight),
            note=self._own(rule, "note"),
        )

    def _own(self, subject: Node, term: str) -> str:
        value = self.made.value(subject, OURS[term])
        return "" if value is None else str(value)

    def _number(self, subject: Node) -> float:
        return _float(self.made.value(subject, OURS.position))


def _float(value: Node | None) -> float:
    """-1 for what is no number, which no rule may weigh."""
    try:
        return 0.0 if value is None else float(str(value))
    except ValueError:
        return -1.0


def _language(value: Node) -> str:
    language = (value.language or "") if isinstance(value, Literal) else ""
    if len(language) > 10:
        language = language.split("-")[0]
    return language.lower() or names.language(str(value))
