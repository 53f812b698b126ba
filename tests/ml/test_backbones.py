"""The backbones that stacks may name: built by timm, given the pictures that they were trained on."""

import numpy as np
import pytest
import torch

from ml.layers import backbone
from ml.layers.backbone import BackboneConfig, network, normalised

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


@pytest.mark.parametrize(
    ("model", "size", "colours", "dim"),
    [
        ("resnet50", 224, IMAGENET, 2048),
        ("inception_v3", 299, HALF, 2048),
        ("legacy_xception", 299, HALF, 2048),
        ("efficientnet_b0", 224, IMAGENET, 1280),
        ("resnetv2_50x1_bit", 224, HALF, 2048),
    ],
)
def test_published_backbones_get_the_pictures_they_were_trained_on(model, size, colours, dim):
    config = BackboneConfig.of(model)
    with torch.device("meta"):  # shapes without memory or arithmetic
        rows = network(model).eval()(torch.zeros(2, 3, config.size, config.size))

    assert (config.size, (config.mean, config.std)) == (size, colours)
    assert rows.shape == (2, dim)


def test_pixels_are_centred_and_scaled_as_the_config_says():
    config = BackboneConfig("test_resnet", 2, (0.1, 0.2, 0.3), (0.5, 0.25, 1.0))
    frames = np.array([[[[0, 51, 255]] * 2] * 2], np.uint8)

    pixels = normalised(frames, config, "cpu")

    assert pixels.shape == (1, 3, 2, 2)
    assert pixels[0, :, 1, 0].tolist() == pytest.approx([-0.1 / 0.5, 0.0, 0.7], abs=1e-6)


def test_a_batch_changes_no_row():
    torch.manual_seed(0)
    model, pixels = network("test_resnet").eval(), torch.randn(4, 3, 64, 64)

    with torch.inference_mode():
        assert torch.allclose(model(pixels[:1]), model(pixels)[:1], atol=1e-4)


def test_an_unknown_model_is_named():
    with pytest.raises(ValueError, match="knows no model 'resnet51'"):
        BackboneConfig.of("resnet51")


def test_a_backbone_starts_from_a_folder_of_its_own_model_only(tmp_path):
    torch.manual_seed(0)
    model = network("test_resnet")
    backbone.save(model, BackboneConfig.of("test_resnet", 64), tmp_path / "kept")
    fresh = network("test_resnet")

    assert backbone.start(fresh, "test_resnet", tmp_path / "kept")
    assert all(torch.equal(a, b) for a, b in zip(fresh.parameters(), model.parameters(), strict=True))
    assert not backbone.start(network("test_vit"), "test_vit", tmp_path / "kept")
