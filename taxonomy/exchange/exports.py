"""What the taxonomy can be written as, by the end of the file's name. Values are made when they are asked for."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from django.http import StreamingHttpResponse

from taxonomy import versions
from taxonomy.exchange import csv_writing
from taxonomy.models import TaxonomyVersion

SYNTAXES = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}


@dataclass(frozen=True)
class Export:
    """`write` gives the parts of the text."""

    write: Callable[[], Iterator[str]]
    content_type: str


def _json() -> Iterator[str]:
    """The newest version as browsers get it."""
    if current := versions.current():
        yield gzip.decompress(TaxonomyVersion.objects.get(pk=current.pk).content).decode()


def _skos(syntax: str) -> Callable[[], Iterator[str]]:
    """Loaded when it is asked for: rdflib is large, and the web process seldom needs it."""
    return lambda: import_module("taxonomy.exchange.skos_writing").write(SYNTAXES[syntax])


EXPORTS = {
    "tags.csv": Export(csv_writing.tags, "text/csv; charset=utf-8"),
    "rules.csv": Export(csv_writing.rules, "text/csv; charset=utf-8"),
    "ttl": Export(_skos("ttl"), "text/turtle; charset=utf-8"),
    "rdf": Export(_skos("rdf"), "application/rdf+xml; charset=utf-8"),
    "jsonld": Export(_skos("jsonld"), "application/ld+json; charset=utf-8"),
    "json": Export(_json, "application/json"),
}


def download(what: str) -> StreamingHttpResponse:
    """An answer that the browser keeps as a file."""
    made = EXPORTS[what]
    name = what if "." in what else f"taxonomy.{what}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(made.write(), content_type=made.content_type, headers=headers)
