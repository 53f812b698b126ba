"""CLIP's image tower, a tiny one made on the spot."""

import json
import logging

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import CLIPModel

from ml.modality import clip, weights
from ml.modality.clip import ClipExtractor
from ml.modality.extraction import Modality
from ml.modality.extractor import Material, MissingWeights
from ml.training import stacks
from tests.ml.test_extractors import make_clip_model, make_material


@pytest.fixture
def folder(tmp_path):
    return make_clip_model(tmp_path / "clip")


def test_rows_are_the_projected_pictures_at_length_one(folder):
    frames = make_material(2).frames
    pixels = (frames / 255 - np.array(clip.MEAN)) / np.array(clip.STD)
    whole = CLIPModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        seen = whole.vision_model(pixel_values=torch.from_numpy(pixels).permute(0, 3, 1, 2).float()).pooler_output
        expected = whole.visual_projection(seen).numpy()

    rows = ClipExtractor.build({"weights": str(folder)}, None, "cpu").extract([Material(frames=frames)])[0]["frames"]

    assert rows == pytest.approx(expected / np.linalg.norm(expected, axis=1, keepdims=True), abs=1e-5)


def test_the_preprocessor_says_what_colours_it_expects(folder):
    (folder / "preprocessor_config.json").write_text(json.dumps({"image_mean": [0.5] * 3, "image_std": [0.25] * 3}))

    extractor = ClipExtractor.build({"weights": str(folder), "fps": 2.0}, None, "cpu")

    assert (extractor.config.mean, extractor.config.std) == ((0.5,) * 3, (0.25,) * 3)
    assert extractor.decoding == {"size": 64, "fps": 2.0}


def test_a_stack_goes_on_without_a_tower_that_cannot_be_had(caplog):
    sections = {
        "frames": {"extractor": "clip.v1", "weights": "nobody/no-such-clip"},
        "sound": {"extractor": "logmel.v1"},
    }

    with caplog.at_level(logging.WARNING):
        stack = Modality.build(sections, None, "cpu")

    assert list(stack.names) == ["sound"]
    assert "without frames" in caplog.text
    assert "hf download nobody/no-such-clip" in caplog.text


def test_the_large_stack_sees_through_clip_where_its_weights_are(folder, monkeypatch):
    section = stacks.read("large")["modality"]["frames"]
    assert (
        Modality.build({"frames": section | {"weights": str(folder)}}, None, "cpu")
        .names["frames"]
        .startswith("clip.v1")
    )

    monkeypatch.setattr(weights, "try_to_load_from_cache", lambda name, file: None)
    assert f"hf download {section['weights']}" in Modality.build({"frames": section}, None, "cpu").missing["frames"]


def test_weights_that_lack_a_part_are_refused(folder):
    file = folder / "model.safetensors"
    kept = {name: tensor for name, tensor in load_file(file).items() if name != "visual_projection.weight"}
    save_file(kept, file, metadata={"format": "pt"})

    with pytest.raises(MissingWeights, match=r"lacks visual_projection\.weight"):
        ClipExtractor.build({"weights": str(folder)}, None, "cpu")


def test_a_damaged_folder_is_told(folder):
    (folder / "config.json").write_text("{")

    with pytest.raises(MissingWeights, match="no CLIP that can be read"):
        ClipExtractor.build({"weights": str(folder)}, None, "cpu")
