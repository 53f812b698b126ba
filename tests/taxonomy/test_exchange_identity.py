"""Export, empty, import: the same taxonomy again."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxonomy.exchange import csv, csv_writing, importing, skos, skos_writing
from tests.taxonomy import taxonomies

pytestmark = pytest.mark.django_db
few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@given(taxonomies.rows())
@few
@taxonomies.taken_back()
def test_csv_brings_back_tags_and_rules(content):
    taxonomies.fill(content)
    before = taxonomies.tags(), taxonomies.rules()
    tags, rules = "".join(csv_writing.tags()), "".join(csv_writing.rules())

    again = importing.run(csv.read(tags.encode(), rules.encode()))
    taxonomies.empty()
    importing.run(csv.read(tags.encode(), rules.encode()))

    assert (again.created, again.changed, again.rules) == (0, 0, 0)
    assert (taxonomies.tags(), taxonomies.rules()) == before


@given(taxonomies.rows().filter(bool), st.sampled_from(["turtle", "xml", "json-ld"]))
@few
@taxonomies.taken_back()
def test_skos_brings_back_everything(content, syntax):
    taxonomies.fill(content)
    before = taxonomies.tags(), taxonomies.rules(), taxonomies.rest()
    text = "".join(skos_writing.write(syntax))

    again = importing.run(skos.read(text.encode()))
    taxonomies.empty()
    report = importing.run(skos.read(text.encode()))

    assert (again.created, again.changed, again.rules, again.relations, again.guidelines) == (0, 0, 0, 0, 0)
    assert report.remarks == ()
    assert (taxonomies.tags(), taxonomies.rules(), taxonomies.rest()) == before
