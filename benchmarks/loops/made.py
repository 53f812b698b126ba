"""The demo's clips through the whole loop: first stack, reviews of the rest, retrained stack, one test split."""

from __future__ import annotations

import time
from pathlib import Path

from annotation.demo import clips as demo_clips
from annotation.demo import making, reviewing
from benchmarks.loops import steps
from tagging.models import SuggestionSet


def run(_data: Path | None) -> dict[str, object]:
    clips = demo_clips.load()
    begun = time.perf_counter()
    making.make(clips, steps.say)
    figures: dict[str, object] = {"clips": len(clips), "made_s": round(time.perf_counter() - begun, 1)}
    figures["with_suggestions"] = SuggestionSet.objects.filter(suggestions__isnull=False).distinct().count()
    figures["reviews"] = reviewing.review([clip for clip in clips if not clip.review])
    version, figures["retraining_s"] = steps.train()
    former = {name: round(value, 4) for name, value in version.metrics["rival"]["metrics"].items()}
    return figures | {"first_stack": former, "retrained": steps.metrics(version)}
