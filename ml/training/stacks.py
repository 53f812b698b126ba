"""Stack configurations: which parts there are and how they are trained (`ml/stacks/*.toml`)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ml.modality import EXTRACTORS
from ml.ranking import CALIBRATORS, RANKERS
from ml.recall import RECALLERS

FOLDER = Path(__file__).parent.parent / "stacks"


def known() -> list[str]:
    """Names of the stacks that come with the project."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str) -> dict[str, Any]:
    """The configuration of a stack, by name or as the path of a TOML file; every part in it must be registered."""
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.is_file():
        raise ValueError(f"unknown stack {name!r}; known: {', '.join(known())}, or the path of a .toml file")
    try:
        config = tomllib.loads(path.read_text(encoding="utf-8"))
        _check(config)
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
    return config


def _check(config: dict[str, Any]) -> None:
    for section in ("name", "modality", "recall", "ranking"):
        if section not in config:
            raise ValueError(f"[{section}] is missing")
    terms = config.get("training", {})
    if unknown := terms.keys() - {"precision", "checkpoint_seconds"}:
        raise ValueError(f"[training] knows precision and checkpoint_seconds, not {', '.join(sorted(unknown))}")
    tables = [(EXTRACTORS, settings["extractor"]) for settings in config["modality"].values()]
    tables += [(RECALLERS, recaller) for recaller in config["recall"]]
    tables += [(RANKERS, config["ranking"]["ranker"]), (CALIBRATORS, config["ranking"]["calibrator"])]
    for table, name in tables:
        if name not in table:
            raise ValueError(f"unknown part {name!r}; known: {', '.join(sorted(table))}")
