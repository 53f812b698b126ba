"""Files as lines of text, read as they come; and tables of cells with the numbers of their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from taxonomy.exchange.rows import Problem, Refused

LONGEST = 1_000_000  # bytes of a line; a longer one is no table of tags
WHOLE = 64 * 2**20  # bytes of a file that has to be read as a whole


def opened(source: bytes | BinaryIO) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source


def lines(file: BinaryIO) -> Iterator[str]:
    """The lines with their ends. Raises Refused at the first that is no text in UTF-8."""
    number = 0
    while data := file.readline(LONGEST):
        number += 1
        if len(data) >= LONGEST:
            raise Refused([Problem(number, _("the line is longer than a million characters"))])
        try:
            text = data.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise Refused([Problem(number, _("the file is not in UTF-8"))]) from error
        if "\x00" in text:
            raise Refused([Problem(number, _("the file has a null character"))])
        yield text


def whole(file: BinaryIO) -> str:
    """The text of a file of a format that cannot be read in parts. Raises Refused for one that is too large."""
    data = file.read(WHOLE + 1)
    if len(data) > WHOLE:
        raise Refused([Problem(0, _("the file is larger than %(size)d MB") % {"size": WHOLE // 2**20})])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused([Problem(data.count(b"\n", 0, error.start) + 1, _("the file is not in UTF-8"))]) from error


def cells(file: BinaryIO, delimiter: str = ",", quoted: bool = True) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table that have something in them, stripped, each with the number of its first line."""
    text = lines(file)
    if quoted:
        reader = csv.reader(text, strict=True, delimiter=delimiter)
    else:
        reader = csv.reader(text, strict=True, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    last = 0
    try:
        for row in reader:
            line, last = last + 1, reader.line_num
            stripped = [cell.strip() for cell in row]
            if any(stripped):
                yield line, stripped
    except csv.Error as error:
        raise Refused([Problem(reader.line_num, str(error))]) from error
