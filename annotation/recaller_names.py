"""What a recaller is called on pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

NAMES = {
    "text_similarity": _("similar text"),
    "visual_similarity": _("similar pictures"),
    "sound_similarity": _("similar sound"),
    "fused_similarity": _("similar as a whole"),
    "classifier": _("classifier"),
    "mentions": _("named in the text"),
}


def recaller_name(registered: str) -> str:
    """`mentions.v1` as people say it; a recaller without a name here keeps its own, made readable."""
    name = registered.partition(".")[0]
    return str(NAMES.get(name, name.replace("_", " ")))
