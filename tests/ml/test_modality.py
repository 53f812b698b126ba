"""The whole modality layer on real files: what is computed, what is found again, what is left out."""

import logging

import numpy as np
import pytest

from ml import media
from ml.feature_store import FeatureStore
from ml.modality import weights
from ml.modality.extraction import Modality
from ml.modality.extractor import MissingWeights
from ml.types import VideoInput
from tests.ml.media_files import make_clip
from tests.ml.test_extractors import make_backbone

STACK = {
    "text": {"extractor": "minilm.v1"},
    "frames": {"extractor": "timm.v1", "weights": "bundle"},
    "sound": {"extractor": "logmel.v1"},
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory) -> Modality:
    folder = tmp_path_factory.mktemp("bundle")
    make_backbone(folder / "frames")
    return Modality.build(STACK, folder, "cpu")


@pytest.fixture
def store(tmp_path) -> FeatureStore:
    return FeatureStore(tmp_path / "store")


def test_all_modalities_of_many_clips_in_order(stack, store, tmp_path):
    videos = [
        VideoInput(
            i, title=f"Clip {i}", media=make_clip(tmp_path / f"{i}.mp4", seconds=1 + i % 3, colour=(9 * i, 0, 0))
        )
        for i in range(12)
    ]

    features = stack.features(videos, store)

    assert [feature.video for feature in features] == videos
    assert [len(feature.frames) for feature in features] == [1 + i % 3 for i in range(12)]
    assert features[2].frame_times == pytest.approx([0, 1, 2], abs=0.2)
    assert all(feature.sound is not None for feature in features)
    assert np.linalg.norm(features[0].text) == pytest.approx(1, abs=1e-5)
    assert stack.dims == {"text": 384, "frames": 96, "sound": 128}


def test_a_second_look_touches_no_pixel(stack, store, tmp_path):
    path = make_clip(tmp_path / "clip.mp4", seconds=1)
    video = VideoInput(1, title="A ball", media=path, content_hash=media.content_hash(path))
    first = stack.features([video], store)[0]
    path.unlink()

    again = stack.features([video], store)[0]

    assert np.array_equal(first.frames, again.frames)
    assert stack.timings["decode"] == 0


def test_the_same_media_under_another_title_is_computed_once(stack, store, tmp_path):
    path = make_clip(tmp_path / "clip.mp4", seconds=1)

    one, other = stack.features([VideoInput(1, "A", media=path), VideoInput(2, "B", media=path)], store)

    assert one.frames is other.frames
    assert not np.array_equal(one.text, other.text)


def test_a_clip_without_sound_is_remembered_as_such(stack, store, tmp_path):
    path = make_clip(tmp_path / "mute.mp4", seconds=1, tone=None)

    features = stack.features([VideoInput(1, media=path)], store)[0]

    assert features.frames is not None
    assert features.sound is None
    assert store.get(media.content_hash(path), stack.names["sound"]) == {}


def test_broken_media_leave_the_text_and_a_reason_in_the_log(stack, store, tmp_path, caplog):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all")
    whole = make_clip(tmp_path / "whole.mp4", seconds=1)
    videos = [
        VideoInput(7, "Broken", media=broken),
        VideoInput(8, "Missing", media=tmp_path / "missing.mp4"),
        VideoInput(9, "Whole", media=whole),
    ]

    with caplog.at_level(logging.WARNING):
        features = stack.features(videos, store)

    assert [feature.frames is None for feature in features] == [True, True, False]
    assert all(feature.text is not None for feature in features)
    assert "video 7" in caplog.text
    assert "video 8" in caplog.text
    assert not store.has(media.content_hash(broken), stack.names["frames"])


def test_other_weights_have_another_name(stack, tmp_path):
    make_backbone(tmp_path / "frames", seed=1)
    retrained = Modality.build({"frames": STACK["frames"]}, tmp_path, "cpu")

    assert retrained.names["frames"] != stack.names["frames"]


def test_a_stack_goes_on_without_a_modality_whose_weights_are_missing(tmp_path, caplog):
    config = STACK | {"text": {"extractor": "minilm.v1", "weights": "nobody/nothing"}}

    stack = Modality.build(config, folder=None, device="cpu")

    assert stack.names == {"sound": "logmel.v1"}
    assert "without text" in caplog.text
    assert "without frames" in caplog.text
    assert stack.sentences(["a"]) is None


def test_missing_weights_say_what_to_do():
    with pytest.raises(MissingWeights, match=r"hf download nobody/nothing"):
        weights.locate("nobody/nothing")


def test_the_installed_wheel_is_found_by_its_hub_name():
    assert (weights.locate("sentence-transformers/all-MiniLM-L6-v2") / "tokenizer.json").is_file()


def test_a_local_folder_goes_first(tmp_path):
    (tmp_path / weights.FILE).touch()

    assert weights.locate(str(tmp_path)) == tmp_path


def test_sentences_lie_close_when_they_mean_the_same(stack):
    ball, game, rain, empty = stack.sentences(["a basketball game", "players throw a ball at a hoop", "heavy rain", ""])

    assert ball @ game > ball @ rain + 0.2
    assert not empty.any()
