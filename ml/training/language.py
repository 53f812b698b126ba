"""The stack's own text encoder: a copy of what was pretrained, so that a bundle needs nothing outside itself."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml.modality import weights
from ml.modality.extractor import MissingWeights
from ml.training.journal import Journal
from ml.types import Example, Vocabulary


def provide(
    settings: Mapping[str, Any],
    folder: Path,
    examples: Sequence[Example],
    vocabulary: Vocabulary,
    journal: Journal,
    former: Path | None,
) -> None:
    """Copy the encoder that `weights` names (the [modality.text] section) to `folder`.

    Other machines serve the bundle, and a later pretraining may take the folder's place. Where it is gone already,
    the encoder of the active bundle goes on.
    """
    try:
        source = weights.locate(str(settings.get("weights", "")))
    except MissingWeights as reason:
        if former is None or not (former / weights.FILE).is_file():
            journal.notes.append(str(reason))
            return
        source = former
    shutil.copytree(source, folder)
