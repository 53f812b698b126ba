"""RDF from strangers: parsed without fetching anything and without expanding any entity."""

from __future__ import annotations

import json
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from rdflib import Graph

from taxonomy.exchange.rows import Problem, Refused


def parse(text: str) -> Graph:
    """The graph of a text in RDF/XML, JSON-LD or Turtle. Raises Refused, with the line where the parser knows it."""
    syntax = _syntax(text)
    if syntax == "xml":
        _refuse_doctype(text)
    elif syntax == "json-ld":
        _refuse_remote(text)
    try:
        return Graph().parse(data=text, format=syntax, publicID="urn:tagwright:file:")
    except RecursionError as error:
        raise Refused([Problem(1, _("the file is nested too deeply"))]) from error
    except Exception as error:  # every parser of rdflib has faults of its own kinds
        raise Refused([Problem(_line(error), str(error)[:300] or type(error).__name__)]) from error


def _syntax(text: str) -> str:
    begin = text.lstrip()
    if begin.startswith(("<?xml", "<rdf:", "<!", "<RDF")):
        return "xml"
    if begin.startswith("{") or (begin.startswith("[") and begin[1:].lstrip().startswith(("{", "]"))):
        return "json-ld"
    return "turtle"


def _refuse_doctype(text: str) -> None:
    """A document type is where entities are declared and other files are named; RDF needs none."""
    parser = expat.ParserCreate()

    def refuse(*_args: Any) -> None:
        raise Refused([Problem(parser.CurrentLineNumber, _("a document type (DOCTYPE) is not accepted"))])

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise Refused([Problem(error.lineno, str(error))]) from error


def _refuse_remote(text: str) -> None:
    try:
        waiting = [json.loads(text)]
    except json.JSONDecodeError as error:
        raise Refused([Problem(error.lineno, error.msg)]) from error
    except RecursionError as error:
        raise Refused([Problem(1, _("the file is nested too deeply"))]) from error
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            contexts = value.get("@context", {})
            if _is_remote(contexts) or "@import" in value:
                raise Refused([Problem(0, _("a remote @context is not fetched; write the context into the file"))])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _is_remote(context: Any) -> bool:
    return isinstance(context, str) or (isinstance(context, list) and any(isinstance(each, str) for each in context))


def _line(error: Exception) -> int:
    line = getattr(error, "lines", None) or getattr(error, "getLineNumber", int)()
    return line if isinstance(line, int) else 0
