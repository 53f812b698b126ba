"""SKOS as others write it: what is taken, what is told and left out, and what is refused."""

import socket

import pytest

from taxonomy.exchange import importing, skos
from taxonomy.exchange.rows import Problem, Refused
from taxonomy.models import Guideline, Tag, TagName, TagRelation, TaxonomyVersion

pytestmark = pytest.mark.django_db

PREFIX = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix : <http://example.org/> .
"""
XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="http://www.w3.org/2004/02/skos/core#">'


def load(turtle: str) -> importing.Report:
    return importing.run(skos.read((PREFIX + turtle).encode()))


def parents() -> dict[str, str | None]:
    return dict(Tag.objects.values_list("code", "parent__code"))


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_args, **_kw):
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)


def test_labels_notes_and_matches_are_taken():
    load(
        """
        :ball a skos:Concept ; skos:prefLabel "Ball"@en, "球"@zh ; skos:altLabel "Sphere"@en ;
            skos:scopeNote "Round things." ; skos:exactMatch <http://www.wikidata.org/entity/Q18545> ;
            skos:related :game .
        :game a skos:Concept ; skos:prefLabel "Game"@en ; owl:deprecated true .
        """
    )

    ball = Tag.objects.get(code="ball")
    assert (ball.name, Tag.objects.get(code="game").state) == ("Ball", "deprecated")
    assert set(TagName.objects.filter(tag=ball).values_list("language", "text", "preferred")) == {
        ("en", "Ball", True),
        ("zh", "球", True),
        ("en", "Sphere", False),
    }
    assert Guideline.objects.get(tag=ball).body == "Round things."
    assert set(TagRelation.objects.values_list("kind", "other__code", "uri")) == {
        ("related", "game", ""),
        ("exact_match", None, "http://www.wikidata.org/entity/Q18545"),
    }


def test_broader_and_narrower_say_the_same():
    load(
        """
        :a a skos:Concept ; skos:prefLabel "A" ; skos:narrower :b .
        :b skos:prefLabel "B" .
        :c skos:prefLabel "C" ; skos:broader :b .
        """
    )

    assert parents() == {"a": None, "b": "a", "c": "b"}


def test_a_second_broader_concept_is_told_and_becomes_a_relation():
    report = load(
        """
        :a a skos:Concept ; skos:prefLabel "A" . :b a skos:Concept ; skos:prefLabel "B" ; skos:broader :a .
        :c a skos:Concept ; skos:prefLabel "C" ; skos:broader :b, :a .
        """
    )

    assert parents()["c"] == "a"
    assert TagRelation.objects.get().other.code == "b"
    assert report.remarks == (
        "http://example.org/c stands below http://example.org/a; also below: http://example.org/b",
    )


def test_a_ring_is_told_and_opened():
    report = load(
        """
        :a a skos:Concept ; skos:prefLabel "A" ; skos:broader :b .
        :b a skos:Concept ; skos:prefLabel "B" ; skos:broader :a .
        :c a skos:Concept ; skos:prefLabel "C" ; skos:broader :b, :c .
        """
    )

    assert parents() == {"a": None, "b": "a", "c": "b"}
    assert any("a ring of broader concepts was opened" in remark for remark in report.remarks)
    assert "http://example.org/c is broader than itself; this was left out" in report.remarks


def test_several_schemes_are_told():
    report = load(
        """
        :a a skos:Concept ; skos:prefLabel "A" ; skos:inScheme :one .
        :b a skos:Concept ; skos:prefLabel "B" ; skos:inScheme :two .
        """
    )

    assert report.remarks == ("2 schemes are read as one tree",)


def test_a_broader_concept_of_another_vocabulary_is_left_out():
    report = importing.run(
        skos.read(
            (PREFIX + ':a a skos:Concept ; skos:prefLabel "A" ; skos:broader "text" .').encode(),
        )
    )

    assert parents() == {"a": None}
    assert report.remarks == ("text is in none of the file's schemes",)


def test_two_concepts_that_end_alike_keep_their_whole_addresses():
    load(
        """
        <http://x.org/a> a skos:Concept ; skos:prefLabel "A" . <http://y.org/a> a skos:Concept ; skos:prefLabel "B" .
        """
    )

    assert set(parents()) == {"http://x.org/a", "http://y.org/a"}


def read_all(text: str) -> None:
    """Read without a database, whose connection would be forbidden too."""
    problems = [row for row in skos.read(text.encode()).rows if isinstance(row, Problem)]
    if problems:
        raise Refused(problems)


BOMB = '<!DOCTYPE rdf:RDF [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE rdf:RDF SYSTEM "http://example.org/evil.dtd">'
FILE = '<!DOCTYPE rdf:RDF [<!ENTITY f SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f'<?xml version="1.0"?>\n{BOMB}{XML}&b;</rdf:RDF>', "line 2: a document type"),
        (f'<?xml version="1.0"?>\n{OUTSIDE}{XML}</rdf:RDF>', "line 2: a document type"),
        (f'<?xml version="1.0"?>\n{FILE}{XML}&f;</rdf:RDF>', "line 2: a document type"),
        (f"{XML}\n<skos:Concept></rdf:RDF>", "line 2: mismatched tag"),
        ('{"@context": "http://example.org/context.jsonld", "@id": "a"}', "remote @context"),
        ('{"@context": [{"a": "urn:a"}, "http://example.org/c"], "@id": "a"}', "remote @context"),
        ('{"@context": {"@import": "http://example.org/c"}}', "remote @context"),
        ('{"@graph": [{"a": {"@context": "file:///etc/passwd"}}]}', "remote @context"),
        ('{"@context": ', "line 1: Expecting value"),
        ('{"a":' * 100_000, "nested too deeply|Expecting value"),
        (PREFIX + ":a skos:prefLabel ", "at line"),
        (PREFIX, "no SKOS concept"),
        (PREFIX + ":a a skos:Concept .", "http://example.org/a has no label"),
    ],
)
def test_what_is_hostile_or_broken_is_refused_and_nothing_fetched(text, reason, no_network):
    with pytest.raises(Refused, match=reason):
        read_all(text)


def test_what_is_refused_leaves_nothing():
    with pytest.raises(Refused, match="deeper than 6"):
        load(
            "".join(f':c{n} a skos:Concept ; skos:prefLabel "C" ; skos:broader :c{n - 1} .' for n in range(1, 9))
            + ':c0 a skos:Concept ; skos:prefLabel "C" .'
        )

    assert not Tag.objects.exists()
    assert not TaxonomyVersion.objects.exists()
