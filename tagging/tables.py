"""Tables of strangers: CSV and JSONL, in the encodings and dialects they come in, a record at a time."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path

from django.utils.translation import gettext_noop as _

from tagging.rows import FIELDS, NOT_TEXT, Problem, Row, problem, read

DELIMITERS = (",", ";", "\t")
MAX_LINE = 2**20  # characters; what is longer is cut, and refused as a row
BLOCK = 2**20
# A file with this many sound multi-byte characters before the first bad byte is damaged UTF-8, not another encoding.
SURELY_UTF8 = 20


class Unreadable(ValueError):
    """The file as a whole cannot be imported; the text is one sentence that says why."""


@dataclass(frozen=True)
class Layout:
    """What one look at a table tells: how to read it, its columns, and about how many rows it has."""

    kind: str  # csv | jsonl
    encoding: str
    columns: tuple[str, ...]
    lines: int  # upper bound of the rows
    delimiter: str  # empty for JSONL


def layout(path: Path, kind: str) -> Layout:
    """Raises Unreadable."""
    try:
        encoding, lines = _encoding(path)
        columns, delimiter = (_keys(path, encoding), "") if kind == "jsonl" else _header(path, encoding)
    except OSError as error:
        raise Unreadable(_("The file cannot be opened.")) from error
    if NOT_TEXT.search("".join(columns)):
        raise Unreadable(_("A column name has broken characters."))
    return Layout(kind, encoding, columns, max(lines - bool(delimiter), 0), delimiter)


def rows(path: Path, found: Layout, mapping: Mapping[str, str], skip: int = 0) -> Iterator[Row | Problem]:
    """Each record after the first `skip` as a row or a problem; never raises because of a record."""
    records = _records(path, found, mapping)
    for line, values in islice(records, skip, None):
        yield values if isinstance(values, Problem) else read(line, values)


def preview(path: Path, found: Layout, count: int = 5) -> list[dict[str, str]]:
    """The first records, column -> value, as they stand in the file."""
    shown: list[dict[str, str]] = []
    for _line, values in islice(_records(path, found, {}, columns=found.columns), count):
        if not isinstance(values, Problem):
            shown.append({column: _shown(value) for column, value in zip(found.columns, values, strict=True)})
    return shown


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text[:200].encode("utf-8", "replace").decode()


Record = tuple[int, "Sequence[object] | Problem"]


def _records(
    path: Path, found: Layout, mapping: Mapping[str, str], columns: Sequence[str] | None = None
) -> Iterator[Record]:
    wanted = columns if columns is not None else [mapping.get(field, "") for field in FIELDS]
    reader = _jsonl if found.kind == "jsonl" else _csv
    try:
        # Bad bytes become lone surrogates, which rows.read refuses or replaces, a row at a time.
        with path.open(encoding=found.encoding, errors="surrogateescape", newline="\n") as file:
            yield from reader(_lines(file.readline), found, wanted)
    except OSError as error:
        raise Unreadable(_("The file cannot be read to its end.")) from error


def _lines(readline: Callable[[int], str]) -> Iterator[str]:
    """Lines of bounded length, so that a file without line ends does not fill the memory."""
    while line := readline(MAX_LINE):
        yield line
        while len(line) == MAX_LINE and not line.endswith("\n"):
            line = readline(MAX_LINE)


def _csv(lines: Iterable[str], found: Layout, wanted: Sequence[str]) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=found.delimiter)
    width = len(found.columns)
    # Every record gets one more, empty cell: a field without a column reads that one.
    pick = itemgetter(*(found.columns.index(column) if column else width for column in (*wanted, "")))
    header, first = False, 1
    while True:
        try:
            for cells in reader:
                line, first = first, reader.line_num + 1
                if not header:
                    header = any(cells)
                elif len(cells) == width:
                    cells.append("")
                    yield line, pick(cells)[:-1]
                elif cells:
                    reason = _("The row has another number of cells than the header.")
                    yield line, problem(line, "", reason, found.delimiter.join(cells))
            return
        except csv.Error as error:  # a quote never closed, mostly; the reader goes on with the next line
            line, first = first, reader.line_num + 1
            yield (
                line,
                problem(line, "", _("The row is not CSV: a quotation mark is missing, or a cell is huge."), error),
            )


def _jsonl(lines: Iterable[str], _found: Layout, wanted: Sequence[str]) -> Iterator[Record]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            yield number, problem(number, "", _("The line is not JSON."), line)
            continue
        if isinstance(record, dict):
            yield number, [record.get(column) for column in wanted]
        else:
            yield number, problem(number, "", _("The line is not a JSON object."), line)


def _header(path: Path, encoding: str) -> tuple[tuple[str, ...], str]:
    """The columns, and the delimiter that makes most columns."""
    with path.open(encoding=encoding, errors="surrogateescape", newline="\n") as file:
        line = next((line for line in _lines(file.readline) if line.strip("\r\n\t ,;")), "")
    if not line:
        raise Unreadable(_("The file is empty."))
    split = {delimiter: next(csv.reader([line], delimiter=delimiter)) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda candidate: len(split[candidate]))
    columns = tuple(split[delimiter])
    if len({column.strip() for column in columns if column.strip()}) < len([c for c in columns if c.strip()]):
        raise Unreadable(_("Two columns have the same name."))
    return columns, delimiter


def _keys(path: Path, encoding: str) -> tuple[str, ...]:
    """Keys of the first hundred objects, in the order they come."""
    keys: dict[str, None] = {}
    with path.open(encoding=encoding, errors="surrogateescape", newline="\n") as file:
        for line in islice(_lines(file.readline), 100):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(record, dict):
                keys.update(dict.fromkeys(record))
    if not keys:
        raise Unreadable(_("The file holds no JSON object a line."))
    return tuple(keys)


def _encoding(path: Path) -> tuple[str, int]:
    """The encoding of the whole file, and its number of lines. One pass of some 500 MB/s."""
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise Unreadable(_("The file is UTF-16. Save it as UTF-8."))
    lines, sound = _decodes(path, "utf-8")
    if sound is None or sound >= SURELY_UTF8:
        return ("utf-8-sig" if start[:3] == codecs.BOM_UTF8 else "utf-8"), lines
    lines, sound = _decodes(path, "gb18030")
    if sound is None:
        return "gb18030", lines
    raise Unreadable(_("The file is neither UTF-8 nor GB18030. Save it as UTF-8."))


def _decodes(path: Path, encoding: str) -> tuple[int, int | None]:
    """(lines, None) when the whole file decodes, else (lines, characters beyond ASCII before the first bad byte)."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, wide, failed, ends = 0, 0, False, True
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            lines += block.count(b"\n")
            ends = block.endswith(b"\n")
            if failed:
                continue
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError as error:
                failed = True
                text = error.object[: error.start].decode(encoding, "ignore")
            if wide < SURELY_UTF8 and not text.isascii():
                wide += sum(not character.isascii() for character in text)
    try:
        failed = failed or bool(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        failed = True
    return lines + (not ends), wide if failed else None
