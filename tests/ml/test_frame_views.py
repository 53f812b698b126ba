"""Random views of pictures: what each change does, and what it leaves alone."""

import pytest
import torch

from ml.pretraining import frame_views
from ml.pretraining.frame_views import blurred, borders, coloured, cropped, grey, logos, turned, viewed


def make_pictures(count=6, size=24):
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(1))


def draw(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def always(monkeypatch):
    """Every change hits every picture."""
    monkeypatch.setattr(frame_views, "SHARES", dict.fromkeys(frame_views.SHARES, 1.0))


def test_the_same_draw_gives_the_same_views_and_another_one_others():
    pictures = make_pictures()

    assert torch.equal(viewed(pictures, draw()), viewed(pictures, draw()))
    assert not torch.equal(viewed(pictures, draw()), viewed(pictures, draw(1)))
    assert viewed(pictures, draw()).shape == pictures.shape


def test_borders_are_black_bars_on_two_opposite_sides(always):
    for before, after in zip(pictures := make_pictures(20), borders(pictures, draw()), strict=True):
        hidden = (after == 0).all(dim=0)
        rows, columns = hidden.all(dim=1), hidden.all(dim=0)
        assert bool(rows.any()) != bool(columns.any())
        bar = rows if rows.any() else columns
        assert bar[0]
        assert bar.equal(bar.flip(0))
        assert int(bar.sum()) <= 24 * 2 * frame_views.WIDEST_BORDER
        assert torch.equal(after[:, ~hidden], before[:, ~hidden])


def test_a_logo_is_a_rectangle_of_one_colour_in_a_corner(always):
    corners = set()
    for before, after in zip(pictures := make_pictures(40), logos(pictures, draw()), strict=True):
        hidden = (after != before).any(dim=0)
        down, right = torch.nonzero(hidden.any(dim=1)).flatten(), torch.nonzero(hidden.any(dim=0)).flatten()
        assert int(hidden.sum()) == len(down) * len(right)
        assert after[:, hidden].unique(dim=1).shape == (3, 1)
        assert max(len(down), len(right)) <= 24 * frame_views.LARGEST_LOGO + 1
        corners.add((bool(down[0] < 12), bool(right[0] < 12)))
    assert len(corners) == 4


def test_shares_say_how_many_pictures_are_changed():
    pictures = make_pictures(400, 8)

    changed = (borders(pictures, draw()) != pictures).any(3).any(2).any(1)

    assert float(changed.float().mean()) == pytest.approx(frame_views.SHARES["border"], abs=0.07)


def test_a_crop_of_one_colour_is_that_colour():
    flat = torch.full((3, 3, 16, 16), 0.4)

    assert torch.allclose(cropped(flat, draw()), flat)


def test_grey_is_luminance():
    picture = torch.tensor([0.2, 0.5, 1.0])[None, :, None, None].expand(1, 3, 2, 2)

    assert torch.allclose(grey(picture), torch.full((1, 3, 2, 2), 0.299 * 0.2 + 0.587 * 0.5 + 0.114))


def test_a_third_of_the_circle_turns_red_to_green_and_leaves_grey():
    red, flat = torch.tensor([1.0, 0.0, 0.0]), torch.full((3,), 0.6)
    picture = torch.stack([red, flat])[:, :, None, None]

    turned_ = turned(picture, torch.tensor([1 / 3, 1 / 3]))[:, :, 0, 0]

    assert torch.allclose(turned_, torch.tensor([[0.0, 1.0, 0.0], [0.6, 0.6, 0.6]]), atol=1e-6)


def test_colours_stay_between_black_and_white():
    after = coloured(make_pictures(), draw())

    assert after.min() >= 0
    assert after.max() <= 1


def test_blur_keeps_the_sum_of_a_point_and_spreads_it():
    point = torch.zeros(1, 3, 113, 113)
    point[..., 56, 56] = 1.0

    after = blurred(point.repeat(8, 1, 1, 1), draw())

    assert torch.allclose(after.sum((2, 3)), torch.ones(8, 3), atol=1e-5)
    assert float(after.amax((2, 3)).min()) < 0.99
