"""Where the demo's reviewers do not agree: two review some clips, one dispute is ruled on, one question asked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User

from annotation.agreement import comments, examples, rulings
from annotation.demo import reviewing
from annotation.demo.clips import DemoClip
from annotation.models import Comment, Consensus, Ruling
from taxonomy.models import BusinessLine

TABLE = Path(__file__).with_name("second_opinions.toml")


@dataclass(frozen=True)
class Opinion:
    """How one reviewer sees a clip otherwise than it is, and what came of it."""

    clip: str
    reviewer: str
    without: Sequence[str] = ()  # codes of true tags
    extra: Sequence[str] = ()  # codes of tags that are not
    on: str = ""  # the tag that is ruled on
    ruling: str = ""  # accept | reject
    comment: str = ""
    question: str = ""

    def tags(self, true: Iterable[str]) -> list[str]:
        """The tags as this reviewer gives them."""
        return [code for code in true if code not in self.without] + list(self.extra)


def line() -> str:
    """The business line whose clips two people review."""
    return str(_table()["line"])


def load() -> list[Opinion]:
    rows = _table()["opinion"]
    assert isinstance(rows, list)
    return [Opinion(**row) for row in rows]


def make(clips: Sequence[DemoClip]) -> None:
    """Let two review those of the clips of which there is a second opinion. Done again, it adds nothing."""
    told = {opinion.clip: opinion for opinion in load()}
    shared = [clip for clip in clips if clip.id in told]
    row = BusinessLine.objects.get(slug=line())
    if row.overlap < 2:
        row.overlap = 2
        row.save(update_fields=["overlap"])  # the clips that wait are opened for a second reviewer
    reviewing.review_for(row, shared, {(one.clip, one.reviewer): one.tags for one in told.values()})
    for clip in shared:
        _rule(told[clip.id], row)
        _ask(told[clip.id], row)


def _rule(opinion: Opinion, line: BusinessLine) -> None:
    if not opinion.ruling:
        return
    place = {"video__external_id": opinion.clip, "video__source": reviewing.SOURCE, "tag__code": opinion.on}
    if Ruling.objects.filter(business_line=line, **place).exists():
        return
    disputed, editor = Consensus.objects.get(business_line=line, **place), _person(str(_table()["editor"]))
    accept = opinion.ruling == "accept"
    ruling = rulings.rule(disputed, accept=accept, adjudicator=editor, seen=0, comment=opinion.comment)
    examples.add(ruling, editor)


def _ask(opinion: Opinion, line: BusinessLine) -> None:
    if opinion.question and not Comment.objects.filter(business_line=line, text=opinion.question).exists():
        video = reviewing.video(opinion.clip)
        comments.say(video, line.pk, _person(opinion.reviewer), opinion.question, question=True)


def _person(username: str) -> User:
    return User.objects.get(username=username)


def _table() -> dict[str, object]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
