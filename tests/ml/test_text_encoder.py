"""The text encoder: convolutions, attention and n-grams against their formulas."""

import numpy as np
import torch
import torch.nn.functional as F
from scipy import sparse

from ml.layers import word_pieces
from ml.layers.text_encoder import TextEncoder, TextEncoderConfig
from ml.layers.tokens import TokenTable, tokens
from tests.ml.layer_checks import overfits, parameters, reloaded


def encoder(**kw) -> TextEncoder:
    torch.manual_seed(1)
    config = {"tokens": 12, "out": 3, "width": 4, "kernels": (2, 3), "channels": 5, "dropout": 0.0, "grams": 6}
    return TextEncoder(TextEncoderConfig(**(config | kw))).eval()


TEXTS = torch.tensor([[2, 3, 4, 5, 0], [6, 7, 0, 0, 0], [8, 9, 10, 11, 2]])
GRAMS = sparse.csr_matrix(np.array([[1, 0, 0, 2, 0, 0], [0] * 6, [0, 0, 0.5, 0, 0, 0]], dtype=np.float32))


def test_tokens_are_words_or_characters_by_script():
    assert tokens("Don't stop, ＣＡＴ看球赛２!") == ["don't", "stop", ",", "cat", "看", "球", "赛", "2", "!"]


def test_a_table_keeps_the_commonest_tokens_and_knows_what_it_does_not_know():
    table = TokenTable.count([["a", "b"], ["a", "c"], ["a", "b"]], at_least=2)
    rows, mask = table.encode([["b", "x", "a"], [], ["a"] * 9], longest=4)
    assert rows.tolist() == [[3, 1, 2, 0], [0] * 4, [2] * 4]
    assert mask.sum().item() == 7
    assert len(table) == 4


def test_the_encoder_follows_its_formula():
    model = encoder()
    w = {name: tensor.double().numpy() for name, tensor in model.state_dict().items()}
    pooled = []
    embedded = w["embed.weight"][[2, 3, 4, 5]]
    for number, kernel in enumerate((2, 3)):
        rows = np.pad(embedded, ((kernel - 1, kernel - 1), (0, 0)))
        windows = [rows[i : i + kernel].T for i in range(len(rows) - kernel + 1)]  # (width, kernel) each
        weight, bias = w[f"maps.{number}.weight"], w[f"maps.{number}.bias"]
        found = np.array([np.maximum(np.einsum("cwk,wk->c", weight, window) + bias, 0) for window in windows])
        e = np.exp(found @ w[f"scores.{number}.weight"][0])
        pooled += [found.max(axis=0), (e / e.sum()) @ found]
    expected = np.concatenate(pooled) @ w["head.weight"].T + w["head.bias"]
    np.testing.assert_allclose(model(TEXTS, TEXTS != 0)[0].detach().numpy(), expected, rtol=1e-4, atol=1e-6)


def test_the_bag_is_added_to_the_outputs():
    model = encoder()
    with torch.no_grad():
        model.wide.weight.copy_(torch.arange(18.0).reshape(6, 3))
    plain, whole = model(TEXTS, TEXTS != 0), model(TEXTS, TEXTS != 0, GRAMS)
    expected = torch.tensor([[18.0, 21.0, 24.0], [0.0, 0.0, 0.0], [3.0, 3.5, 4.0]])
    torch.testing.assert_close(whole - plain, expected)


def test_padding_changes_nothing():
    model = encoder()
    padded = F.pad(TEXTS, (0, 7))
    torch.testing.assert_close(model(padded, padded != 0), model(TEXTS, TEXTS != 0))
    rubbish = torch.where(padded == 0, 5, padded)
    torch.testing.assert_close(model(rubbish, padded != 0), model(TEXTS, TEXTS != 0))


def test_a_text_without_tokens_gives_the_bias():
    model = encoder()
    empty = torch.zeros(1, 1, dtype=torch.long)
    torch.testing.assert_close(model(empty, empty != 0), model.head.bias[None])


