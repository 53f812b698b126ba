"""From a snapshot to a bundle that proposes tags, with the real sentence encoder."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ml import bundle, parts
from ml.__main__ import main
from ml.feature_store import FeatureStore
from ml.pipeline import Pipeline
from ml.ranking import RANKERS
from ml.ranking.candidates import CandidatePool
from ml.recall import RECALLERS
from ml.training import loop, stacks
from ml.training.examples import SnapshotError
from ml.training.loop import Cancelled, Progress
from ml.types import VideoInput
from tests.ml.stack_data import COOKING, GAME, RAIN, STAR, make_snapshot, make_training_set, seal_snapshot

TINY = """
name = "tiny"
folds = 2
calibration_videos = 50
[modality.text]
extractor = "minilm.v1"
[modality.frames]
extractor = "timm.v1"
model = "test_resnet"
size = 32
weights = "bundle"
[recall."mentions.v1"]
candidates = 5
[recall."classifier.v1"]
candidates = 4
settings = { dim = 16, epochs = 1, least_steps = 30 }
[recall."text_similarity.v1"]
candidates = 4
[recall."visual_similarity.v1"]
candidates = 4
[ranking]
ranker = "contrastive.v1"
calibrator = "logistic.v1"
settings = { dim = 16, epochs = 1, least_steps = 30 }
"""


class Workshop:
    """A snapshot, a store shared by all trainings, and a folder for bundles."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, FeatureStore(folder / "features")
        self.stack = str(folder / "tiny.toml")
        Path(self.stack).write_text(TINY)
        self.snapshot = make_snapshot(folder / "snapshot")

    def train(self, name: str, snapshot: Path | None = None, **kw) -> Path:
        loop.train(snapshot or self.snapshot, self.folder / name, store=self.store, stack=self.stack, **kw)
        return self.folder / name

    def metrics(self, name: str) -> dict:
        return json.loads((self.folder / name / "metrics.json").read_text())


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    workshop = Workshop(tmp_path_factory.mktemp("workshop"))
    workshop.told = []
    workshop.train("first", report=workshop.told.append)
    return workshop


def weights(folder: Path) -> dict[str, str]:
    """Hash of each file but the metrics and what differs by name and time."""
    return {name: value for name, value in bundle.read(folder).manifest.files.items() if name != "metrics.json"}


def test_a_trained_stack_tags_new_videos_and_says_why(workshop):
    pipeline = Pipeline.load(workshop.folder / "first", workshop.store)
    ball, soup = pipeline.propose(
        [VideoInput(900, "a ball game 球赛 tonight"), VideoInput(901, "cooking 做饭 at home")]
    )
    assert ball[0].tag == GAME
    assert soup[0].tag == COOKING
    assert [p.confidence for p in ball] == sorted((p.confidence for p in ball), reverse=True)
    assert all(0 <= p.confidence <= 1 for p in ball)
    assert {"mentions.v1", "classifier.v1", "text_similarity.v1"} <= set(soup[0].recallers)
    assert [(s.start, s.end) for s in ball[0].evidence.spans] == [(2, 11), (12, 14)]
    assert soup[0].evidence.similar
    assert {"text", "recall", "rank"} <= set(pipeline.timings)


def test_a_video_of_which_nothing_is_known_stops_nobody(workshop):
    answers = Pipeline.load(workshop.folder / "first", workshop.store).propose([VideoInput(1), VideoInput(2, "做饭")])
    assert len(answers) == 2
    assert Pipeline.load(workshop.folder / "first", workshop.store).propose([]) == []


def test_a_tag_no_video_has_is_found_by_mention(workshop):
    answer = Pipeline.load(workshop.folder / "first", workshop.store).propose([VideoInput(1, "rain, rain, 下雨")])[0]
    assert RAIN in {proposal.tag for proposal in answer}


