"""What reviewers have read of the guidelines, what changed since, and what they are to confirm before they judge."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import get_language

from taxonomy import body_languages, text_diff
from taxonomy.guidelines import Text
from taxonomy.models import Guideline
from taxonomy.text_diff import Part

NOTE = """
INSERT INTO annotation_guidelinereading (person_id, guideline_id, read_at, confirmed_at)
SELECT %(person)s, id, now(), CASE WHEN %(confirmed)s THEN now() END FROM taxonomy_guideline WHERE id = ANY(%(rows)s)
ORDER BY id
ON CONFLICT (person_id, guideline_id) DO UPDATE
SET confirmed_at = coalesce(annotation_guidelinereading.confirmed_at, excluded.confirmed_at)
"""
# Of each guideline, the last version that the person read, the last one they confirmed, and what they read before the
# newest.
LAST = """
SELECT newest.id, max(read.version), max(read.version) FILTER (WHERE reading.confirmed_at IS NOT NULL),
    max(read.version) FILTER (WHERE read.version < newest.version)
FROM taxonomy_guideline newest
JOIN taxonomy_guideline read
  ON read.tag_id = newest.tag_id AND read.business_line_id IS NOT DISTINCT FROM newest.business_line_id
JOIN annotation_guidelinereading reading ON reading.guideline_id = read.id AND reading.person_id = %s
WHERE newest.id = ANY(%s) GROUP BY newest.id
"""


class Unconfirmed(Exception):
    """Guidelines of these tags changed and the reviewer has not confirmed that they read it. tag -> guideline."""

    def __init__(self, texts: Mapping[int, Text]) -> None:
        super().__init__(f"tags {sorted(texts)}")
        self.texts = dict(texts)


@dataclass(frozen=True)
class Change:
    """What is to be told of a guideline before one goes by it."""

    asked: bool  # the reviewer has to confirm it
    former: int | None  # the version they read last
    parts: tuple[Part, ...]  # what changed since; empty where they have read none


def note(person: int, rows: Collection[int], *, confirmed: bool = False) -> None:
    """That the person has read, or confirmed, these guidelines."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(NOTE, {"person": person, "rows": sorted(rows), "confirmed": confirmed})


def check(person: int, texts: Mapping[int, Text]) -> None:
    """Raises Unconfirmed where the guideline of a tag asks for it. Almost always none does: then nothing is looked up.

    `texts` are those that hold, by tag.
    """
    asking = {tag: text for tag, text in texts.items() if text.asked}
    if asking and (asked := _asked(asking, person)):
        raise Unconfirmed(asked)


def _asked(texts: Mapping[int, Text], person: int) -> dict[int, Text]:
    last = _last(person, [text.pk for text in texts.values()])
    return {tag: text for tag, text in texts.items() if last[text.pk].confirmed < text.asked}


def news(texts: Iterable[Text], person: int) -> dict[int, Change]:
    """What this person is to be told, by guideline. No query where nothing ever changed, else two."""
    changed = {text.pk: text for text in texts if text.version > 1 or text.asked}
    if not changed:
        return {}
    last = _last(person, changed)
    due = {pk: text for pk, text in changed.items() if last[pk].confirmed < text.asked}
    # What is not confirmed yet goes on showing what changed, also to who has had it on the screen.
    behind = {pk: text for pk, text in changed.items() if last[pk].before and (pk in due or not last[pk].newest)}
    bodies = _bodies({pk: (text, last[pk].before) for pk, text in behind.items()})
    return {pk: Change(pk in due, last[pk].before or None, bodies.get(pk, ())) for pk in behind | due}


@dataclass(frozen=True, slots=True)
class _Last:
    """Versions; 0 for none."""

    newest: bool = False  # whether the newest version was read
    confirmed: int = 0
    before: int = 0  # the last one read before the newest


def _last(person: int, rows: Iterable[int]) -> dict[int, _Last]:
    wanted = list(rows)
    with connection.cursor() as cursor:
        cursor.execute(LAST, [person, wanted])
        found = {pk: _Last(read != before, sure or 0, before or 0) for pk, read, sure, before in cursor.fetchall()}
    return {pk: found.get(pk, _Last()) for pk in wanted}


def _bodies(behind: Mapping[int, tuple[Text, int]]) -> dict[int, tuple[Part, ...]]:
    """The changes of each guideline since the version that was read, in the reader's language."""
    if not behind:
        return {}
    tags = {text.tag for text, _former in behind.values()}
    rows = Guideline.objects.filter(tag__in=tags).values_list("tag", "business_line", "version", "body")
    bodies: dict[tuple[int, int | None, int], str] = {(tag, line, version): body for tag, line, version, body in rows}
    language = get_language()
    found = {}
    for pk, (text, former) in behind.items():
        place = text.tag, text.line
        before, after = (
            body_languages.of(bodies.get((*place, version), ""), language) for version in (former, text.version)
        )
        if before != after:
            found[pk] = tuple(text_diff.brief(before, after))
    return found
