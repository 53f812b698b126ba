"""Groups to test with."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User

from annotation.groups import sending
from annotation.models import ClipGroup, GroupedClip, GroupReview, ReviewTask
from taxonomy.models import BusinessLine, Tag
from tests.annotation.factories import make_task, publish
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video


@dataclass
class Alike:
    """A group of clips that wait for one reviewer: all are proposed `dunk`, every other one `street` as well."""

    line: BusinessLine
    reviewer: User
    dunk: Tag
    street: Tag
    group: ClipGroup
    tasks: list[ReviewTask] = field(default_factory=list)

    @property
    def videos(self) -> list[int]:
        return [task.video_id for task in self.tasks]

    def look_at(self, videos: Iterable[int] | None = None, reviewer: User | None = None) -> None:
        for video in self.videos if videos is None else videos:
            sending.look(self.group, reviewer or self.reviewer, video)

    def send(self, choices: Mapping[Tag, str] | None = None, reviewer: User | None = None, **kw: Any) -> GroupReview:
        said = {tag.pk: choice for tag, choice in (choices or {}).items()}
        values = {"operation": uuid.uuid4(), "choices": said} | kw
        return sending.send(self.group, reviewer or self.reviewer, **values)


def make_alike(clips: int = 4, line: BusinessLine | None = None, **kw: Any) -> Alike:
    line = line or make_line(**kw)
    alike = Alike(
        line,
        make_user("annotator", lines=(line,)),
        make_tag("Slam dunk"),
        make_tag("Streetball"),
        ClipGroup.objects.create(business_line=line, likeness=0.93),
    )
    taxonomy, model = publish(), make_model()
    for n in range(clips):
        video = make_video(title=f"Dunk {n}")
        scores = {alike.dunk: 0.9} | ({alike.street: 0.7} if n % 2 else {})
        make_suggestions(video, scores, model=model, taxonomy=taxonomy)
        alike.tasks.append(make_task(line, video=video, priority=-n))
        GroupedClip.objects.create(group=alike.group, video=video)
    return alike
