"""Sounds heard otherwise: what is varied, hidden and mixed, in numbers worked out by hand."""

import math

import numpy as np
import pytest
import torch

from ml.modality import logmel, sound_variation
from ml.modality.sound_variation import Variation

EVERY = np.arange(200)  # frames of the clip are loud


def test_mixup_mixes_clips_and_tags_alike():
    bands, truth = torch.arange(3.0)[:, None, None].expand(3, 96, 64), torch.eye(3)

    mixed, said = sound_variation.mixed(bands, truth, 0.4, np.random.default_rng(0))

    assert torch.allclose(mixed[:, 0, 0], said @ torch.arange(3.0))
    assert torch.allclose(said.sum(1), torch.ones(3))


def test_masks_cover_one_stretch_of_time_and_one_of_bands():
    random = np.random.default_rng(0)
    bands = torch.randn(6, 192, 64)

    masked = sound_variation.masked(bands, Variation(longest_mask=40, widest_mask=9), random)

    for clip, before in zip(masked, bands, strict=True):
        hidden = clip != before
        times, columns = hidden.all(dim=1), hidden.all(dim=0)
        assert int(times.sum()) <= 40
        assert int(columns.sum()) <= 9
        assert torch.equal(hidden, times[:, None] | columns[None, :])


def test_variation_changes_tempo_pitch_and_loudness_and_never_falls_below_silence():
    bands = (np.arange(200)[:, None] + np.arange(64)[None]).astype(np.float32)
    still = {"gain": 0.0, "pitch": 0, "tempo": 0.0, "examples": 1}
    varied = lambda seed=3, **kw: sound_variation.varied(
        bands, EVERY, Variation(**still | kw), np.random.default_rng(seed)
    )

    assert np.unique((varied(gain=1.0) - varied()).round(4)).size == 1
    assert len(np.unique(np.diff(varied(tempo=0.4), axis=0))) > len(np.unique(np.diff(varied(), axis=0)))
    assert {float((varied(i, pitch=1) - varied(i))[5, 30]) for i in range(9)} == {-1.0, 0.0, 1.0}
    assert (
        sound_variation.varied(bands - 300, EVERY, Variation(), np.random.default_rng(0)).min() >= np.log(0.01) - 1e-6
    )


def test_a_window_goes_on_at_the_beginning():
    bands = np.arange(100, dtype=np.float32)[:, None].repeat(64, axis=1)

    assert sound_variation.window(bands, 90, 1)[:, 0].tolist() == [*range(90, 100), *range(86)]


def test_a_window_always_has_something_to_hear():
    bands = np.full((600, 64), np.log(0.01), np.float32)
    bands[250:260] = 2.0
    bands[400] = 2.0 - 5.0  # 43 dB less
    loud, plan = sound_variation.audible(bands), Variation(examples=1, tempo=0.1)
    heard = [sound_variation.varied(bands, loud, plan, np.random.default_rng(seed)) for seed in range(40)]

    assert loud.tolist() == [*range(250, 260)]
    assert all(window.max() > 0 for window in heard)
    assert len({int(window.max(axis=1).argmax()) // 24 for window in heard}) == 4  # early and late in the window


def test_in_a_silent_clip_any_frame_will_do():
    assert len(sound_variation.audible(np.full((96, 64), np.log(0.01), np.float16))) == 96


def make_tones(*amplitudes):
    """Clips of one example; the nth is a steady tone of so much magnitude in band n."""
    magnitudes = torch.zeros(len(amplitudes), logmel.EXAMPLE, logmel.BANDS)
    for i, amplitude in enumerate(amplitudes):
        magnitudes[i, :, i] = amplitude
    return (magnitudes + logmel.OFFSET).log()


def test_of_two_clips_played_together_the_louder_is_turned_down():
    own, rest = sound_variation.amplitudes(torch.tensor([4.0]), torch.tensor([1.0]), torch.tensor([0.5]))

    assert float(own) == pytest.approx(0.2 / math.sqrt(0.68))  # p = 1 / (1 + 4), and 0.2 ** 2 + 0.8 ** 2 = 0.68
    assert float(rest) == pytest.approx(0.8 / math.sqrt(0.68))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_all_or_nothing_is_one_clip_alone(share):
    own, rest = sound_variation.amplitudes(torch.tensor([4.0]), torch.tensor([1.0]), torch.tensor([share]))

    assert [float(own), float(rest)] == pytest.approx([share, 1 - share], abs=1e-6)


def test_a_clip_is_as_loud_as_its_loudest_frame():
    heard = torch.zeros(2, 3, 64)
    heard[0, 1, :2] = torch.tensor([3.0, 4.0])

    assert sound_variation.loudness(heard).tolist() == pytest.approx([5.0, sound_variation.FAINTEST])


def test_in_a_blend_each_clip_is_heard_as_much_as_its_tag_says():
    blend, said = sound_variation.blended(make_tones(8.0, 0.5), torch.eye(2), 1.0, np.random.default_rng(5))
    first, second = (blend[0, 0, :2].exp() - logmel.OFFSET).tolist()

    assert 0 < float(said[0, 1]) < 1  # another clip is in it
    assert first / second == pytest.approx(float(said[0, 0] / said[0, 1]), rel=1e-3)
    assert (first / 8.0) ** 2 + (second / 0.5) ** 2 == pytest.approx(1.0, rel=1e-3)
    assert blend[0, 0, 2:].numpy() == pytest.approx(np.log(logmel.OFFSET), abs=1e-5)


def test_clips_of_a_batch_are_blended_in_shares_of_their_own():
    _, said = sound_variation.blended(make_tones(*[1.0] * 6), torch.eye(6), 1.0, np.random.default_rng(0))

    assert torch.allclose(said.sum(1), torch.ones(6))
    assert len(np.unique(said.amax(1).numpy().round(4))) >= 4


def test_only_so_many_clips_as_said_are_blended():
    _, said = sound_variation.blended(make_tones(*[1.0] * 60), torch.eye(60), 0.3, np.random.default_rng(0))

    assert 0.15 < float((said.amax(1) < 1).float().mean()) < 0.45


def test_blending_takes_the_place_of_mixup():
    bands, truth = make_tones(8.0, 0.5), torch.eye(2)
    heard = lambda **kw: sound_variation.together(bands, truth, Variation(**kw), np.random.default_rng(0))[0]

    assert torch.equal(heard(mixing=0.0), bands)
    assert torch.equal(heard(mixing=0.4, blending=1.0), heard(mixing=0.0, blending=1.0))
    assert not torch.equal(heard(mixing=0.4), heard(blending=1.0))
