"""IAB and AudioSet files of the shapes that were published, and which format a file has."""

import json
from io import BytesIO

import pytest

from taxonomy.exchange import audioset, formats, iab, importing
from taxonomy.exchange.rows import Refused
from taxonomy.models import Guideline, Tag, TagRelation, TaxonomyVersion

pytestmark = pytest.mark.django_db

IAB = (
    "Relational ID System\t\t\tContent Taxonomy v3 with Tiered Categories\t\t\t\tExtension\n"
    "Unique ID\tParent\tName\tTier 1\tTier 2\tTier 3\tTier 4\t\n"
    "\t\t\t\t\t\t\t\n"
    "1\t\tAutomotive\tAutomotive\t\t\t\t\n"
    '2\t1\t"Body" Styles \tAutomotive\t"Body" Styles\t\t\t\n'
    'JLB\t2\tSedan\tAutomotive\t"Body" Styles\tSedan\t\tSCD\n'
)


def node(code: str, *children: str, **kw) -> dict:
    return {"id": code, "name": code.upper(), "child_ids": list(children), "restrictions": []} | kw


def ontology(*nodes: dict) -> bytes:
    return json.dumps(nodes, indent=1).encode()


def parents() -> dict[str, str | None]:
    return dict(Tag.objects.values_list("code", "parent__code"))


def refusal(module, data: bytes) -> list[tuple[int, str]]:
    with pytest.raises(Refused) as caught:
        importing.run(module.read(data))
    assert not Tag.objects.exists()
    assert not TaxonomyVersion.objects.exists()
    return [(problem.line, problem.reason) for problem in caught.value.problems]


def test_iab_with_a_line_of_titles_and_an_extension_column():
    report = importing.run(iab.read(IAB.encode()))

    assert report.created == 3
    assert parents() == {"1": None, "2": "1", "JLB": "2"}
    assert Tag.objects.get(code="2").name == '"Body" Styles'
    assert report.remarks == ("the extension SCD of 1 tags was left out",)


def test_iab_without_titles():
    importing.run(iab.read(b"Unique ID\tParent\tName\tTier 1\tTier 2\n1\t\tCars\tCars\t\n2\t1\tVans\tCars\tVans\n"))

    assert parents() == {"1": None, "2": "1"}


def test_iab_tiers_place_a_row_that_names_no_parent():
    importing.run(iab.read(b"Unique ID\tParent\tName\tTier 1\tTier 2\n1\t\tCars\tCars\t\n2\t\tVans\tCars\tVans\n"))

    assert parents() == {"1": None, "2": "1"}


def test_the_parent_of_an_iab_row_counts_more_than_its_tiers():
    rows = "1\t\tCars\tCars\t\n2\t\tSport\tSport\t\n3\t2\tRacing\tCars\tRacing\n"

    report = importing.run(iab.read(f"Unique ID\tParent\tName\tTier 1\tTier 2\n{rows}".encode()))

    assert parents()["3"] == "2"
    assert report.remarks == ("3: its parent is 2, not the place in its tiers, Cars",)


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        ("1\t9\tCars\tCars\t", 2, "there is no parent 9"),
        ("1\t\tCars\tCars\t\n1\t\tVans\tVans\t", 3, "stands on line 2 already"),
        ("1\t2\tA\tA\t\n2\t1\tB\tB\t", 2, "its own ancestor"),
        ("1\t\tVans\tCars\tVans", 2, "no row above has the place Cars"),
    ],
)
def test_bad_iab_rows_are_refused(rows, line, reason):
    found = refusal(iab, f"Unique ID\tParent\tName\tTier 1\tTier 2\n{rows}\n".encode())

    assert any(number == line and reason in told for number, told in found), found


def test_a_node_with_several_parents_stands_below_the_nearest_to_a_root():
    nodes = [node("root", "a", "deep"), node("a", "b"), node("b", "deep"), node("deep", description="Low")]

    importing.run(audioset.read(ontology(*nodes)))

    assert parents() == {"root": None, "a": "root", "b": "a", "deep": "root"}
    assert list(TagRelation.objects.values_list("tag__code", "kind", "other__code")) == [("deep", "broader", "b")]
    assert Guideline.objects.get().body == "Low"


def test_abstract_and_blacklisted_nodes_may_not_be_given():
    importing.run(
        audioset.read(ontology(node("a", restrictions=["abstract"]), node("b", restrictions=["blacklist"]), node("c")))
    )

    assert list(Tag.objects.filter(assignable=True).values_list("code", flat=True)) == ["c"]


def test_importing_the_ontology_again_changes_nothing():
    data = ontology(node("a", "b", "c"), node("b", "c", description="B"), node("c"))
    importing.run(audioset.read(data))

    again = importing.run(audioset.read(data))

    assert (again.changed, again.relations, again.guidelines, again.version.number) == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[{", "line 1: Expecting property name"),
        (b'{"id": 1}', "no list of nodes"),
        (b'[{"id": "a", "name": "A", "child_ids": [1]}]', "no list of nodes"),
        (b"[" * 200_000, "nested too deeply"),
        (ontology(node("a", "zz")), "line 3: there is no node zz"),
        (ontology(node("a"), node("a")), "stands on line 3 already"),
        (ontology(node("a", "b"), node("b", "a")), "its own ancestor"),
        (ontology(*(node(str(n), str(n + 1)) for n in range(7)), node("7")), "deeper than 6"),
        ("[é".encode("latin-1"), "line 1: the file is not in UTF-8"),
    ],
)
def test_bad_ontologies_are_refused(data, reason):
    with pytest.raises(Refused, match=reason):
        importing.run(audioset.read(data))

    assert not Tag.objects.exists()


def test_a_file_too_large_to_be_read_as_a_whole_is_refused(monkeypatch):
    monkeypatch.setattr("taxonomy.exchange.lines.WHOLE", 1_000_000)

    with pytest.raises(Refused, match="larger than 0 MB"):
        audioset.read(b" " * 1_000_001)


def test_a_line_without_an_end_is_refused():
    with pytest.raises(Refused, match="line 1: the line is longer"):
        iab.read(b"x" * 2_000_000)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("id,name\n", "csv"),
        (IAB, "iab"),
        ('[{"id": "/m/1", "child_ids": []}]', "audioset"),
        ("@prefix skos: <http://www.w3.org/2004/02/skos/core#> .", "skos"),
        ('<?xml version="1.0"?><rdf:RDF xmlns:skos="http://www.w3.org/2004/02/skos/core#"/>', "skos"),
    ],
)
def test_the_format_of_a_file_is_seen(head, name):
    assert formats.detect(BytesIO(head.encode())) == name


def test_an_unknown_format_is_refused():
    with pytest.raises(Refused, match="none of the formats"):
        formats.detect(BytesIO(b"\x89PNG\r\n"))


def test_every_format_is_registered_and_can_be_read():
    assert all(callable(formats.import_module(path).read) for path in formats.FORMATS.values())
