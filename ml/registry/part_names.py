"""What the training says in English of parts, stages and reasons, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PARTS = {
    "text_similarity": gettext_lazy("similar text"),
    "visual_similarity": gettext_lazy("similar pictures"),
    "sound_similarity": gettext_lazy("similar sound"),
    "sound_classifier": gettext_lazy("what is heard"),
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
    "sounds for the sound network": gettext_lazy("sound for the sound network"),
    "sound network": gettext_lazy("sound network"),
    "evaluate": gettext_lazy("measuring the new version"),
    "evaluate the active version": gettext_lazy("measuring the active version"),
}
MODALITIES = {
    "text": gettext_lazy("text"),
    "frames": gettext_lazy("pictures"),
    "sound": gettext_lazy("sound"),
    "texture": gettext_lazy("texture of the sound"),
    "faces": gettext_lazy("faces"),
}
NOTES = {
    "No video has media: the visual and sound parts are left out.": gettext_lazy(
        "No video has media: the visual and sound parts are left out."
    ),
    "No frames could be read, so there is no image backbone and nothing visual.": gettext_lazy(
        "No frames could be read, so there is no image backbone and nothing visual."
    ),
    "No sound could be read, so there is no sound network and nothing heard.": gettext_lazy(
        "No sound could be read, so there is no sound network and nothing heard."
    ),
    "The dev split is small: the calibration also learned from folds of the train split.": gettext_lazy(
        "There are few validation videos: the calibration also learned from folds of the training videos."
    ),
}
_UNCHANGED = re.compile(r"(?P<part>\S+) is unchanged: taken from the active version\.")
_LEFT_OUT = re.compile(r"(?P<part>\S+) is left out: there is no (?P<what>.+)\.")
_WEIGHTS = re.compile(r"The weights for (?P<what>\w+) are missing, so its parts are left out\. (?P<why>.*)", re.DOTALL)
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


def notes(texts: Sequence[str]) -> list[str]:
    """What the training did without or did not have to do, in the reader's words; what was copied in one sentence."""
    unchanged = [part_name(found["part"]) for text in texts if (found := _UNCHANGED.fullmatch(text))]
    told = [_note(text) for text in texts if not _UNCHANGED.fullmatch(text)]
    if unchanged:
        told.append(
            _("Nothing has changed, taken from the active version: %(parts)s.") % {"parts": ", ".join(unchanged)}
        )
    return told


def _note(text: str) -> str:
    if left_out := _LEFT_OUT.fullmatch(text):
        what = ", ".join(str(MODALITIES.get(name, name)) for name in left_out["what"].split(" and no "))
        return _("%(part)s: left out, for it needs %(what)s.") % {"part": part_name(left_out["part"]), "what": what}
    if weights := _WEIGHTS.fullmatch(text):
        what = str(MODALITIES.get(weights["what"], weights["what"]))
        return _("Left out for lack of weights: %(what)s. %(why)s") % {"what": what, "why": weights["why"]}
    return str(NOTES.get(text, text))


def reason(error: str) -> str:
    """Why a training failed. Sentences meant for people are translated, other errors stay as they are."""
    if empty := _EMPTY.fullmatch(error):
        return _("The %(split)s split of the snapshot is empty: review more videos first.") % empty.groupdict()
    return _(error) if error else ""
