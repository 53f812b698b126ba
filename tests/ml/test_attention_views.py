"""Attention cropping and dropping (WS-DAN) against maps drawn by hand and sums in numpy."""

import numpy as np
import pytest
import torch

from ml.layers import attention_views
from ml.layers.attention_views import box, cropped, drawn, dropped
from ml.layers.bilinear_attention import SCALE, AttentionCentres, BilinearAttention, pooled
from ml.modality.attention_training import AttentionTagger, views
from ml.modality.frames import network
from tests.ml.layer_checks import overfits, reloaded


def make_map(value=1.0, size=20):
    """Nothing but a hot spot of 3 x 3 from row 5, column 8 on."""
    attention = torch.zeros(size, size)
    attention[5:8, 8:11] = value
    return attention


def test_a_hot_spot_gives_exactly_its_box():
    assert box(make_map(), 0.5) == (5, 8, 8, 11)
    assert box(make_map(0.001), 0.5) == (5, 8, 8, 11)


def test_the_box_is_padded_by_a_share_of_the_side_and_ends_at_the_border():
    assert box(make_map(), 0.5, padding=0.1) == (3, 10, 6, 13)
    assert box(make_map(), 0.5, padding=0.4) == (0, 16, 0, 19)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_map_that_is_the_same_everywhere_gives_the_whole_picture(value):
    flat, pixels = torch.full((1, 20, 20), value), torch.randn(1, 3, 20, 20)

    assert box(flat[0], 0.5) == (0, 20, 0, 20)
    assert torch.equal(cropped(pixels, flat, torch.tensor([0.5])), pixels)
    assert torch.equal(dropped(pixels, flat, torch.tensor([0.3])), pixels)


def test_a_single_hot_pixel_is_a_box_too():
    attention = torch.zeros(20, 20)
    attention[19, 0] = 1.0

    assert box(attention, 0.6) == (19, 20, 0, 1)
    assert cropped(torch.randn(1, 3, 20, 20), attention[None], torch.tensor([0.6])).shape == (1, 3, 20, 20)


def test_a_crop_shows_the_hot_spot_and_nothing_else():
    pixels = make_map()[None, None].repeat(1, 3, 1, 1) * 7

    near = cropped(pixels, make_map()[None], torch.tensor([0.5]), padding=0.0)

    assert near.shape == pixels.shape
    assert torch.allclose(near, torch.full_like(pixels, 7.0))


def test_dropping_zeroes_exactly_the_hot_pixels():
    pixels = torch.randn(2, 3, 20, 20)

    rest = dropped(pixels, torch.stack([make_map(), make_map(9.0)]), torch.tensor([0.2, 0.5]))

    hot = make_map().bool()
    assert (rest[..., hot] == 0).all()
    assert torch.equal(rest[..., ~hot], pixels[..., ~hot])


def test_small_maps_are_enlarged_to_the_picture():
    small = torch.zeros(1, 4, 4)
    small[0, 0, 0] = 1.0

    top, bottom, left, right = box(attention_views.enlarged(small, torch.Size((32, 32)))[0], 0.5)

    assert (top, left) == (0, 0)
    assert 8 <= bottom == right <= 12  # half way between the centres of the first two cells


def test_one_map_of_each_picture_is_drawn():
    maps = torch.arange(4.0)[None, :, None, None].expand(50, 4, 2, 2)

    chosen = drawn(maps, torch.Generator().manual_seed(0))[:, 0, 0]

    assert set(chosen.tolist()) == {0.0, 1.0, 2.0, 3.0}


def test_pooling_is_that_of_the_definition():
    maps, features = torch.rand(2, 3, 4, 5), torch.randn(2, 6, 4, 5)

    expected = []
    for a, f in zip(maps.numpy(), features.numpy(), strict=True):
        parts = np.concatenate([[(a[k] * f[c]).mean() for c in range(6)] for k in range(3)])
        rooted = np.sign(parts) * np.sqrt(np.abs(parts) + 1e-12)
        expected.append(rooted / np.linalg.norm(rooted))

    assert pooled(maps, features).numpy() == pytest.approx(np.array(expected), abs=1e-5)


def test_parts_have_length_one_and_maps_are_not_negative():
    maps, parts = BilinearAttention(6, 4)(torch.randn(3, 6, 5, 5))

    assert maps.shape == (3, 4, 5, 5)
    assert (maps >= 0).all()
    assert torch.allclose(parts.norm(dim=-1), torch.ones(3))


def test_a_centre_follows_the_parts_of_its_tag():
    centres, parts = AttentionCentres(2, 2), torch.tensor([[1.0, 0.0]])
    said = torch.tensor([[1.0, 0.0]])
    centres.follow(parts, said)
    assert centres.centres.tolist() == [[pytest.approx(0.05), 0.0], [0.0, 0.0]]

    other = torch.tensor([[0.0, 1.0]])
    centres.follow(other, said)

    # c <- c + 0.05 (P - c / |c|)
    assert centres.centres[0].tolist() == pytest.approx([0.05 - 0.05, 0.05])


def test_the_distance_is_from_the_direction_of_the_centres():
    centres = AttentionCentres(3, 2)
    centres.centres.copy_(torch.tensor([[0.1, 0.0], [0.0, 5.0], [1.0, 1.0]]))
    parts = torch.tensor([[0.6, 0.8], [1.0, 0.0], [1.0, 0.0]])
    said = torch.tensor([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])

    # first: 0.4^2 + 0.8^2 = 0.8 and 0.6^2 + 0.2^2 = 0.4, their mean 0.6; second: 0; the third has no tag
    assert float(centres(parts, said)) == pytest.approx(0.6 / 2, abs=1e-6)


def make_tagger(tags=3):
    torch.manual_seed(0)
    return AttentionTagger(network("test_resnet"), tags, 64, maps=4)


def test_no_gradient_flows_into_the_views():
    pixels = torch.randn(2, 3, 32, 32, requires_grad=True)
    maps = torch.rand(2, 4, 2, 2, requires_grad=True)

    near, rest = views(pixels, maps, torch.Generator().manual_seed(0))

    assert not near.requires_grad
    assert not rest.requires_grad


def test_the_loss_is_that_of_three_views_and_the_centres():
    tagger, target = make_tagger(), torch.eye(3)
    pixels = torch.randn(3, 3, 64, 64)
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    draw = lambda: torch.Generator().manual_seed(5)
    tagger.eval()

    with torch.no_grad():
        looked = tagger(pixels)
        seen = [looked, *map(tagger, views(pixels, looked.maps, draw()))]
        expected = sum(bce(look.logits, target) for look in seen) + 1.0  # parts of length 1 from centres at 0

        assert float(tagger.loss(pixels, target, None, draw())) == pytest.approx(float(expected), abs=1e-5)
        assert torch.equal(looked.logits, tagger.head(SCALE * looked.parts))


def test_it_learns_a_batch_by_heart_and_survives_a_file(tmp_path):
    tagger, target = make_tagger(), torch.eye(3)
    pixels = torch.randn(3, 3, 32, 32)
    draw = torch.Generator().manual_seed(0)

    overfits(tagger, lambda: tagger.loss(pixels, target, None, draw), 15, 5e-3)

    assert (tagger.judged(pixels).argmax(1) == torch.arange(3)).all()
    again = reloaded(tagger, make_tagger(), tmp_path)
    assert torch.equal(again.judged(pixels), tagger.judged(pixels))


def test_a_backbone_without_maps_is_refused():
    with pytest.raises(ValueError, match="convolutional backbone"):
        AttentionTagger(network("test_vit"), 3, 160)
