"""Why a training began that nobody asked for by hand: from the figures its trigger saw to a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def sentence(trigger: str, figures: Mapping[str, Any]) -> str:
    """Empty for a training that a person asked for."""
    if trigger == "verdicts":
        return _verdicts(int(figures["verdicts"]))
    if trigger == "drift":
        return " ".join([*_line(figures), *_drift(figures), _window(int(figures["reviews"]))])
    if trigger == "schedule":
        days = int(figures["days"])
        text = ngettext(
            "The schedule asks for it every %(n)d day at %(hour)d:00.",
            "The schedule asks for it every %(n)d days at %(hour)d:00.",
            days,
        )
        return text % {"n": days, "hour": int(figures["hour"])}
    return ""


def _verdicts(count: int) -> str:
    text = ngettext(
        "There was %(n)d new verdict since the last training.",
        "There were %(n)d new verdicts since the last training.",
        count,
    )
    return text % {"n": count}


def _line(figures: Mapping[str, Any]) -> list[str]:
    """Figures of before each line was watched by itself name none."""
    return [_("In the business line %(line)s:") % {"line": figures["line"]}] if figures.get("line") else []


def _drift(figures: Mapping[str, Any]) -> list[str]:
    told = []
    if figures["fell"]:
        text = _(
            "Of the tags proposed for audited clips %(now).1f%% are accepted; after the promotion it was %(then).1f%%."
        )
        told.append(text % {"now": 100 * figures["accepted"], "then": 100 * figures["accepted_then"]})
    if figures["misjudges"]:
        text = _("Its confidences are less true: the Brier score rose from %(then).3f to %(now).3f.")
        told.append(text % {"now": figures["brier"], "then": figures["brier_then"]})
    return told


def _window(reviews: int) -> str:
    text = ngettext("Measured on %(n)d audited review.", "Measured on %(n)d audited reviews.", reviews)
    return text % {"n": reviews}
