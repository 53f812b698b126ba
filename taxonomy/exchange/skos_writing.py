"""The live taxonomy as SKOS, in any syntax that rdflib writes; `skos.read` reads all of it back."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import RDF, SKOS, XSD, Graph, Literal, URIRef

from taxonomy.exchange import live
from taxonomy.exchange.rows import RelationRow, RuleRow, TagRow
from taxonomy.exchange.skos_terms import OURS, RULE, SCHEME, uri

CONTEXT = {"skos": str(SKOS), "tw": str(OURS), "xsd": str(XSD)}


def write(syntax: str) -> Iterator[str]:
    """The text, at once: a graph is made of the whole taxonomy in memory, about 8 KB a tag."""
    if syntax == "json-ld":
        yield graph().serialize(format=syntax, context=CONTEXT, auto_compact=False)
    else:
        yield graph().serialize(format=syntax)


def graph() -> Graph:
    made = Graph()
    made.bind("skos", SKOS)
    made.bind("tw", OURS)
    made.add((SCHEME, RDF.type, SKOS.ConceptScheme))
    for tag in live.tags():
        _tag(made, tag)
    for relation in live.relations():
        _relation(made, relation)
    for guideline in live.guidelines():
        made.add((uri(guideline.tag), SKOS.scopeNote, Literal(guideline.body)))
    for number, rule in enumerate(live.rules(), 1):
        _rule(made, number, rule)
    return made


def _tag(made: Graph, tag: TagRow) -> None:
    concept = uri(tag.code)
    made.add((concept, RDF.type, SKOS.Concept))
    made.add((concept, SKOS.inScheme, SCHEME))
    made.add((concept, SKOS.notation, Literal(tag.code)))
    if tag.parent:
        made.add((concept, SKOS.broader, uri(tag.parent)))
    elif tag.kind == "category":
        made.add((concept, SKOS.topConceptOf, SCHEME))
    for name in tag.names:
        label = SKOS.prefLabel if name.preferred else SKOS.altLabel
        made.add((concept, label, Literal(name.text, lang=name.language)))
    made.add((concept, OURS.name, Literal(tag.name)))
    made.add((concept, OURS.kind, Literal(tag.kind)))
    made.add((concept, OURS.state, Literal(tag.state)))
    made.add((concept, OURS.assignable, Literal(tag.assignable)))
    made.add((concept, OURS.position, Literal(tag.line)))


def _relation(made: Graph, row: RelationRow) -> None:
    """What SKOS has no word for is one of ours, such as tw:part_of."""
    kind = {"related": SKOS.related, "exact_match": SKOS.exactMatch}.get(row.kind, OURS[row.kind])
    made.add((uri(row.tag), kind, URIRef(row.uri) if row.uri else uri(row.other)))


def _rule(made: Graph, number: int, row: RuleRow) -> None:
    rule = URIRef(f"{RULE}{number}")
    made.add((rule, RDF.type, OURS.Rule))
    made.add((rule, OURS.position, Literal(number)))
    made.add((rule, OURS.kind, Literal(row.kind)))
    made.add((rule, OURS.subject, uri(row.subject)))
    for other in row.others:
        made.add((rule, OURS.other, uri(other)))
    if row.business_line:
        made.add((rule, OURS.line, Literal(row.business_line)))
    if row.weight:
        # As text: a float would keep six digits in Turtle, and reading it back would change the rule.
        made.add((rule, OURS.weight, Literal(repr(row.weight))))
    if row.note:
        made.add((rule, OURS.note, Literal(row.note)))
