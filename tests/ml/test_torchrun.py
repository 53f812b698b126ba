"""The launcher itself, and the longest part of a training killed in the middle, on real clips."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ml import bundle
from ml.feature_store import FeatureStore
from ml.pipeline import Pipeline
from ml.training import loop, workplace
from ml.types import VideoInput
from tests import processes
from tests.ml.stack_data import COOKING, make_snapshot
from tests.ml.test_resuming import STACK
from tests.ml.test_training_on_clips import STACK as SEEING
from tests.ml.test_training_on_clips import clip_snapshot

pytestmark = pytest.mark.slow


def test_torchrun_trains_one_sound_bundle(tmp_path):
    (tmp_path / "stack.toml").write_text(STACK)
    make_snapshot(tmp_path / "snapshot", videos=20)
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "ml"]
    arguments = ["train", "snapshot", "out", "--stack", "stack.toml", "--features", "features"]

    here = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([*launcher, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False, env=here)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["videos"] == 4  # one process reports
    assert bundle.read(tmp_path / "out").manifest.recallers == ["mentions.v1", "classifier.v1"]
    pipeline = Pipeline.load(tmp_path / "out", FeatureStore(tmp_path / "features"))
    assert pipeline.propose([VideoInput(1, "cooking 做饭")])[0][0].tag == COOKING
    assert not list(tmp_path.glob(".out*"))


def _see(folder: Path, name: str, dies_at: tuple[str, int] | None = None) -> None:
    def report(progress):
        if dies_at == (progress.stage, progress.done):
            os.kill(os.getpid(), signal.SIGKILL)

    store, stack = FeatureStore(folder / name / "store"), str(folder / "stack.toml")
    loop.train(folder / "snapshot", folder / name / "bundle", store=store, stack=stack, report=report)


def test_an_image_backbone_goes_on_from_its_checkpoint(tmp_path):
    (tmp_path / "stack.toml").write_text(f"{SEEING}\n[training]\ncheckpoint_seconds = 0\n")
    clip_snapshot(tmp_path / "snapshot")
    _see(tmp_path, "whole")

    assert processes.run(_see, tmp_path, "killed", ("backbone", 20)) == -signal.SIGKILL
    assert list(workplace.of(tmp_path / "killed" / "bundle").rglob("frames/1.pt"))
    _see(tmp_path, "killed")

    whole, killed = (bundle.read(tmp_path / name / "bundle").manifest.files for name in ("whole", "killed"))
    assert {n: h for n, h in killed.items() if n != "metrics.json"} == {
        n: h for n, h in whole.items() if n != "metrics.json"
    }
