"""Message catalogues without gettext's programs: collect, merge, compile and check, all through Babel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGES = ("tagging", "annotation", "taxonomy", "ml/registry", "ml/media", "ml/modality", "ml/training")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_p": ((1, "c"), 2),
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    # The model core knows no Django: the sentences it raises are translated where they are shown.
    "MediaError": None,
    "NothingToLearn": None,
    "SnapshotError": None,
}

_VALUE = re.compile(r"%\((\w+)\)")  # a value put into a sentence


def path(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def languages() -> list[str]:
    """The languages with a catalogue of their own; sources are written in English."""
    return [code.replace("zh-hans", "zh_Hans") for code, _name in settings.LANGUAGES]


def collect() -> Catalog:
    """Every translatable string of code and templates, with the places it stands in."""
    root = Path(settings.BASE_DIR)
    found = Catalog(project="Tagwright", charset="utf-8")
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            _collect_from(found, file.read_bytes(), file.relative_to(root))
    for file in sorted((root / "templates").rglob("*.html")):
        # Django turns a template into Python-like source that any gettext extractor understands.
        source = templatize(file.read_text(encoding="utf-8"), origin=str(file))
        # The template's indentation stays behind, and means nothing to Python.
        flat = "\n".join(line.lstrip() for line in source.splitlines())
        _collect_from(found, flat.encode(), file.relative_to(root))
    return found


def _collect_from(found: Catalog, source: bytes, file: Path) -> None:
    for line, message, comments, context in extract("python", BytesIO(source), KEYWORDS, ["Translators:"]):
        found.add(message, None, [(file.as_posix(), line)], auto_comments=comments, context=context)


def read(language: str) -> Catalog:
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> int:
    """Merge new strings into the catalogue of `language`; return how many wait for a translation."""
    file = path(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    catalogue = read(language) if file.exists() else Catalog(locale=language, project="Tagwright", fuzzy=False)
    catalogue.update(collect(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    with file.open("wb") as out:
        write_po(out, catalogue, width=120, sort_by_file=True, omit_header=False, include_lineno=False)
    return len(missing(catalogue))


def compile(language: str) -> None:
    """Write the binary catalogue that Django reads beside the text one."""
    with path(language).with_suffix(".mo").open("wb") as out:
        write_mo(out, read(language))


def missing(catalogue: Catalog) -> list[str]:
    """Messages without a translation. In English a message translates itself."""
    if str(catalogue.locale) == "en":
        return []
    return [_first(message) for message in catalogue if message.id and (message.fuzzy or not _filled(message))]


def complaints(language: str) -> list[str]:
    """What is wrong with a catalogue: strings it does not know, and strings it does not translate."""
    catalogue = read(language)
    unknown = [_first(m) for m in collect() if m.id and catalogue.get(m.id, m.context) is None]
    broken = [f"{_first(message)}: {error}" for message, errors in catalogue.check() for error in errors]
    broken += [
        f"{_first(message)}: the translation does not say {', '.join(lost)}" for message, lost in _losses(catalogue)
    ]
    return (
        [f"{language}: not in the catalogue (run `make messages`): {text!r}" for text in unknown]
        + [f"{language}: not translated: {text!r}" for text in missing(catalogue)]
        + [f"{language}: {text}" for text in broken]
    )


def _losses(catalogue: Catalog) -> Iterator[tuple[Message, list[str]]]:
    """Translations without a value that their message has."""
    for message in catalogue:
        if not message.id or not _filled(message):
            continue
        last = message.id[-1] if isinstance(message.id, (tuple, list)) else message.id
        texts = message.string if isinstance(message.string, (tuple, list)) else [str(message.string)]
        if lost := {name for text in texts for name in set(_VALUE.findall(last)) - set(_VALUE.findall(text))}:
            yield message, sorted(lost)


def _filled(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else str(message.id)
