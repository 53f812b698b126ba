"""What the training says in English of parts, stages and reasons, in the reader's words."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PARTS = {
    "text_similarity": gettext_lazy("similar text"),
    "visual_similarity": gettext_lazy("similar pictures"),
    "sound_similarity": gettext_lazy("similar sound"),
    "fused_similarity": gettext_lazy("similar as a whole"),
    "classifier": gettext_lazy("classifier"),
    "text_classifier": gettext_lazy("words of the text"),
    "hierarchical": gettext_lazy("along the tag tree"),
    "generation": gettext_lazy("written from the clip"),
    "graph": gettext_lazy("related tags"),
    "faces": gettext_lazy("known face"),
    "program": gettext_lazy("program it comes from"),
    "extraction": gettext_lazy("phrase in the text"),
    "mentions": gettext_lazy("named in the text"),
    "contrastive": gettext_lazy("ranker"),
    "nextvlad": gettext_lazy("ranker"),
    "multimodal": gettext_lazy("ranker"),
    "logistic": gettext_lazy("calibration"),
    "tagwise": gettext_lazy("calibration"),
    "union": gettext_lazy("all together"),
}
STAGES = {
    "features of train": gettext_lazy("features of the training videos"),
    "features of dev": gettext_lazy("features of the validation videos"),
    "features of test": gettext_lazy("features of the test videos"),
    "frames for the backbone": gettext_lazy("frames for the image backbone"),
    "backbone": gettext_lazy("image backbone"),
    "evaluate": gettext_lazy("measuring the new version"),
    "evaluate the active version": gettext_lazy("measuring the active version"),
}
_EMPTY = re.compile(r"The (?P<split>\w+) split of the snapshot is empty: review more videos first\.")
_FOLD = re.compile(r"(?P<part>\S+) fold (?P<number>\d+) of (?P<count>\d+)")


def part_name(registered: str) -> str:
    """`mentions.v1` as people say it; a part without a name here keeps its own, made readable."""
    name = registered.partition(".")[0]
    return str(PARTS.get(name, name.replace("_", " ")))


def stage_name(stage: str) -> str:
    """A stage as the training reports it, which knows no languages, in the reader's words."""
    if stage in STAGES:
        return str(STAGES[stage])
    if fold := _FOLD.fullmatch(stage):
        text = _("%(part)s, fold %(number)s of %(count)s")
        return text % (fold.groupdict() | {"part": part_name(fold["part"])})
    return part_name(stage)


def reason(error: str) -> str:
    """Why a training failed. Sentences meant for people are translated, other errors stay as they are."""
    if empty := _EMPTY.fullmatch(error):
        return _("The %(split)s split of the snapshot is empty: review more videos first.") % empty.groupdict()
    return _(error) if error else ""
