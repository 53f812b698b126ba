"""Probed tasks, with defaults for what a test is not about."""

from __future__ import annotations

from typing import Any

from annotation.models import Probe, ReviewTask
from taxonomy.models import Tag

LOOKS = [0.7, {"fused.v1": 0.7}, {"spans": [], "similar": [], "moment": None}]


def make_probe(task: ReviewTask, kind: str, tag: Tag | None = None, **kw: Any) -> Probe:
    """That the holder of a claimed task is shown it otherwise."""
    shown = {"shown": LOOKS} if kind == "wrong" else {}
    return Probe.objects.create(**{"task": task, "reviewer": task.reviewer, "kind": kind, "tag": tag} | shown | kw)
