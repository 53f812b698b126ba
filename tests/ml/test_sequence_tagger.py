"""Phrases and their tagger: the CRF against enumerating every label sequence."""

import itertools

import numpy as np
import pytest
import torch

from ml.layers import spans
from ml.layers.descent import DescentConfig
from ml.layers.phrase_finder import FinderConfig, PhraseFinder
from ml.layers.sequence_tagger import SequenceTagger, TaggerConfig
from ml.layers.spans import Phrase
from ml.parts import silent
from tests.ml.layer_checks import overfits, parameters, reloaded

BERT = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
CHARACTERS = torch.tensor([[2, 3, 4, 5], [6, 7, 0, 0]])
BIGRAMS = torch.tensor([[2, 3, 4, 1], [5, 1, 0, 0]])
MASK = CHARACTERS != 0
LABELS = torch.tensor([[0, 1, 2, 0], [1, 2, 0, 0]])


def tagger(**kw) -> SequenceTagger:
    torch.manual_seed(1)
    config = {"characters": 9, "bigrams": 6, "labels": 3, "width": 6, "bigram_width": 4, "hidden": 5, "dropout": 0.0}
    return SequenceTagger(TaggerConfig(**(config | kw))).eval()


def brute_force(model: SequenceTagger, emissions: np.ndarray) -> dict[tuple[int, ...], float]:
    """Score of every label sequence of one text."""
    w = {name: tensor.detach().double().numpy() for name, tensor in model.crf.named_parameters()}
    scores = {}
    for path in itertools.product(range(3), repeat=len(emissions)):
        score = w["start_transitions"][path[0]] + w["end_transitions"][path[-1]]
        score += sum(emissions[i, label] for i, label in enumerate(path))
        scores[path] = score + sum(w["transitions"][a, b] for a, b in itertools.pairwise(path))
    return scores


def emitted(model: SequenceTagger) -> torch.Tensor:
    with torch.no_grad():
        return 3 * model(CHARACTERS, BIGRAMS, MASK) + torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(5))


def test_the_loss_is_the_normaliser_less_the_score():
    model = tagger()
    emissions = emitted(model)
    expected = []
    for row, length in ((0, 4), (1, 2)):
        scores = brute_force(model, emissions[row, :length].double().numpy())
        normaliser = np.log(np.sum(np.exp(list(scores.values()))))
        expected.append(normaliser - scores[tuple(LABELS[row, :length].tolist())])
    assert model.loss(emissions, LABELS, MASK).item() == pytest.approx(np.mean(expected), rel=1e-5)


def test_decoding_finds_the_best_of_all_sequences():
    model = tagger()
    emissions = emitted(model)
    best = [
        max((scores := brute_force(model, emissions[r, :n].double().numpy())), key=scores.get)
        for r, n in ((0, 4), (1, 2))
    ]
    assert [tuple(path) for path in model.decode(emissions, MASK)] == best


def test_decoding_takes_only_legal_steps():
    model = tagger()
    emissions = emitted(model)
    legal = torch.ones(4, 4, dtype=torch.bool)
    legal[0, 1] = legal[3, 2] = legal[1, 3] = False  # 1 never after 0, 2 never first, 1 never last
    scores = brute_force(model, emissions[0].double().numpy())
    allowed = {p: s for p, s in scores.items() if (0, 1) not in itertools.pairwise(p) and p[0] != 2 and p[-1] != 1}
    assert tuple(model.decode(emissions, MASK, legal)[0]) == max(allowed, key=allowed.get)


def test_marginals_are_those_of_all_sequences():
    model = tagger()
    emissions = emitted(model)
    scores = brute_force(model, emissions[0].double().numpy())
    weight = np.exp(list(scores.values()))
    expected = np.zeros((4, 3))
    for path, share in zip(scores, weight / weight.sum(), strict=True):
        expected[range(4), path] += share
    marginals = model.marginals(emissions, MASK)
    np.testing.assert_allclose(marginals[0], expected, atol=1e-5)
    assert (marginals[1, 2:] == 0).all()


@pytest.mark.parametrize("bert", [None, BERT])
def test_padding_changes_neither_emissions_nor_loss(bert):
    model = tagger(bert=bert)
    pad = lambda rows: torch.nn.functional.pad(rows, (0, 3))
    wide = model(pad(CHARACTERS), pad(BIGRAMS), pad(MASK))
    plain = model(CHARACTERS, BIGRAMS, MASK)
    torch.testing.assert_close(wide[:, :4][MASK], plain[MASK])
    rubbish = torch.where(pad(MASK)[..., None], wide, 50.0)
    labels = torch.where(pad(MASK), pad(LABELS), 2)
    torch.testing.assert_close(model.loss(rubbish, labels, pad(MASK)), model.loss(plain, LABELS, MASK))


@pytest.mark.parametrize("bert", [None, BERT])
def test_a_tagger_learns_one_batch_by_heart_and_keeps_its_bits(bert, tmp_path):
    model = tagger(bert=bert and bert | {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0})
    # Of the tables only some rows are in this batch, and no softmax notices a shift of all keys: not asked of those.
    trained = torch.nn.ModuleList([model.lstm, model.head, model.crf, model.bigrams])
    assert overfits(trained, lambda: model.loss(model(CHARACTERS, BIGRAMS, MASK), LABELS, MASK), 60, 0.05) < 0.05
    model.eval()
    assert model.decode(model(CHARACTERS, BIGRAMS, MASK), MASK) == [[0, 1, 2, 0], [1, 2]]
    again = reloaded(model, tagger(bert=bert), tmp_path)
    assert torch.equal(again(CHARACTERS, BIGRAMS, MASK), model(CHARACTERS, BIGRAMS, MASK))


