"""Reviews with verdicts, made as rows: what a page counts, without the queue around it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User

from annotation.models import Review, ReviewTask, Verdict
from taxonomy import versions
from taxonomy.models import BusinessLine, Tag
from tests.annotation.factories import make_task


def make_reviewed(
    line: BusinessLine,
    reviewer: User,
    *verdicts: tuple[str, Tag] | tuple[str, Tag, Any],
    at: datetime | None = None,
    audit: bool = False,
    confidence: float | None = None,
    task: ReviewTask | None = None,
    **kw: Any,
) -> Review:
    """One review. A verdict is (choice, tag), with the reason of a rejection or the replacement."""
    taxonomy = versions.current() or versions.publish()
    values = {"reviewer": reviewer, "operation": uuid4(), "taxonomy_version": taxonomy} | kw
    if at:
        values["created_at"] = at
    review = Review.objects.create(task=task or make_task(line, audit=audit, state="done"), **values)
    Verdict.objects.bulk_create(_verdict(review, confidence, *told) for told in verdicts)
    return review


def take_back(review: Review) -> Review:
    return Review.objects.create(
        task=review.task,
        reviewer=review.reviewer,
        operation=uuid4(),
        taxonomy_version=review.taxonomy_version,
        kind="undo",
        undoes=review,
    )


def _verdict(review: Review, confidence: float | None, choice: str, tag: Tag, more: Any = None) -> Verdict:
    values = {"reason": more} if choice == "reject" and more else {"replacement": more} if choice == "replace" else {}
    return Verdict(review=review, tag=tag, choice=choice, confidence=confidence, **values)
