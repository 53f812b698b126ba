"""A training of the whole stack that is killed goes on; one that changed little copies; several processes train one."""

import json
import os
import signal
from pathlib import Path

import pytest
import torch

from ml import bundle
from ml.__main__ import main
from ml.feature_store import FeatureStore
from ml.pipeline import Pipeline
from ml.training import loop, workplace
from ml.types import VideoInput
from tests import processes
from tests.ml.stack_data import COOKING, make_snapshot

STACK = """
name = "resumed"
folds = 2
calibration_videos = 50
[training]
checkpoint_seconds = 0
[modality]
[recall."mentions.v1"]
candidates = 5
[recall."classifier.v1"]
candidates = 4
settings = { dim = 16, epochs = 1, least_steps = 10 }
[ranking]
ranker = "contrastive.v1"
calibrator = "logistic.v1"
settings = { dim = 16, epochs = 1, least_steps = 10 }
"""


def train(folder: Path, name: str, dies_at: tuple[str, int] | None = None, **kw) -> list[str]:
    """Train `name` in the folder; returns the stages that were gone through."""
    told = []

    def report(progress):
        if dies_at == (progress.stage, progress.done):
            os.kill(os.getpid(), signal.SIGKILL)
        told.append(progress.stage)

    stack = kw.pop("stack", str(folder / "stack.toml"))
    store = FeatureStore(kw.pop("store", folder / "features"))
    loop.train(folder / "snapshot", folder / name, store=store, stack=stack, report=report, **kw)
    return list(dict.fromkeys(told))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("resumed")
    (folder / "stack.toml").write_text(STACK)
    make_snapshot(folder / "snapshot", videos=20)
    train(folder, "whole")
    return folder


def files(folder: Path) -> dict[str, str]:
    return {name: value for name, value in bundle.read(folder).manifest.files.items() if name != "metrics.json"}


def curves(folder: Path) -> dict[str, list[float]]:
    return json.loads((folder / "metrics.json").read_text())["loss"]


def test_a_killed_training_goes_on_inside_the_part_it_was_at(folder):
    apart = {"store": folder / "other features"}  # or the folds' answers of the first training were found
    assert processes.run(_train_and_die, folder, ("contrastive.v1", 6), apart) == -signal.SIGKILL
    assert not (folder / "killed").exists()
    kept = workplace.of(folder / "killed") / "checkpoints" / "contrastive.v1" / "1.pt"
    assert len(torch.load(kept, weights_only=True)["losses"]) == 5

    stages = train(folder, "killed", **apart)

    assert not {"classifier.v1", "classifier.v1 fold 1 of 2"} & set(stages)
    assert "contrastive.v1" in stages
    assert files(folder / "killed") == files(folder / "whole")
    assert curves(folder / "killed") == curves(folder / "whole")
    assert not workplace.of(folder / "killed").exists()


def _train_and_die(folder: Path, at: tuple[str, int], kw: dict) -> None:
    train(folder, kw.pop("name", "killed"), dies_at=at, **kw)


def test_with_other_settings_it_starts_over(folder):
    (folder / "longer.toml").write_text(STACK.replace('"resumed"', '"longer"').replace("= 10", "= 12"))
    assert processes.run(_train_and_die, folder, ("classifier.v1", 2), {"name": "longer"}) == -signal.SIGKILL
    assert "classifier.v1" in train(folder, "longer", stack=str(folder / "longer.toml"))


def test_parts_that_would_be_the_same_are_copied_from_the_active_bundle(folder):
    (folder / "changed.toml").write_text(STACK.replace("= 10 }\n[ranking]", "= 9 }\n[ranking]"))
    whole = train(folder, "same", warm=folder / "whole")
    changed = train(folder, "changed", warm=folder / "whole", stack=str(folder / "changed.toml"))

    assert not {"mentions.v1", "classifier.v1", "contrastive.v1"} & set(whole)
    assert {"classifier.v1", "classifier.v1 fold 1 of 2", "contrastive.v1"} <= set(changed)
    assert "mentions.v1" not in changed
    assert files(folder / "same") == files(folder / "whole")
    notes = json.loads((folder / "changed" / "metrics.json").read_text())["notes"]
    assert "mentions.v1 is unchanged: taken from the active version." in notes


def test_two_trainings_of_one_bundle_do_not_meet(folder, monkeypatch):
    monkeypatch.setattr(workplace, "PATIENCE", 0.0)
    with workplace.opened(folder / "held", {}) as place:
        place.bundle.mkdir(exist_ok=True)
        with pytest.raises(workplace.Busy, match="Another process trains"), workplace.opened(folder / "held", {}):
            pass


def test_what_nobody_goes_on_with_is_swept(folder):
    for name in ("left", "own"):
        workplace.of(folder / name).mkdir()
    workplace.sweep(folder, but=folder / "own")
    assert not workplace.of(folder / "left").exists()
    assert workplace.of(folder / "own").exists()


def _train_from_the_shell(folder: Path) -> None:
    arguments = ["train", folder / "snapshot", folder / "shared", "--stack", folder / "stack.toml"]
    assert main([*map(str, arguments), "--features", str(folder / "shared features")]) == 0


def test_two_processes_train_one_bundle(folder):
    assert processes.together(2, _train_from_the_shell, folder) == [0, 0]

    pipeline = Pipeline.load(folder / "shared", FeatureStore(folder / "features"))
    assert pipeline.propose([VideoInput(901, "cooking 做饭 at home")])[0][0].tag == COOKING
    assert not workplace.of(folder / "shared").exists()


def test_a_bundle_is_read_as_it_was_written_to_the_bit(folder, tmp_path):
    """Every part, loaded and saved again, gives the same bytes."""
    pipeline = Pipeline.load(folder / "whole", FeatureStore(folder / "features"))
    for name, recaller in pipeline.recallers.items():
        recaller.save(tmp_path / "recall" / name)
    pipeline.ranker.save(tmp_path / "ranking" / "contrastive.v1")
    pipeline.calibrator.save(tmp_path / "ranking" / "logistic.v1")
    again = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert again == {name: (folder / "whole" / name).read_bytes() for name in again}
    assert set(again) == {name for name in files(folder / "whole") if name != "tags.jsonl"}