def test_it_has_as_many_weights_as_its_formula_says():
    assert parameters(encoder()) == 12 * 4 + (4 * 2 * 5 + 5) + (4 * 3 * 5 + 5) + 2 * 5 + (20 * 3 + 3) + 6 * 3
    assert parameters(encoder(attention=False, grams=0)) == 12 * 4 + 45 + 65 + (10 * 3 + 3)


def test_it_learns_one_batch_by_heart_and_keeps_its_bits(tmp_path):
    model = encoder(token_dropout=0.1, wide_dropout=0.1)
    assert overfits(model, lambda: F.cross_entropy(model(TEXTS, TEXTS != 0, GRAMS), torch.arange(3)), 60) < 0.05
    again = reloaded(model, encoder(), tmp_path)
    assert torch.equal(again(TEXTS, TEXTS != 0, GRAMS), model(TEXTS, TEXTS != 0, GRAMS))


def test_the_places_of_a_sum_make_up_the_sum():
    model = encoder(kernels=(1,), grams=0)
    weights = model.head.weight.expand(3, -1, -1)

    places = model.places(TEXTS, TEXTS != 0, weights)

    assert places.shape == (3, 3, 5)
    torch.testing.assert_close(places.sum(-1), model(TEXTS, TEXTS != 0) - model.head.bias)
    assert not places[1, :, 2:].any()  # padding says nothing


def test_a_place_shares_with_the_tokens_of_its_window():
    model = encoder(kernels=(2,), channels=1, attention=False, grams=0)
    with torch.no_grad():
        model.maps[0].weight.zero_()
        model.maps[0].bias.zero_()
        model.embed.weight.zero_()
        model.embed.weight[4, 0] = 1.0
        model.maps[0].weight[0, 0, 1] = 6.0  # fires where token 4 is the second of its window

    places = model.places(torch.tensor([[3, 4, 5]]), torch.ones(1, 3, dtype=torch.bool), torch.ones(1, 1, 1))

    assert places[0, 0].tolist() == [3.0, 3.0, 0.0]


def test_words_are_cut_into_pieces_with_their_ends():
    ends = word_pieces.pieces("cat", 1000)

    assert len(ends) == 5  # <ca cat at> <cat cat>
    assert word_pieces.pieces("cats", 1000)[:2] == ends[:2]
    rows = word_pieces.encode([["cat", "a"], []], 3, 1000)
    assert rows.shape == (2, 3, 5)
    assert rows[0, 0].tolist() == list(ends)
    assert not rows[1].any()
    assert (rows[0, 1] > 0).sum() == 2  # <a> twice: three letters, and all there is of four


def test_a_word_is_its_row_and_the_mean_of_its_pieces():
    plain, model = encoder(grams=0), encoder(grams=0, pieces=50)
    with torch.no_grad():
        for name, tensor in plain.state_dict().items():
            model.state_dict()[name].copy_(tensor)
        model.pieces.weight.fill_(0.5)
        model.pieces.weight[0] = 0
        plain.embed.weight += 0.5

    pieces = torch.tensor([[[1, 2, 0]] * 5, [[3, 0, 0]] * 5, [[4, 5, 6]] * 5])

    torch.testing.assert_close(model(TEXTS, TEXTS != 0, pieces=pieces), plain(TEXTS, TEXTS != 0))
    loss = lambda: F.cross_entropy(model(TEXTS, TEXTS != 0, pieces=pieces), torch.arange(3))
    assert overfits(model, loss, 60) < 0.05


def test_a_sentence_vector_is_added_as_it_is_turned():
    plain, read = encoder(), encoder(meaning=4)
    vectors = torch.randn(3, 4)
    mask = TEXTS > 0
    read.load_state_dict(plain.state_dict(), strict=False)

    added = read(TEXTS, mask, GRAMS, meaning=vectors) - plain(TEXTS, mask, GRAMS)

    torch.testing.assert_close(added, 5 * vectors @ read.meaning.weight.T)
    torch.testing.assert_close(read(TEXTS, mask, GRAMS), plain(TEXTS, mask, GRAMS))
