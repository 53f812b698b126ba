"""The stacks that a training may be asked for: those that come along, and what this installation trains by default."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

FOLDER = Path(__file__).parent.parent / "stacks"  # without `ml.training`, which the web process need not load
WORDS = {
    "small": _("small: quick, for one core"),
    "full": _("full: every part"),
    "large": _("large: for GPUs, with weights of the hub"),
}


def choices() -> list[tuple[str, str]]:
    """Name and words of each stack, the default one first."""
    names = [settings.TRAINING_STACK, *sorted(path.stem for path in FOLDER.glob("*.toml"))]
    return [(name, str(WORDS.get(name, Path(name).stem))) for name in dict.fromkeys(names)]