def test_a_tagger_has_as_many_weights_as_its_formula_says():
    lstm = 2 * (4 * 5 * (6 + 4) + 4 * 5 * 5 + 2 * 4 * 5)
    assert parameters(tagger()) == 9 * 6 + 6 * 4 + lstm + (10 * 3 + 3) + (9 + 3 + 3)


def test_phrases_become_labels_and_back():
    phrases = [Phrase(0, 3, "NAME"), Phrase(4, 5, "ORG")]
    assert spans.write(phrases, 6) == ["B-NAME", "M-NAME", "E-NAME", "O", "S-ORG", "O"]
    assert spans.read(spans.write(phrases, 6)) == phrases


@pytest.mark.parametrize(
    "broken", [["B-A", "M-A"], ["M-A", "E-A"], ["B-A", "O", "E-A"], ["B-A", "E-B"], ["B-A", "M-B", "E-A"]]
)
def test_half_phrases_are_none(broken):
    assert spans.read(broken) == []


def test_what_may_follow_what():
    labels = spans.labels_of(["A", "B"])
    legal = spans.legal(labels)
    may = lambda left, right: bool(legal[labels.index(left), labels.index(right)])
    assert may("B-A", "E-A")
    assert may("E-A", "B-B")
    assert may("O", "S-A")
    assert not may("B-A", "E-B")
    assert not may("B-A", "O")
    assert not may("S-A", "M-A")
    assert not legal[labels.index("B-A"), -1]  # the text may not end here
    assert not legal[-1, labels.index("E-A")]  # nor begin here
    assert legal[-1, 0]
    assert legal[labels.index("E-B"), -1]


def test_phrases_count_when_borders_and_kind_agree():
    true = [[Phrase(0, 2, "A"), Phrase(3, 4, "B")], [Phrase(0, 1, "A")]]
    said = [[Phrase(0, 2, "A"), Phrase(3, 4, "A")], []]
    precision, recall, f = spans.precision_recall_f(said, true)
    assert (precision, recall, f) == (0.5, pytest.approx(1 / 3), pytest.approx(0.4))


@pytest.mark.parametrize(("forget", "learned"), [(0.0, True), (1.0, False)])
def test_what_is_shown_as_unknown_teaches_only_the_unknown_character(forget, learned):
    torch.manual_seed(0)
    finder = PhraseFinder.of(["abab"] * 4, spans.labels_of(["x"]), FinderConfig(None, 4, 4))
    before = finder.model.embed.weight.detach().clone()
    said = [["B-x", "E-x", "O", "O"]] * 4
    finder.learn(["abab"] * 4, said, 2, DescentConfig(1, 2, 1, 0.1), silent, forget=forget)
    changed = (finder.model.embed.weight.detach() != before).any(dim=1).tolist()
    assert changed == [False, not learned, learned, learned]  # padding, unknown, a, b


def test_several_taggers_speak_as_one():
    """Their mean emissions are decoded with their mean transitions; alone with itself a tagger says the same."""
    torch.manual_seed(3)
    texts, labels = ["abcd", "ab"], spans.labels_of(["x"])
    one, other = (PhraseFinder.of(texts * 2, labels, FinderConfig(None, 4, 4, around=False)) for _ in range(2))
    for finder in (one, other):
        torch.nn.init.normal_(finder.model.head.weight, std=3.0)
    both = PhraseFinder.together([one, other])

    inputs = list(one.tables.encode(texts))
    with torch.no_grad():
        emissions = (one.model(*inputs) + other.model(*inputs)) / 2
    mean = (one.model.crf.transitions + other.model.crf.transitions) / 2
    torch.testing.assert_close(both.model.crf.transitions, mean)
    paths = both.model.decode(emissions, inputs[2], spans.legal(labels))
    assert [[phrase for phrase, _ in found] for found in both.find(texts)] == [
        spans.read([labels[i] for i in path]) for path in paths
    ]
    assert PhraseFinder.together([one, one]).find(texts) == one.find(texts)
    assert PhraseFinder.restored(*both.state()).find(texts) == both.find(texts)


def test_several_taggers_learn_from_different_beginnings():
    torch.manual_seed(0)
    texts, shape = ["ab", "ba"] * 4, FinderConfig(None, 4, 4, members=2, around=False)
    finder, later = (PhraseFinder.of(texts, spans.labels_of(["x"]), shape) for _ in range(2))
    told = []
    finder.learn(texts, [["B-x", "E-x"]] * 8, 2, DescentConfig(1, 3, 1, 0.1), lambda *step: told.append(step))
    first, second = finder.members
    assert len(told) == 8
    assert not torch.equal(first.head.weight, second.head.weight)
    assert torch.equal(first.crf.transitions, second.crf.transitions)
    later.take_over(finder)
    assert later.find(["ab"]) == finder.find(["ab"])
