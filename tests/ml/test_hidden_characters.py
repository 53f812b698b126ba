"""A BERT that guesses hidden characters."""

import pytest
import torch

from ml.layers.descent import DescentConfig
from ml.layers.hidden_characters import Guesser, hidden
from ml.layers.phrase_finder import FinderConfig, PhraseFinder
from ml.layers.tokens import UNKNOWN
from ml.parts import silent

BERT = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
BERT |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
ALPHABET = "abcdefgh"
CYCLE = [(ALPHABET * 3)[start : start + 12] for start in range(8)]  # each letter follows from its neighbours


def test_of_the_places_asked_for_most_are_hidden_and_some_are_left():
    characters = torch.full((40, 100), 5)
    characters[:, 90:] = 0
    characters[:, :10] = UNKNOWN
    shown, asked = hidden(characters, characters != 0, 50, torch.Generator().manual_seed(0))

    assert not asked[:, 90:].any(), "padding"
    assert not asked[:, :10].any(), "nobody knows what an unknown character is"
    assert asked[:, 10:90].float().mean() == pytest.approx(0.15, abs=0.02)
    assert torch.equal(shown[~asked], characters[~asked])
    assert (shown[asked] == UNKNOWN).float().mean() == pytest.approx(0.8, abs=0.04)
    assert (shown[asked] == 5).float().mean() == pytest.approx(0.1, abs=0.04)
    assert shown.max() < 50


def test_the_loss_is_the_cross_entropy_of_the_asked_places():
    finder = _finder()
    guesser = Guesser(finder.model.bert).eval()
    characters, _, mask = finder.tables.encode(CYCLE)
    shown, asked = hidden(characters, mask, len(finder.tables.characters), torch.Generator().manual_seed(3))
    states = guesser.turn(finder.model.bert(shown, mask.long()).last_hidden_state)
    table = finder.model.bert.embeddings.word_embeddings.weight
    logged = torch.log_softmax(states @ table.T + guesser.bias, dim=-1)
    places = asked.nonzero().tolist()
    expected = -sum(logged[i, j, characters[i, j]] for i, j in places) / len(places)

    assert len(places) > 5
    torch.testing.assert_close(guesser.loss(characters, mask, torch.Generator().manual_seed(3)), expected)


def test_nothing_hidden_teaches_nothing():
    guesser = Guesser(_finder().model.bert)
    nothing = torch.ones(1, 3, dtype=torch.long)
    assert guesser.loss(nothing, nothing > 0, torch.Generator()).item() == 0


def test_it_learns_what_follows_what():
    finder = _finder()
    before = finder.model.bert.embeddings.word_embeddings.weight.clone()
    losses = finder.read_ahead(CYCLE[:2] * 4, 8, DescentConfig(1, 120, 1, 1e-2), silent)

    assert sum(losses[-20:]) < 0.6 * sum(losses[:20])
    assert not torch.equal(finder.model.bert.embeddings.word_embeddings.weight, before)


def test_a_finder_without_a_bert_has_nothing_to_read_ahead_with():
    finder = PhraseFinder.of(CYCLE, ["O"], FinderConfig(width=4, hidden=4, around=False))
    with pytest.raises(ValueError, match="bert"):
        finder.read_ahead(CYCLE, 4, DescentConfig(1, 1, 1), silent)


def _finder() -> PhraseFinder:
    torch.manual_seed(0)
    shape = FinderConfig(BERT | {"max_position_embeddings": 16}, hidden=4, longest=16, around=False)
    return PhraseFinder.of(CYCLE, ["O"], shape)
