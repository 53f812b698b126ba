"""Use cases of new phrases: noted beside suggestions, counted, and decided on by editors of the taxonomy."""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from ml.types import FoundPhrase
from tagging.models import Video
from tagging.phrase_models import NewPhrase, PhraseSighting
from taxonomy import changes, drafts, own_set
from taxonomy.models import Edit, Tag, TagName
from taxonomy.search_keys import fold, is_chinese

EXAMPLES = 3  # clips shown a phrase
AROUND = 24  # characters shown on each side of it
LEAST_SURE = 0.5
LONGEST = 200

State = NewPhrase.State

# One JSON document and four statements, however many clips and phrases. Phrases are locked in the order of their keys,
# so that two workers who saw the same ones wait for each other and never in a circle.
NOTE = """
    WITH seen AS (
        SELECT * FROM jsonb_to_recordset(%(seen)s::jsonb)
            AS (key text, text text, kind text, sure float8, video bigint, field text, start int, "end" int)
    )
"""
PHRASES = """
    INSERT INTO tagging_newphrase AS known (key, text, kind, clips, sure, state, created_at)
    SELECT DISTINCT ON (key) key, text, kind, 0, sure, 'open', now() FROM seen ORDER BY key, sure DESC
    ON CONFLICT (key) DO UPDATE SET sure = greatest(known.sure, excluded.sure)
"""
GONE = """
    WITH gone AS (
        DELETE FROM tagging_phrasesighting WHERE video_id = ANY(%(videos)s) RETURNING phrase_id
    ), lost AS (SELECT phrase_id, count(*) AS clips FROM gone GROUP BY phrase_id)
    UPDATE tagging_newphrase phrase SET clips = phrase.clips - lost.clips FROM lost WHERE phrase.id = lost.phrase_id
"""
SIGHTINGS = """
    , made AS (
        INSERT INTO tagging_phrasesighting (phrase_id, video_id, field, start, "end")
        SELECT DISTINCT ON (phrase.id, seen.video) phrase.id, seen.video, seen.field, seen.start, seen."end"
        FROM seen JOIN tagging_newphrase phrase ON phrase.key = seen.key
        ORDER BY phrase.id, seen.video, seen.sure DESC, seen.start
        RETURNING phrase_id
    ), won AS (SELECT phrase_id, count(*) AS clips FROM made GROUP BY phrase_id)
    UPDATE tagging_newphrase phrase SET clips = phrase.clips + won.clips FROM won WHERE phrase.id = won.phrase_id
"""
LOCK = """
    SELECT id FROM tagging_newphrase WHERE key = ANY(%(keys)s) OR id IN (
        SELECT phrase_id FROM tagging_phrasesighting WHERE video_id = ANY(%(videos)s)
    ) ORDER BY key FOR UPDATE
"""


class Decided(Exception):
    """Somebody has decided about it already."""


@transaction.atomic
def note(found: Mapping[int, Iterable[FoundPhrase]]) -> None:
    """What a model read in these clips, instead of what was read in them before. Safe to run again."""
    rows = [row for video, phrases in found.items() for phrase in phrases if (row := _row(video, phrase))]
    values: dict[str, Any] = {
        "seen": json.dumps(rows),
        "videos": list(found),
        "keys": sorted({row["key"] for row in rows}),
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK, values)
        cursor.execute(NOTE + PHRASES, values)
        cursor.execute(GONE, values)
        cursor.execute(NOTE + SIGHTINGS, values)


def _row(video: int, phrase: FoundPhrase) -> dict[str, Any] | None:
    """None for what is no phrase: too long, a single character, digits and signs only."""
    text = " ".join(phrase.text.split())
    key = fold(text)
    if phrase.score < LEAST_SURE or not 2 <= len(key) <= LONGEST or not any(map(str.isalpha, key)):
        return None
    field, start, end = phrase.span
    told = {"key": key, "text": text[:LONGEST], "kind": phrase.kind, "sure": phrase.score}
    return told | {"video": video, "field": field, "start": start, "end": end}