def test_the_metrics_are_those_of_the_test_split(workshop):
    metrics = workshop.metrics("first")
    assert {"recall_at_20", "precision", "recall", "f1", "gap", "ece"} <= set(metrics["candidate"])
    assert metrics["candidate"]["videos"] == 8
    assert metrics["candidate"]["recall_at_20"] == 1.0
    assert metrics["recallers"]["union"] == 1.0
    assert metrics["active"] is None
    assert metrics["reliability"]
    assert len(metrics["loss"]["classifier.v1"]) == 30
    assert metrics["notes"][0] == "No video has media: the visual and sound parts are left out."
    assert any("visual_similarity.v1 is left out" in note for note in metrics["notes"])


def test_evaluating_the_bundle_gives_the_same_figures(workshop):
    again = loop.evaluate(workshop.folder / "first", workshop.snapshot, store=workshop.store)
    for name, value in workshop.metrics("first")["candidate"].items():
        assert again[name] == pytest.approx(value)


def test_progress_is_told_for_each_stage(workshop):
    stages = [progress.stage for progress in workshop.told]
    assert stages.index("features of train") < stages.index("classifier.v1") < stages.index("contrastive.v1")
    assert stages.index("contrastive.v1") < stages.index("logistic.v1") < stages.index("evaluate")
    assert all(isinstance(p, Progress) and 0 <= p.done <= p.total for p in workshop.told)
    assert any(progress.loss is not None for progress in workshop.told)


def test_the_same_snapshot_gives_the_same_weights(workshop):
    assert weights(workshop.train("again")) == weights(workshop.folder / "first")


def test_the_test_split_is_never_learned_from(workshop):
    other = make_snapshot(workshop.folder / "other labels", test=frozenset({STAR}))
    assert weights(workshop.train("other", other)) == weights(workshop.folder / "first")
    with (other / "videos.jsonl").open() as file:
        lines = file.readlines()
    added = json.dumps({"id": 999, "title": "quite another clip", "tags": [STAR, RAIN], "split": "test"}) + "\n"
    more = make_snapshot(workshop.folder / "more videos")
    (more / "videos.jsonl").write_text("".join([*lines, added]))
    seal_snapshot(more)
    assert weights(workshop.train("more", more)) == weights(workshop.folder / "first")


def test_a_warm_start_compares_with_the_active_bundle(workshop):
    workshop.train("second", warm=workshop.folder / "first")
    metrics = workshop.metrics("second")
    assert metrics["active"] == pytest.approx(workshop.metrics("first")["candidate"])
    assert bundle.read(workshop.folder / "second").manifest.parent == "first"


def test_an_existing_bundle_is_not_touched(workshop):
    with pytest.raises(FileExistsError):
        workshop.train("first")


def test_a_cancelled_training_leaves_nothing(workshop):
    told = []
    with pytest.raises(Cancelled):
        workshop.train("never", report=told.append, cancelled=lambda: len(told) > 20)
    assert not list(workshop.folder.glob("*never*"))
    assert len(told) <= 22


def test_a_snapshot_that_cannot_be_judged_is_refused(workshop):
    lonely = make_snapshot(workshop.folder / "lonely", videos=3)
    with pytest.raises(SnapshotError, match="The dev split"):
        workshop.train("lonely bundle", lonely)


def test_one_class_a_tag_merged_away_and_a_hub_out_of_reach(workshop):
    """Each for itself is nothing to stop for; together neither."""
    stack = workshop.folder / "unreachable.toml"
    stack.write_text(TINY.replace('"minilm.v1"', '"minilm.v1"\nweights = "nobody/no-such-model"'))
    gone = 777
    said = dict.fromkeys(("train", "dev", "test"), frozenset({COOKING, gone}))
    snapshot = make_snapshot(workshop.folder / "one class", **said)

    loop.train(snapshot, workshop.folder / "poor", store=workshop.store, stack=str(stack))

    notes = " ".join(workshop.metrics("poor")["notes"])
    assert "The weights for text are missing, so its parts are left out." in notes
    assert "run `hf download nobody/no-such-model` where the hub can be reached" in notes
    assert "text_similarity.v1 is left out: there is no text." in notes
    answer = Pipeline.load(workshop.folder / "poor", workshop.store).propose([VideoInput(1, "cooking 做饭")])[0]
    assert answer[0].tag == COOKING
    assert all(proposal.tag != gone and 0 <= proposal.confidence <= 1 for proposal in answer)


