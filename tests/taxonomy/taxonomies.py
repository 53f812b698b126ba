"""Made taxonomies of all shapes, and what of them must survive a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from hypothesis import strategies as st

from taxonomy.exchange import importing, live
from taxonomy.exchange.rows import Guideline, Name, RelationRow, RuleRow, TagRow, Taxonomy

EVERYTHING = frozenset({"parent", "kind", "assignable", "state", "relations"})
letters = st.characters(exclude_categories=("C", "Z"), include_characters=" |\\,;\"'<&>{}@#/:%")
texts = st.text(letters, min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
codes = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=8).filter(
    lambda code: "|" not in code and "\\" not in code
)
notes = st.text(st.characters(exclude_categories=("C",), include_characters="\n"), min_size=1).filter(
    lambda text: text.strip()
)


def one_preferred(name: Name) -> object:
    """A key that two preferred names of a language share."""
    return name.language if name.preferred else name


@st.composite
def rows(draw) -> list:
    """Tags whose parents stand before them, with names, rules, relations and guidelines."""
    made: dict[str, TagRow] = {}
    for line, code in enumerate(draw(st.lists(codes, max_size=7, unique=True)), 2):
        parents = [row.code for row in made.values() if row.kind == "category" and _depth(made, row.code) < 6]
        parent = draw(st.sampled_from(["", *parents]))
        kind = "category" if parent else draw(st.sampled_from(["category", "content", "person"]))
        names = draw(
            st.lists(
                st.builds(Name, st.sampled_from(["en", "zh", "fr", "pt-br"]), texts, st.booleans()),
                min_size=1,
                max_size=5,
                unique_by=(
                    lambda name: (name.language, name.text),
                    lambda name: (name.preferred and name.language) or name,
                ),
            )
        )
        state = draw(st.sampled_from(["active", "draft", "deprecated"]))
        name = draw(st.sampled_from(names)).text
        made[code] = TagRow(line, code, name, parent, kind, draw(st.booleans()), state, tuple(names))
    return [*made.values(), *(draw(_besides(sorted(made))) if len(made) > 1 else [])]


def _besides(known: list[str]) -> st.SearchStrategy[list]:
    tag = st.sampled_from(known)
    pairs = st.lists(tag, min_size=2, max_size=2, unique=True)
    rule = st.builds(
        lambda pair, kind, weight, note: RuleRow(0, kind, pair[0], (pair[1],), "", weight, note),
        pairs,
        st.sampled_from(["excludes", "requires", "co_occurs"]),
        st.floats(0, 9, allow_subnormal=False),
        texts | st.just(""),
    )
    relation = st.builds(
        lambda pair, kind: RelationRow(0, pair[0], kind, pair[1]),
        pairs,
        st.sampled_from(["related", "part_of", "plays_in", "broader"]),
    )
    match = st.builds(lambda code: RelationRow(0, code, "exact_match", uri="http://www.wikidata.org/entity/Q5"), tag)
    guideline = st.builds(lambda code, body: Guideline(0, code, body), tag, notes)
    return st.tuples(
        st.lists(rule, max_size=3, unique_by=lambda row: (row.kind, row.subject, row.others)),
        st.lists(relation | match, max_size=4, unique=True),
        st.lists(guideline, max_size=2, unique_by=lambda row: row.tag),
    ).map(lambda parts: [row for part in parts for row in part])


def _depth(made: dict[str, TagRow], code: str) -> int:
    return 1 + _depth(made, made[code].parent) if made[code].parent else 1


@contextmanager
def taken_back() -> Iterator[None]:
    """Nothing of the block stays in the database, so that a test may have many examples."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def fill(content: list) -> None:
    importing.run(Taxonomy(content, EVERYTHING))


def empty() -> None:
    with connection.cursor() as cursor:
        for table in ("tagrelation", "rule_others", "rule", "guideline", "tagname", "tag", "edit", "changeset"):
            cursor.execute(f"DELETE FROM taxonomy_{table}")  # quicker than TRUNCATE for a few rows
        cursor.execute("DELETE FROM taxonomy_taxonomyversion")


def tags() -> list[tuple]:
    """Siblings in their order."""
    found = [(t.parent, t.code, t.name, t.kind, t.assignable, t.state, frozenset(t.names)) for t in live.tags()]
    return sorted(found, key=lambda row: row[0])


def rules() -> list[RuleRow]:
    return list(live.rules())


def rest() -> tuple[list, list]:
    return list(live.relations()), sorted(live.guidelines(), key=lambda row: row.tag)
