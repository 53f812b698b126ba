"""The whole stack on real clips: pictures and sound are decoded, learned from and named as reasons."""

import json
from pathlib import Path

import pytest

from ml.feature_store import FeatureStore
from ml.pipeline import Pipeline
from ml.training import loop
from ml.types import VideoInput
from tests.ml import odd_input
from tests.ml.media_files import make_clip
from tests.ml.stack_data import COOKING, STAR, make_snapshot, seal_snapshot

pytestmark = pytest.mark.long

STACK = """
name = "seeing"
folds = 2
calibration_videos = 50
[modality.frames]
extractor = "timm.v1"
model = "test_resnet"
size = 32
weights = "bundle"
training = { epochs = 15, batch = 8 }
[modality.sound]
extractor = "vggish.v1"
narrow = 16
training = { steps = 20, epochs = 1, batch = 8, examples = 1 }
[modality.texture]
extractor = "texture.v1"
[recall."visual_similarity.v1"]
candidates = 4
[recall."sound_similarity.v1"]
candidates = 4
[recall."sound_classifier.v1"]
candidates = 4
[recall."fused_similarity.v1"]
candidates = 4
[recall."classifier.v1"]
candidates = 4
settings = { dim = 16, epochs = 1, least_steps = 60, dropout = 0.0 }
[ranking]
ranker = "contrastive.v1"
calibrator = "logistic.v1"
settings = { dim = 16, epochs = 1, least_steps = 60 }
"""
HEARD_AND_SEEN = {"visual_similarity.v1", "sound_similarity.v1", "sound_classifier.v1"}
KINDS = [(COOKING, (220, 60, 20), 300.0), (STAR, (10, 10, 60), 3000.0)]


def clip(folder: Path, i: int) -> Path:
    _, colour, tone = KINDS[i % 2]
    # A little of each differs, so that no two clips are the same upload.
    return make_clip(folder / f"{i}.mp4", 2, (64, 48), 6, tone + 20 * i, tuple(part + i for part in colour))


def clip_snapshot(folder: Path) -> Path:
    """Twelve clips of two kinds and a broken one."""
    snapshot = make_snapshot(folder, videos=1)
    splits = ["train"] * 8 + ["dev"] * 2 + ["test"] * 2
    rows = [
        {"id": i, "media": clip(snapshot, i).name, "tags": [KINDS[i % 2][0]], "split": split}
        for i, split in enumerate(splits)
    ]
    (snapshot / "broken.mp4").write_bytes(b"no clip at all")
    rows.append({"id": 99, "media": "broken.mp4", "tags": [STAR], "split": "train"})
    (snapshot / "videos.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    seal_snapshot(snapshot)
    return snapshot


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    (folder / "stack.toml").write_text(STACK)
    snapshot = clip_snapshot(folder / "snapshot")
    loop.train(snapshot, folder / "first", store=FeatureStore(folder / "store"), stack=str(folder / "stack.toml"))
    return folder


def test_new_clips_are_tagged_by_their_pictures_and_sound(workshop):
    pipeline = Pipeline.load(workshop / "first", FeatureStore(workshop / "store"))
    videos = [VideoInput(500 + i, media=clip(workshop, 20 + i)) for i in range(2)]
    for (tag, _, _), proposals in zip(KINDS, pipeline.propose(videos), strict=True):
        assert proposals[0].tag == tag
        assert set(proposals[0].recallers) >= HEARD_AND_SEEN
        assert proposals[0].evidence.similar
    moments = [p.evidence.moment for answer in pipeline.propose(videos) for p in answer if p.evidence.moment]
    assert moments
    assert all(0 <= start < end <= 3 for start, end in moments)
    assert pipeline.timings["decode"] == 0.0  # the second time the features were there already


@pytest.fixture(scope="module")
def pipeline(workshop):
    return Pipeline.load(workshop / "first", FeatureStore(workshop / "store"))


@pytest.mark.parametrize("kind", sorted(odd_input.CLIPS))
def test_an_odd_clip_gives_what_is_left_of_it_and_the_batch_goes_on(workshop, pipeline, kind):
    make, left = odd_input.CLIPS[kind]
    (folder := workshop / "odd").mkdir(exist_ok=True)
    good = VideoInput(600, media=clip(workshop, 30))
    odd = VideoInput(601, media=make(folder / kind.replace(" ", "-")))

    features = pipeline.modality.features([odd], pipeline.store)[0]
    alone, answers = pipeline.propose([good])[0], pipeline.propose([good, odd, good])

    assert {name for name in ("frames", "sound") if getattr(features, name) is not None} == left
    for answer in (answers[0], answers[2]):
        assert [p.tag for p in answer] == [p.tag for p in alone]
        assert [p.confidence for p in answer] == pytest.approx([p.confidence for p in alone], abs=1e-5)
    assert all(0 <= proposal.confidence <= 1 for proposal in answers[1])
    assert bool(answers[1]) >= bool(left)


def test_what_the_stack_does_without_is_noted(workshop):
    notes = json.loads((workshop / "first" / "metrics.json").read_text())["notes"]
    assert "fused_similarity.v1 is left out: there is no text." in notes


def test_a_warm_start_keeps_the_trained_extractors(workshop):
    store, stack = FeatureStore(workshop / "store"), str(workshop / "stack.toml")
    loop.train(workshop / "snapshot", workshop / "second", store=store, stack=stack, warm=workshop / "first")
    for modality in ("frames", "sound"):
        former, latter = (workshop / name / f"modality/{modality}/model.safetensors" for name in ("first", "second"))
        assert former.read_bytes() == latter.read_bytes()
