"""Probed tasks, with defaults for what a test is not about."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from annotation.models import GoldClip, Probe, Qualification, ReviewTask
from annotation.probes import gold
from taxonomy.models import BusinessLine, Tag
from tests.factories import make_user, make_video

LOOKS = [0.7, {"fused.v1": 0.7}, {"spans": [], "similar": [], "moment": None}]


def make_probe(task: ReviewTask, kind: str, tag: Tag | None = None, **kw: Any) -> Probe:
    """That the holder of a claimed task is shown it otherwise."""
    shown = {"shown": LOOKS} if kind == "wrong" else {}
    return Probe.objects.create(**{"task": task, "reviewer": task.reviewer, "kind": kind, "tag": tag} | shown | kw)


def make_gold(line: BusinessLine, *must: Tag, never: tuple[Tag, ...] = (), **kw: Any) -> GoldClip:
    wanted = dict.fromkeys((tag.pk for tag in must), True) | dict.fromkeys((tag.pk for tag in never), False)
    author = kw.pop("author", None) or make_user("editor")
    return gold.make(kw.pop("video", None) or make_video(), line, author, wanted, **kw)[0]


def let_in(person: User, line: BusinessLine) -> None:
    Qualification.objects.create(person=person, business_line=line, state="waived")
