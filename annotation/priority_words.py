"""Why a clip comes now, in sentences for the reviewer."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def why(reasons: Mapping[str, int]) -> list[str]:
    """What brought a clip to the front of the queue, in sentences."""
    sentences = []
    if n := reasons.get("unsure"):
        sentences.append(
            ngettext("the models are unsure of %(n)d tag", "the models are unsure of %(n)d tags", n) % {"n": n}
        )
    if reasons.get("split_tag"):
        sentences.append(_("a tag that it has was split"))
    if n := reasons.get("split"):
        text = ngettext("recallers disagree on %(n)d tag", "recallers disagree on %(n)d tags", n)
        sentences.append(text % {"n": n})
    if reasons.get("nothing_found"):
        sentences.append(_("the models found no tag"))
    if reasons.get("new"):
        sentences.append(_("it is unlike the clips reviewed so far"))
    if reasons.get("typical"):
        sentences.append(_("it tells much of clips that nobody has reviewed"))
    if n := reasons.get("rare"):
        text = ngettext("%(n)d likely tag has few examples", "%(n)d likely tags have few examples", n)
        sentences.append(text % {"n": n})
    if n := reasons.get("rules"):
        text = ngettext("rules keep out %(n)d likely tag", "rules keep out %(n)d likely tags", n)
        sentences.append(text % {"n": n})
    if n := reasons.get("worth"):
        text = ngettext("%(n)d likely tag matters much here", "%(n)d likely tags matter much here", n)
        sentences.append(text % {"n": n})
    if reasons.get("guideline_changed"):
        sentences.append(_("a guideline changed after it was reviewed"))
    return sentences
