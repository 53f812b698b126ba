"""What speaks against a candidate: reasons in words, decided from plain metrics. Nothing here reads the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

HIGHER_IS_BETTER = {
    "recall_at_20": gettext_lazy("recall of 20 candidates"),
    "precision": gettext_lazy("precision"),
    "recall": gettext_lazy("recall"),
    "f1": gettext_lazy("F1"),
    "gap": gettext_lazy("global average precision"),
}
LOWER_IS_BETTER = {"ece": gettext_lazy("calibration error")}
METRICS = HIGHER_IS_BETTER | LOWER_IS_BETTER

TOLERANCE = 0.01  # two trainings on the same reviews differ by about this much
FEWEST_TEST_VIDEOS = 20  # below, one video moves a metric by more than anybody should act upon


def objections(candidate: Mapping[str, Any], active: Mapping[str, Any]) -> list[str]:
    """Why the candidate should not replace the active model; empty means go ahead.

    Both are metrics measured on the same test videos; "videos" tells how many these were.
    """
    return [*_small_test(candidate), *_falls(candidate, active)]


def stale(candidate: int, active: int) -> list[str]:
    """That the candidate learned an older taxonomy than the active model (both are version numbers)."""
    if candidate >= active:
        return []
    text = _("it learned taxonomy version %(old)d, the active model version %(new)d")
    return [text % {"old": candidate, "new": active}]


def better(metric: str, new: float, old: float) -> bool:
    """Whether the new value is the better one."""
    return new < old if metric in LOWER_IS_BETTER else new > old


def _falls(candidate: Mapping[str, Any], active: Mapping[str, Any]) -> list[str]:
    reasons = []
    for metric, name in METRICS.items():
        if (old := active.get(metric)) is None:
            continue
        if (new := candidate.get(metric)) is None:
            reasons.append(_("%(metric)s was not measured") % {"metric": name})
        elif abs(new - old) > TOLERANCE and not better(metric, new, old):
            text = _("%(metric)s got worse, from %(old).3f to %(new).3f")
            reasons.append(text % {"metric": name, "old": old, "new": new})
    return reasons


def _small_test(candidate: Mapping[str, Any]) -> list[str]:
    videos = candidate.get("videos")
    if videos is None or videos >= FEWEST_TEST_VIDEOS:
        return []
    return [_("only %(videos)d test videos: its metrics say little") % {"videos": videos}]
