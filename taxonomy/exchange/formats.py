"""The formats by name. To add one: a file with `read(file)` and `looks_like(head)`, and its line here."""

from __future__ import annotations

from importlib import import_module
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from taxonomy.exchange.rows import Problem, Refused, Taxonomy

FORMATS = {
    "skos": "taxonomy.exchange.skos",
    "audioset": "taxonomy.exchange.audioset",
    "iab": "taxonomy.exchange.iab",
    "csv": "taxonomy.exchange.csv",
}
HEAD = 4_096  # bytes that say which format a file has


def read(name: str, file: BinaryIO, **more: Any) -> Taxonomy:
    """Read a file in the format of that name. Raises Refused for what is no such file."""
    taxonomy: Taxonomy = import_module(FORMATS[name]).read(file, **{key: value for key, value in more.items() if value})
    return taxonomy


def detect(file: BinaryIO) -> str:
    """The name of the format that a file seems to have; it is read from its beginning afterwards. Raises Refused."""
    head = file.read(HEAD).decode("utf-8-sig", "ignore")
    file.seek(0)
    for name, module in FORMATS.items():
        if import_module(module).looks_like(head):
            return name
    known = ", ".join(sorted(FORMATS))
    raise Refused([Problem(1, _("this is none of the formats that can be read: %(known)s") % {"known": known})])
