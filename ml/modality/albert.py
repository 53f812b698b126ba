"""Text through an ALBERT that was trained on the platform's own texts."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from ml.modality import weights
from ml.modality.extractor import MissingWeights, Settings
from ml.modality.text import SentenceExtractor


class DomainExtractor(SentenceExtractor):
    """Mean of the pieces' states, padding masked, L2-normalised (Lan et al. 2019; `manage.py pretrain text`)."""

    registered = "albert.v1"

    @classmethod
    def build(cls, settings: Settings, folder: Path | None, device: str) -> Self:
        """Settings: `weights` (folder of a pretraining, or hub name), `tokens` (longest text; as long as trained).

        A bundle keeps a copy in `folder`, which is read before anything else.
        """
        if folder is not None and (folder / weights.FILE).is_file():
            return cls(folder, settings.get("tokens"), device)
        if not settings.get("weights"):
            raise MissingWeights(
                "albert.v1 needs `weights`: the folder that `manage.py pretrain text` has written (var/weights/text)."
            )
        return cls(weights.locate(settings["weights"]), settings.get("tokens"), device)
