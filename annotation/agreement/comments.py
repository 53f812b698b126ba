"""What people say and ask about a clip: one thread a video and business line, questions that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from annotation.models import Comment
from taxonomy.models import BusinessLine

MOST_TEXT = 2000  # characters
SHOWN = 100  # of a thread, the newest


class Closed(Exception):
    """The question was closed before the answer came, or by somebody else."""


class OperationReused(Exception):
    """The operation id belongs to something else that was said."""


def say(
    video: int, line: int, author: User, text: str, *, question: bool = False, operation: UUID | None = None
) -> Comment:
    """Sent twice with one operation id, it is said once. Raises OperationReused."""
    values = {"video_id": video, "business_line_id": line, "author": author, "question": question}
    return _said(operation, text=text[:MOST_TEXT], **values)


@transaction.atomic
def answer(question: Comment, author: User, text: str, *, close: bool = False, operation: UUID | None = None) -> None:
    """Answer an open question, close it, or both; its asker is told, unless they did it themselves.

    Sent twice with one operation id, it is done once; so is a mere closing by the same person. Raises Closed or
    OperationReused.
    """
    known = Comment.objects.select_for_update(no_key=True).get(pk=question.pk)  # a twin waits here
    place = {"video_id": question.video_id, "business_line_id": question.business_line_id, "answers": question}
    told = place | {"author": author, "text": text[:MOST_TEXT]}
    if text and operation and Comment.objects.filter(operation=operation).exists():
        _said(operation, **told)
        return
    if operation and close and not text and known.closed_by_id == author.pk:
        return
    changes: dict[str, object] = {"closed_at": Now(), "closed_by": author} if close else {}
    still_open = Comment.objects.filter(pk=question.pk, question=True, closed_at=None)
    if not still_open.update(news=question.author_id != author.pk, **changes):
        raise Closed
    if text:
        _said(operation, **told)


def may_close(question: Comment, person: User) -> bool:
    """Who asked, and who decides."""
    return question.author_id == person.pk or person.has_perm("annotation.adjudicate")


def _said(operation: UUID | None, **told: Any) -> Comment:
    if operation is None:
        return Comment.objects.create(**told)
    comment, new = Comment.objects.get_or_create(operation=operation, defaults=told)
    if not new and any(getattr(comment, name) != value for name, value in told.items()):
        raise OperationReused
    return comment


def thread(video: int, lines: Iterable[BusinessLine], own: User | None = None) -> list[tuple[Comment, list[Comment]]]:
    """What was said of a video in these lines, oldest first, each question with its answers. One query.

    `own`: only what this person said, and what they were answered: of a clip that they are to judge by themselves.
    """
    rows = Comment.objects.filter(video=video, business_line__in=lines)
    if own is not None:
        rows = rows.filter(Q(author=own) | Q(answers__author=own))
    newest = rows.select_related("author", "business_line").order_by("-pk")[:SHOWN]
    said: dict[int, tuple[Comment, list[Comment]]] = {}
    for comment in reversed(newest):
        if comment.answers_id in said:
            said[comment.answers_id][1].append(comment)
        else:  # of a question that so much was said after, the answers stand alone
            said[comment.pk] = comment, []
    return list(said.values())


def seen(video: int, asker: User) -> None:
    """The asker had the answers to their questions about this video on the screen."""
    Comment.objects.filter(video=video, author=asker, news=True).update(news=False)


def news(asker: User) -> int:
    """Own questions with an answer that was not seen yet."""
    return Comment.objects.filter(author=asker, news=True).count()


def open_questions(lines: Iterable[BusinessLine]) -> QuerySet[Comment]:
    """The oldest first: it has waited longest."""
    waiting = Comment.objects.filter(question=True, closed_at=None, business_line__in=lines)
    return waiting.select_related("video", "author", "business_line").order_by("pk")


def own_questions(asker: User) -> QuerySet[Comment]:
    """The newest first, those with unseen answers before them."""
    own = Comment.objects.filter(question=True, author=asker)
    return own.select_related("video", "business_line").order_by("-news", "-pk")
