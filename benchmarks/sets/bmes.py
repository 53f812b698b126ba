"""Texts with labelled phrases: a character and its BMES label a line, a blank line between texts (`NAME.bmes`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LabelledTexts:
    texts: list[str]
    labels: list[list[str]]

    def divided(self, share: float = 7 / 8) -> tuple[LabelledTexts, LabelledTexts]:
        """The first share and the rest, to choose settings without a look at the judged file.

        Texts stand in order of who they are about, so the rest is about other people.
        """
        cut = int(share * len(self.texts))
        first, rest = slice(cut), slice(cut, None)
        return LabelledTexts(self.texts[first], self.labels[first]), LabelledTexts(self.texts[rest], self.labels[rest])


def find(data: Path) -> dict[str, dict[str, Path]]:
    """Name of each set (its folder's) -> its parts, `train` and `dev` or `test` or both."""
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(data.rglob("*.bmes")):
        found.setdefault(path.parent.name, {})[path.stem] = path
    return {name: parts for name, parts in found.items() if "train" in parts and len(parts) > 1}


def read(path: Path) -> LabelledTexts:
    texts, labels = [""], [[]]  # type: list[str], list[list[str]]
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.strip():
            texts.append("")
            labels.append([])
            continue
        character, label = line.rstrip().rsplit(" ", 1)
        texts[-1] += character[:1]
        labels[-1].append(label)
    kept = [i for i, text in enumerate(texts) if text]
    return LabelledTexts([texts[i] for i in kept], [labels[i] for i in kept])
