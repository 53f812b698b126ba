"""The words of SKOS that we read and write, and our own for what it has none for."""

from __future__ import annotations

from urllib.parse import quote, unquote

from rdflib import Namespace, URIRef

OURS = Namespace("urn:tagwright:term:")  # name, kind, state, assignable, position; and of rules, see skos_writing
TAG = "urn:tagwright:tag:"
RULE = "urn:tagwright:rule:"
SCHEME = URIRef("urn:tagwright:scheme")


def uri(code: str) -> URIRef:
    return URIRef(TAG + quote(code, safe=""))


def code(concept: str) -> str:
    """The code in one of our own addresses; of another one its last part."""
    if concept.startswith(TAG):
        return unquote(concept.removeprefix(TAG))
    rest = concept.rstrip("/#")
    return unquote(rest.rsplit("#", 1)[-1].rsplit("/", 1)[-1].rsplit(":", 1)[-1]) or concept