def test_a_bundle_with_a_missing_file_says_what_to_do(workshop, capsys):
    damaged = workshop.folder / "damaged"
    shutil.copytree(workshop.folder / "first", damaged)
    (damaged / "ranking" / "contrastive.v1" / "model.safetensors").unlink()
    (workshop.folder / "one.jsonl").write_text('{"id": 5, "title": "cooking"}\n')

    assert main(["propose", str(damaged), str(workshop.folder / "one.jsonl")]) == 1
    assert main(["train", str(workshop.snapshot), str(workshop.folder / "x"), "--warm", str(damaged)]) == 1

    told = capsys.readouterr().err
    assert told.count("damaged is damaged: ranking/contrastive.v1/model.safetensors is missing") == 2
    assert "train and promote another version" in told


def test_every_stack_that_comes_along_can_be_read():
    for name in stacks.known():
        assert stacks.read(name)["name"] == name
    with pytest.raises(ValueError, match=r"known: .*small"):
        stacks.read("enormous")


@pytest.mark.parametrize("name", stacks.known())
def test_the_parts_of_a_stack_know_its_settings(name):
    """Trained on nothing, each part is built at its full size."""
    config, nothing = stacks.read(name), make_training_set(2).subset([])
    for recaller, section in config["recall"].items():
        parts.find(RECALLERS, recaller).train(nothing, section.get("settings", {}), step=parts.silent)
    ranking, pool = config["ranking"], CandidatePool.union({"mentions.v1": []}, nothing.vocabulary)
    parts.find(RANKERS, ranking["ranker"]).train(nothing, pool, ranking.get("settings", {}), step=parts.silent)


def test_a_stack_with_an_unknown_part_is_refused(tmp_path):
    path = tmp_path / "odd.toml"
    path.write_text(TINY.replace("mentions.v1", "mentions.v7"))
    with pytest.raises(ValueError, match=r"odd\.toml: unknown part 'mentions\.v7'"):
        stacks.read(str(path))


@pytest.mark.long
def test_tags_are_proposed_from_the_shell_without_django(workshop):
    videos = workshop.folder / "new.jsonl"
    videos.write_text('{"id": 5, "title": "cooking 做饭"}\n')
    script = "import sys; from ml.__main__ import main; main(sys.argv[1:]); print('django' in sys.modules)"
    arguments = ["propose", workshop.folder / "first", videos, "--features", workshop.store.root]
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer, django = done.stdout.splitlines()
    assert django == "False"
    assert json.loads(answer)["id"] == 5
    assert json.loads(answer)["proposals"][0]["tag"] == COOKING
    assert {"confidence", "recallers", "evidence"} <= set(json.loads(answer)["proposals"][0])


def test_a_bundle_is_trained_and_evaluated_from_the_shell(workshop, capsys):
    features = ["--features", str(workshop.store.root)]
    out = workshop.folder / "from the shell"
    assert main(["train", str(workshop.snapshot), str(out), "--stack", workshop.stack, *features]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["evaluate", str(out), str(workshop.snapshot), *features]) == 0
    assert json.loads(capsys.readouterr().out)["gap"] == pytest.approx(told["gap"])


def test_the_shell_names_what_is_wrong(workshop, tmp_path, capsys):
    (tmp_path / "bad.jsonl").write_text("oops\n")
    assert main(["propose", str(workshop.folder / "first"), str(tmp_path / "bad.jsonl")]) == 1
    assert "bad.jsonl:1: not a video" in capsys.readouterr().err
    assert main(["train", str(tmp_path), str(tmp_path / "out")]) == 1
    assert "manifest.json is missing" in capsys.readouterr().err


def test_tables_are_read_without_torch():
    check = "import sys, ml.recall, ml.ranking, ml.modality, ml.bundle; assert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