def waiting() -> QuerySet[NewPhrase]:
    """What nobody decided about, the commonest first; a phrase that has become a tag's name is none any more."""
    named = TagName.objects.filter(normalised=OuterRef("key")).exclude(tag__state=Tag.State.MERGED)
    open_ = NewPhrase.objects.filter(~Exists(named), state=State.OPEN, clips__gt=0)
    return open_.order_by("-clips", "pk")


def decided() -> QuerySet[NewPhrase]:
    """What became of phrases, the latest first."""
    rows = NewPhrase.objects.exclude(state=State.OPEN)
    return rows.select_related("decided_by").order_by("-decided_at", "-pk")


@dataclass(frozen=True)
class Example:
    """A clip with the phrase in its words."""

    video: Video
    before: str
    words: str
    after: str


def examples(phrases: Iterable[NewPhrase]) -> dict[int, list[Example]]:
    """The newest few clips of each phrase, in one query."""
    newest = Window(RowNumber(), partition_by=F("phrase"), order_by=F("video").desc())
    seen = PhraseSighting.objects.filter(phrase__in=[phrase.pk for phrase in phrases]).annotate(place=newest)
    found: dict[int, list[Example]] = {}
    for sighting in seen.filter(place__lte=EXAMPLES).select_related("video").order_by("phrase", "place"):
        found.setdefault(sighting.phrase_id, []).append(_example(sighting))
    return found


def _example(sighting: PhraseSighting) -> Example:
    text, start, end = getattr(sighting.video, sighting.field, ""), sighting.start, sighting.end
    before = ("…" if start > AROUND else "") + text[max(0, start - AROUND) : start]
    after = text[end : end + AROUND] + ("…" if len(text) > end + AROUND else "")
    return Example(sighting.video, before, text[start:end], after)


@transaction.atomic
def make_tag(phrase: int, kind: str, editor: User) -> Edit:
    """Put a tag of that name into the editor's change set. Raises Decided, EditRefused, NewPhrase.DoesNotExist."""
    row = _decide(phrase, editor, State.NAMED)
    values = {"code": _code(row.text), "name": row.text, "kind": kind, "names": [_name(row.text, preferred=True)]}
    return changes.add(own_set.of(editor).pk, "create", values, editor)


@transaction.atomic
def make_alias(phrase: int, tag: str, editor: User) -> Edit:
    """The tag of that code is called so too. Raises Decided, EditRefused, NewPhrase.DoesNotExist."""
    row = _decide(phrase, editor, State.NAMED)
    change_set = own_set.of(editor)
    node = drafts.of(change_set)[0].node(tag)
    names = [list(name) for name in node.names] + [_name(row.text, preferred=False)]
    return changes.add(change_set.pk, "rename", {"tag": tag, "name": node.name, "names": names}, editor)


@transaction.atomic
def ignore(phrase: int, editor: User) -> None:
    """It is nothing to tag. Raises Decided or NewPhrase.DoesNotExist."""
    _decide(phrase, editor, State.IGNORED)


def put_back(phrase: int) -> bool:
    """Decide anew; False where nothing was decided."""
    rows = NewPhrase.objects.filter(~Q(state=State.OPEN), pk=phrase)
    return bool(rows.update(state=State.OPEN, decided_by=None, decided_at=None))


def _decide(phrase: int, editor: User, state: str) -> NewPhrase:
    row = NewPhrase.objects.select_for_update(of=("self",)).get(pk=phrase)
    if row.state != State.OPEN:
        raise Decided
    row.state, row.decided_by, row.decided_at = state, editor, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    return row


def _name(text: str, *, preferred: bool) -> list[object]:
    return ["zh" if is_chinese(text) else "en", text, preferred]


def _code(text: str) -> str:
    """In Latin letters where the phrase is; a part of its own, so that no tag has it already."""
    plain = unicodedata.normalize("NFKD", text).lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
    return f"{slug or 'tag'}-{uuid.uuid4().hex[:6]}"
