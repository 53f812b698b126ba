"""Modalities to one vector: low-rank and central fusion against their formulas."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from ml.layers.centralnet import Central, CentralConfig, CentralNet, central_loss
from ml.layers.fusion import KINDS, Fusion, FusionConfig
from ml.layers.grams import GramTable
from ml.layers.inputs import Inputs, widths
from ml.layers.low_rank_fusion import LowRankConfig, LowRankFusion
from tests.ml.layer_checks import overfits, parameters, reloaded
from tests.ml.stack_data import make_features

WIDTHS = {"text": 3, "frames": 4, "sound": 2}


def vectors(videos: int = 5, seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.randn(videos, width, generator=generator) for name, width in WIDTHS.items()}


def present(videos: int = 5, **missing: int) -> dict[str, torch.Tensor]:
    """Everybody has everything, but video `sound=2` has no sound."""
    masks = {name: torch.ones(videos, 1, dtype=torch.bool) for name in WIDTHS}
    for name, video in missing.items():
        masks[name][video] = False
    return masks


def low_rank(widths=None, out: int = 6, rank: int = 3) -> LowRankFusion:
    torch.manual_seed(1)
    return LowRankFusion(LowRankConfig(widths or WIDTHS, out, rank))


def test_low_rank_fusion_is_the_full_tensor_product():
    model, given = low_rank().double(), {n: v.double() for n, v in vectors().items()}
    whole = sum(
        model.mix[0, r] * torch.einsum("io,jo,ko->ijko", *(f[r] for f in model.factors.values())) for r in range(3)
    )
    one = [torch.cat([torch.ones(5, 1), v], dim=1).double() for v in (given[n] for n in model.factors)]
    expected = torch.einsum("vi,vj,vk,ijko->vo", *one, whole) + model.bias
    torch.testing.assert_close(model(given, present()), expected, rtol=1e-12, atol=1e-12)


def test_without_a_modality_low_rank_fusion_is_that_of_the_others():
    model, given = low_rank(), vectors()
    lower = low_rank({n: w for n, w in WIDTHS.items() if n != "sound"})
    with torch.no_grad():
        for name in lower.factors:
            lower.factors[name].copy_(model.factors[name])
        # the row of the 1 stays as a weight of each rank and output; taken into one of the other factors it is exact
        lower.factors["text"] *= model.factors["sound"][:, :1]
        lower.mix.copy_(model.mix)
    torch.testing.assert_close(model(given, present(sound=2))[2], lower(given, present())[2])
    assert not torch.allclose(model(given, present())[2], lower(given, present())[2])


def test_low_rank_fusion_has_as_many_weights_as_its_formula_says():
    assert parameters(low_rank()) == 3 * 6 * ((3 + 1) + (4 + 1) + (2 + 1)) + 3 + 6


def test_five_modalities_stay_finite():
    widths = {str(i): 50 for i in range(5)}
    model = low_rank(widths, out=32, rank=8)
    answer = model({n: torch.randn(64, 50) for n in widths}, {n: torch.ones(64, 1, dtype=torch.bool) for n in widths})
    assert answer.abs().max() < 1e4
    assert answer.std() > 1e-3


def central(**kw) -> CentralNet:
    torch.manual_seed(2)
    return CentralNet(CentralConfig(WIDTHS, **({"out": 4, "hidden": 5, "depth": 2, "dropout": 0.0} | kw)))


def test_the_central_network_follows_its_formula():
    model, given = central().eval(), vectors()
    with torch.no_grad():
        model.weights["text"].copy_(torch.tensor([2.0, 0.5]))
        model.keep.fill_(0.25)
    gelu = lambda layer, x: F.gelu(x @ layer[0].weight.T + layer[0].bias)
    first = {n: gelu(model.own[n][0], given[n]) for n in WIDTHS}
    second = {n: gelu(model.own[n][1], first[n]) for n in WIDTHS}
    c = gelu(model.central[0], 2.0 * first["text"] + first["frames"] + first["sound"])
    c = gelu(model.central[1], 0.5 * second["text"] + second["frames"] + second["sound"] + 0.25 * c)
    output = model(given, present())
    torch.testing.assert_close(output.fused, model.head(c))
    torch.testing.assert_close(output.own["sound"], model.own_heads["sound"](second["sound"]))


def test_what_lies_in_a_missing_modality_does_not_reach_the_centre():
    model, given = central().eval(), vectors()
    other = given | {"sound": torch.full((5, 2), torch.nan)}
    masks = present(sound=2)
    torch.testing.assert_close(model(other, masks).fused[2], model(given, masks).fused[2])


def test_the_central_loss_judges_each_modality_where_it_is():
    output = Central(torch.tensor([[1.0], [3.0]]), {"text": torch.tensor([[5.0], [torch.inf]])})
    masks = {"text": torch.tensor([[True], [False]])}
    assert central_loss(output, masks, lambda values: values[:, 0]).item() == 2.0 + 5.0


def test_the_central_network_learns_one_batch_by_heart_and_keeps_its_bits(tmp_path):
    model, given, masks = central(), vectors(4), present(4)
    target = torch.arange(4)
    loss = lambda: central_loss(
        model(given, masks), masks, lambda logits: F.cross_entropy(logits, target, reduction="none")
    )
    assert overfits(model, loss, steps=200) < 0.2
    assert torch.equal(reloaded(model, central(), tmp_path)(given, masks).fused, model(given, masks).fused)


def test_low_rank_fusion_learns_one_batch_by_heart_and_keeps_its_bits(tmp_path):
    model, given, masks = low_rank(out=5), vectors(5), present()
    assert overfits(model, lambda: F.cross_entropy(model(given, masks), torch.arange(5))) < 0.05
    assert torch.equal(reloaded(model, low_rank(out=5), tmp_path)(given, masks), model(given, masks))


@pytest.mark.parametrize("kind", KINDS)
def test_in_every_fusion_a_hidden_modality_is_as_good_as_a_missing_one(kind):
    torch.manual_seed(3)
    features = [make_features(1), make_features(1, sound=False)]
    shape = widths(features)
    model = Fusion(FusionConfig(shape, dim=8, kind=kind)).eval()
    inputs = Inputs.collate(features, shape, GramTable.count([]))
    whole, lacking = model(inputs)
    assert not torch.allclose(whole, lacking)
    np.testing.assert_allclose(model(inputs.without("sound"))[0].detach(), lacking.detach(), rtol=1e-4, atol=1e-5)
    assert set(model.joined(inputs).own) == (set(shape) if kind == "central" else set())


def test_an_unknown_fusion_is_refused():
    with pytest.raises(ValueError, match="unknown fusion 'sum'; known: concat, low_rank, central"):
        FusionConfig(kind="sum")
