"""Many reviews at once, as rows."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import uuid4

from annotation.models import Probe, ProbeAnswer, Review, ReviewTask, Verdict
from ml.registry.models import ModelVersion
from tagging.models import Video
from taxonomy import versions
from taxonomy.models import BusinessLine, Tag
from tests.factories import make_line, make_tag, make_user

_n = count(1)


class Desk:
    """One reviewer of one line, and three tags to speak of."""

    def __init__(self) -> None:
        self.line: BusinessLine = make_line()
        self.reviewer = make_user()
        self.tags: list[Tag] = [make_tag() for _ in range(4)]
        self.taxonomy = versions.publish()

    def review(
        self,
        version: ModelVersion,
        clips: int,
        accepted: int,
        *,
        audit: bool = False,
        added: int = 0,
        confidence: float = 0.8,
        video: dict[str, Any] | None = None,
        **kw: Any,
    ) -> list[Review]:
        """Of `clips` clips with one proposed tag each, `accepted` are right; `added` tags are added to each."""
        numbered = [f"desk-{next(_n)}" for _ in range(clips)]
        videos = Video.objects.bulk_create(Video(source="desk", external_id=n, **video or {}) for n in numbered)
        tasks = ReviewTask.objects.bulk_create(
            ReviewTask(video=video, business_line=self.line, state="done", audit=audit) for video in videos
        )
        common = {"reviewer": self.reviewer, "taxonomy_version": self.taxonomy, "model_version": version}
        reviews = Review.objects.bulk_create(Review(task=t, operation=uuid4(), **common | kw) for t in tasks)
        said = [
            Verdict(
                review=review, tag=self.tags[0], choice="accept" if n < accepted else "reject", confidence=confidence
            )
            for n, review in enumerate(reviews)
        ]
        more = [Verdict(review=r, tag=tag, choice="add") for r in reviews for tag in self.tags[1 : added + 1]]
        Verdict.objects.bulk_create(said + more)
        return reviews

    def undo(self, review: Review) -> None:
        Review.objects.create(
            task=review.task,
            reviewer=self.reviewer,
            kind="undo",
            undoes=review,
            operation=uuid4(),
            taxonomy_version=self.taxonomy,
        )

    def probe(self, review: Review) -> None:
        """That the clip was shown without its suggestions."""
        probe = Probe.objects.create(task=review.task, reviewer=self.reviewer, kind="blind")
        ProbeAnswer.objects.create(review=review, probe=probe)
