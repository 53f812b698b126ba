"""The AudioSet ontology, JSON: nodes that name their children, some of them several times.

A node with several parents stands below the one nearest to a root, among those the first of the file; the others become
relations. Abstract and blacklisted nodes may not be given to videos; a description becomes the guideline.
"""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from taxonomy import names
from taxonomy.exchange.lines import opened, whole
from taxonomy.exchange.rows import Guideline, Name, Problem, Refused, RelationRow, Row, TagRow, Taxonomy

_ID = re.compile(r'"id"\s*:\s*("(?:[^"\\]|\\.)*")')


def read(file: bytes | BinaryIO) -> Taxonomy:
    """Raises Refused for what is no list of nodes."""
    text = whole(opened(file))
    try:
        nodes = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused([Problem(error.lineno, error.msg)]) from error
    except RecursionError as error:
        raise Refused([Problem(1, _("the file is nested too deeply"))]) from error
    if not isinstance(nodes, list) or not all(_is_node(node) for node in nodes):
        raise Refused([Problem(1, _("the file is no list of nodes with id, name and child_ids"))])
    return Taxonomy(_rows(nodes, _lines(text)), frozenset({"parent", "assignable", "relations"}))


def looks_like(head: str) -> bool:
    return head.lstrip().startswith("[") and '"child_ids"' in head


def _is_node(node: Any) -> bool:
    return (
        isinstance(node, dict)
        and isinstance(node.get("id"), str)
        and isinstance(node.get("name"), str)
        and all(isinstance(node.get(key, ""), str) for key in ("description", "citation_uri"))
        and all(
            isinstance(node.get(key, []), list) and all(isinstance(value, str) for value in node.get(key, []))
            for key in ("child_ids", "restrictions")
        )
    )


def _rows(nodes: list[dict[str, Any]], lines: Mapping[str, list[int]]) -> Iterator[Row]:
    known = {node["id"] for node in nodes}
    parents: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        for child in dict.fromkeys(node.get("child_ids", ())):
            parents[child].append(node["id"])
            if child not in known:
                yield Problem(lines[node["id"]][0], _("there is no node %(code)s") % {"code": child})
    depths = _depths(nodes, parents)
    seen: dict[str, int] = defaultdict(int)
    for node in nodes:
        code, name = node["id"], node["name"].strip()
        line = lines[code][min(seen[code], len(lines[code]) - 1)]
        seen[code] += 1
        above = sorted(parents[code], key=lambda parent: depths.get(parent, len(nodes)))
        free = not {"abstract", "blacklist"} & set(node.get("restrictions", ()))
        label = (Name(names.language(name), name, preferred=True),)
        yield TagRow(line, code, name, above[0] if above else "", assignable=free, names=label)
        yield from (RelationRow(line, code, "broader", parent) for parent in above[1:])
        if node.get("description"):
            source = node.get("citation_uri", "")
            yield Guideline(line, code, node["description"] + (f"\n\n<{source}>" if source else ""))


def _depths(nodes: list[dict[str, Any]], parents: Mapping[str, list[str]]) -> dict[str, int]:
    """How far each node is from the nearest root."""
    children = {node["id"]: node.get("child_ids", []) for node in nodes}
    depths = {code: 0 for code in children if not parents.get(code)}
    level = list(depths)
    while level:
        below = [child for code in level for child in children.get(code, ()) if child in children]
        depth = depths[level[0]] + 1
        level = [child for child in dict.fromkeys(below) if child not in depths]
        depths |= dict.fromkeys(level, depth)
    return depths


def _lines(text: str) -> dict[str, list[int]]:
    """The lines on which each id is given."""
    ends = [match.start() for match in re.finditer("\n", text)]
    found: dict[str, list[int]] = defaultdict(lambda: [1])
    for match in _ID.finditer(text):
        code = json.loads(match[1])
        line = bisect(ends, match.start()) + 1
        if code in found:
            found[code].append(line)
        else:
            found[code] = [line]
    return found
