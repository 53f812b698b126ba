"""Whatever an annotator asks for, a gold clip looks like one that nobody has reviewed: before, in hand, and after."""

import re
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from annotation.agreement import comments
from annotation.models import (
    GOLD_SLOT,
    Consensus,
    GoldClip,
    GoldTag,
    Probe,
    Review,
    ReviewTask,
    SecondLook,
    Verdict,
)
from tagging.models import Suggestion, Video, VideoTag
from taxonomy.models import Guideline
from tests.annotation.factories import make_task, publish
from tests.annotation.probes.test_leaks import drawn
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db
CLIP, SEEN, URGENT, NEXT, TASK = (71_009_000 + n for n in range(5))


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class World:
    """A line in which one clip waits, or is a gold clip in its place: reviewed, discussed, an example, and similar."""

    def __init__(self, setting, *, gold):
        self.__dict__ |= setting
        self.gold = gold
        self.clips = {pk: make_video(pk=pk, external_id=f"clip-{pk}") for pk in (CLIP, SEEN, URGENT, NEXT)}
        for video in self.clips.values():
            make_suggestions(video, {self.dunk: 0.9}, model=self.model, taxonomy=self.taxonomy)
        Suggestion.objects.update(evidence={"similar": [CLIP, SEEN] if gold else [SEEN]})
        self.reviewed(SEEN)
        line = self.line
        make_task(line, video=self.clips[URGENT])
        if gold:
            make_task(line, video=self.clips[NEXT])
            self.make_gold()
        else:
            make_task(line, video=self.clips[NEXT], state="done", reviewer=self.colleague, done_at=timezone.now())
            make_task(line, video=self.clips[CLIP], pk=TASK, why={"unsure": 1})

    def reviewed(self, pk):
        """By the colleague, a week ago."""
        ago = timezone.now() - timedelta(days=7)
        task = make_task(self.line, video=self.clips[pk], state="done", reviewer=self.colleague, done_at=ago)
        review = Review.objects.create(
            task=task, reviewer=self.colleague, operation=uuid.uuid4(), taxonomy_version=self.taxonomy
        )
        said = {"suggestion": Suggestion.objects.get(suggestion_set__video=pk), "confidence": 0.9}
        Verdict.objects.create(review=review, tag=self.dunk, choice="accept", **said)
        ReviewTask.objects.filter(pk=task.pk).update(current_review=review)
        VideoTag.objects.create(video_id=pk, business_line=self.line, tag=self.dunk, source="review")
        Video.objects.filter(pk=pk).update(reviewed_at=ago)
        return task, review

    def make_gold(self):
        task, review = self.reviewed(CLIP)
        clip = GoldClip.objects.create(video_id=CLIP, business_line=self.line)
        GoldTag.objects.create(gold=clip, tag=self.dunk, wanted=True)
        make_task(self.line, video=self.clips[CLIP], pk=TASK, slot=GOLD_SLOT, state="spare", why={"unsure": 1})
        counts = {"yes": 2, "no": 1, "silent": 0, "ruled": False, "doubt": 0.5}
        place = {"business_line": self.line, "tag": self.dunk}
        Consensus.objects.create(video_id=CLIP, confidence=0.7, given=True, **place, **counts)
        found = {"model_version": self.model, "refused": True, "confidence": 0.9, "gain": 0.9}
        SecondLook.objects.create(task=task, review=review, **place, **found)
        comments.say(CLIP, self.line.pk, self.colleague, "That is a dunk!")
        Guideline.objects.filter(pk=self.guideline.pk).update(examples=[CLIP])

    def claim(self):
        held = {"state": "claimed", "reviewer": self.reviewer, "lease_until": timezone.now() + timedelta(hours=1)}
        ReviewTask.objects.filter(pk=TASK).update(**held, token=1)
        if self.gold:
            values = {"task_id": TASK, "reviewer": self.reviewer, "kind": "gold"}
            Probe.objects.create(**values, gold=GoldClip.objects.get())

    def addresses(self):
        clip, dunk = CLIP, self.dunk.pk
        yield from ("/", "/history/", "/api/reviews/", "/api/queue/", "/videos/", "/api/videos/", "/tags/counts.json")
        yield from (f"/videos/?{asked}" for asked in (f"tag={dunk}", "state=reviewed", "state=unreviewed"))
        yield from (f"/api/videos/?{asked}" for asked in (f"tag={dunk}", "state=reviewed", "state=unreviewed"))
        yield from (f"/videos/{clip}/", f"/videos/{clip}/reviews/", f"/videos/{clip}/comments/")
        yield from (f"/api/videos/{clip}/", f"/api/videos/{clip}/reviews/", f"/videos/{SEEN}/", f"/api/videos/{SEEN}/")
        yield from (f"/tags/{dunk}/figures/", f"/api/tags/{dunk}/figures/", f"/second-looks/?line={self.line.slug}")
        yield f"/taxonomy/guidelines/{self.guideline.pk}/examples/"


def read(client, addresses, review=0):
    told = {}
    for address in addresses:
        cache.clear()
        text = re.sub(r"\d+:\d+ [ap]\.m\.", "", drawn(client.get(address).content.decode()))
        told[address] = re.sub(rf'(review-|"id":){review}\b', "", text) if review else text
    return told


@pytest.fixture
def setting():
    """What does not differ."""
    line, dunk = make_line(), make_tag("Slam dunk", code="dunk")
    guideline = Guideline.objects.create(tag=dunk, version=1, body="A ball from above.")
    people = {"reviewer": make_user(lines=(line,)), "colleague": make_user(lines=(line,))}
    rest = {"model": make_model(), "taxonomy": publish(), "guideline": guideline}
    return {"line": line, "dunk": dunk, **people, **rest}


def story(client, setting, *, gold):
    """All that the reviewer is told: before they get the clip, with the clip in hand, and when it is reviewed."""
    with taken_back():
        world = World(setting, gold=gold)
        client.force_login(world.reviewer)
        before = read(client, world.addresses())
        world.claim()
        held = read(client, [*world.addresses(), f"/review/{TASK}/", f"/api/tasks/{TASK}/"])
        sent = {"token": 1, "operation": str(uuid.uuid4()), "model_version": world.model.pk}
        verdicts = [{"tag": world.dunk.pk, "choice": "reject", "reason": "wrong"}]
        answer = client.post(
            f"/api/tasks/{TASK}/submit/", sent | {"verdicts": verdicts}, content_type="application/json"
        )
        assert answer.status_code == 200, answer.content
        return before, held, read(client, world.addresses(), answer.json()["review"])


def test_a_gold_clip_reads_like_one_that_nobody_has_reviewed(client, setting):
    plain, gold = story(client, setting, gold=False), story(client, setting, gold=True)

    for stage, expected, found in zip(("before", "in hand", "reviewed"), plain, gold, strict=True):
        for address, text in expected.items():
            assert found[address] == text, (stage, address)


def test_who_looks_after_clips_sees_everything(client, setting):
    with taken_back():
        world = World(setting, gold=True)
        world.claim()
        client.force_login(make_user("editor"))

        told = read(client, world.addresses())

    assert "Slam dunk" in told[f"/videos/{SEEN}/"]
    assert f"/videos/{CLIP}/" in told[f"/videos/?tag={setting['dunk'].pk}"]
    assert "That is a dunk!" in told[f"/videos/{CLIP}/comments/"]
