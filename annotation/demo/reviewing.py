"""The demo's reviewers at work: they claim clips and say what is true of them, through the same use cases as people."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
from django.contrib.auth.models import User

from annotation import queue, reviews, waiting
from annotation.demo import world
from annotation.demo.clips import DemoClip
from annotation.models import Review, ReviewTask, Verdict
from annotation.verdicts import Effort, Said
from annotation.waiting import Wanted
from ml.registry.models import ModelVersion
from tagging import policies
from tagging.models import Suggestion, Video
from taxonomy import rulebook
from taxonomy.models import BusinessLine, Tag

SOURCE = "demo"
Seen = Callable[[Iterable[str]], list[str]]  # the codes of the true tags -> of those a person gives


def operation(line: str, clip: str, reviewer: str = "") -> UUID:
    """The same in each start, so that no review is written twice. Of those who see a clip otherwise it names them."""
    return uuid5(NAMESPACE_URL, "/".join(filter(None, ("tagwright-demo", line, clip, reviewer))))


def video(clip: str) -> int:
    """The id of a clip's video."""
    return Video.objects.get(source=SOURCE, external_id=clip).pk


def unreviewed(clips: Iterable[DemoClip]) -> list[DemoClip]:
    """Those of the clips that lack the review of some line."""
    lines = world.lines()
    operations = [(clip, {operation(line, clip.id) for line in lines}) for clip in clips]
    wanted = {one for _clip, theirs in operations for one in theirs}
    there = set(Review.objects.filter(operation__in=wanted).values_list("operation", flat=True))
    return [clip for clip, theirs in operations if theirs - there]


def ask_for(clips: Iterable[DemoClip]) -> None:
    """Put the clips into the queue of every line, before there is a model that could say which are worth it."""
    videos = _videos(clips)
    lines = BusinessLine.objects.filter(slug__in=world.lines())
    waiting.open_tasks(Wanted(video, line.pk, 0.0, {}) for line in lines for video in videos)


def review(clips: Sequence[DemoClip], report: Callable[[int], None] = lambda count: None) -> int:
    """Let the reviewers of each line review those of the clips that wait. Returns how many reviews were written."""
    told = _Truth(clips)
    count = 0
    for slug in world.lines():
        for _review in _reviews(BusinessLine.objects.get(slug=slug), told):
            report(count := count + 1)
    return count


def review_for(line: BusinessLine, clips: Sequence[DemoClip], seen: Mapping[tuple[str, str], Seen]) -> int:
    """The same for one line; `seen` tells how a person (by user name) sees a clip (by its id) otherwise than it is."""
    return sum(1 for _review in _reviews(line, _Truth(clips, seen)))


def _reviews(line: BusinessLine, told: _Truth) -> Iterator[Review]:
    """The line's reviewers take turns until none of the clips is left for any of them."""
    others = ReviewTask.objects.open().filter(business_line=line).exclude(video__in=told.clips)
    leave = list(others.values_list("pk", flat=True))
    waiting = deque(User.objects.filter(username__in=world.lines()[line.slug].reviewers).order_by("pk"))
    while waiting:
        reviewer = waiting.popleft()
        if task := _next(reviewer, line, told, leave):
            yield told.tell(task, reviewer, line)
            waiting.append(reviewer)


def _next(reviewer: User, line: BusinessLine, told: _Truth, leave: Sequence[int]) -> ReviewTask | None:
    # What was claimed before a crash comes first; its lease still runs.
    held = queue.held(reviewer, line)
    return held if held and held.video_id in told.clips else queue.claim(reviewer, line, leave)


def _videos(clips: Iterable[DemoClip]) -> dict[int, DemoClip]:
    """Clips by the id of their video."""
    by_id = {clip.id: clip for clip in clips}
    videos = Video.objects.filter(source=SOURCE, external_id__in=by_id).values_list("pk", "external_id")
    return {pk: by_id[external] for pk, external in videos}


class _Truth:
    """What the reviewers know: the true tags of each clip, by line."""

    def __init__(self, clips: Sequence[DemoClip], seen: Mapping[tuple[str, str], Seen] | None = None) -> None:
        self.clips, self.seen = _videos(clips), seen or {}
        self._ids = dict(Tag.objects.values_list("code", "pk"))
        self._parents = dict(Tag.objects.values_list("pk", "parent"))
        self._rng = np.random.default_rng(7)

    def tell(self, task: ReviewTask, reviewer: User, line: BusinessLine) -> Review:
        """Submit the verdicts on one claimed task."""
        clip = self.clips[task.video_id]
        seen = self.seen.get((clip.id, reviewer.username))
        true = {name: [self._ids[code] for code in (seen or list)(codes)] for name, codes in clip.tags.items()}
        shown, model = _shown(task.video_id, line)
        all_true = {tag for tags in true.values() for tag in tags}
        said = verdicts(shown, true[line.slug], all_true, self._parents)
        edits = sum(one.choice != Verdict.Choice.ACCEPT for one in said)
        seconds = round(float(self._rng.gamma(6, 1.6)) + 2, 1)
        return reviews.submit(
            task.pk,
            reviewer=reviewer,
            token=task.token,
            operation=operation(line.slug, clip.id, reviewer.username if seen else ""),
            verdicts=said,
            model_version=model,
            effort=Effort(seconds, 1 + 2 * edits, edits),  # a tag is found and told in two keys; one sends
        )


def _shown(video: int, line: BusinessLine) -> tuple[Sequence[int], int | None]:
    """The tags that the active model proposes to this line, and the model's id; nothing when it has not looked."""
    model = ModelVersion.objects.active()
    stored = Suggestion.objects.filter(suggestion_set__video=video, suggestion_set__model_version=model)
    scores = dict(stored.values_list("tag", "confidence")) if model else {}
    if model is None or not scores:
        return [], None
    decision = policies.decide(policies.of(line), rulebook.load(line=line.pk), scores)
    return list(decision.shown), model.pk


def verdicts(
    shown: Sequence[int], true: Sequence[int], anywhere: set[int], parents: Mapping[int, int | None]
) -> list[Said]:
    """What a careful reviewer says: `true` tags of their own line, `anywhere` those of any line."""
    missing = [tag for tag in true if tag not in shown]
    said = []
    for tag in shown:
        sibling = next((m for m in missing if parents[m] is not None and parents[m] == parents[tag]), None)
        if tag in true:
            said.append(Said(tag, Verdict.Choice.ACCEPT))
        elif sibling is not None:
            said.append(Said(tag, Verdict.Choice.REPLACE, replacement=sibling))
            missing.remove(sibling)
        else:
            said.append(Said(tag, Verdict.Choice.REJECT, _reason(tag, true, anywhere, parents)))
    return [*said, *(Said(tag, Verdict.Choice.ADD) for tag in missing)]


def _reason(tag: int, true: Iterable[int], anywhere: set[int], parents: Mapping[int, int | None]) -> str:
    above: set[int | None] = set()
    for node in true:
        parent = parents[node]
        while parent is not None:
            above.add(parent)
            parent = parents[parent]
    if tag in above:
        return Verdict.Reason.GENERAL
    return Verdict.Reason.GUIDELINE if tag in anywhere else Verdict.Reason.WRONG
