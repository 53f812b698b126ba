"""Writing tags: the trie, the beam search against enumerating everything, the Transformer's masks."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from ml.layers.beam_search import BeamConfig, search, tags_of
from ml.layers.tag_generator import BEGIN, FINISH, SEPARATOR, GeneratorConfig, TagGenerator
from ml.layers.tag_trie import END, Trie
from ml.parts import silent
from ml.recall.generation import GenerationRecaller
from ml.types import Vocabulary
from tests.ml.layer_checks import overfits, reloaded
from tests.ml.stack_data import COOKING, GAME, SPORT, STAR, VOCABULARY, make_features, make_training_set

A, B, C = 4, 5, 6
NAMES = [(A,), (A, B), (C,), (C,), ()]  # 2 and 3 share a name, 4 has none that can be written
TRIE = Trie(NAMES)


def test_a_trie_knows_what_may_follow():
    assert sorted(TRIE.allowed(0)) == [A, C]
    assert sorted(TRIE.allowed(TRIE.children[0][A])) == [END, B]
    end = TRIE.children[0][C]
    assert TRIE.meanings[end] == (2, 3)
    assert TRIE.allowed(0, {end}) == [A]  # nothing new lies towards C


def table(seed: int):
    """Log-probabilities that depend on the last token alone."""
    rows = np.random.default_rng(seed).normal(size=(7, 7)) * 2
    rows -= np.log(np.exp(rows).sum(axis=1, keepdims=True))
    return rows, lambda tokens: rows[tokens[:, -1]]


@pytest.mark.parametrize("seed", range(20))
def test_random_scores_never_lead_out_of_the_trie(seed):
    known = {name for name in NAMES if name}
    for beam in search(table(seed)[1], TRIE, BeamConfig(beams=4, longest=12)):
        body = [token for token in beam.tokens[1:] if token != FINISH]
        names = [tuple(g) for last, g in itertools.groupby(body, lambda t: t == SEPARATOR) if not last]
        assert set(names) <= known or not beam.finished
        assert len(names) == len(set(names))


@pytest.mark.parametrize("seed", range(5))
def test_wide_beams_find_the_best_of_all_ways(seed):
    rows, following = table(seed)
    best = -np.inf
    for count in (1, 2):
        for names in itertools.permutations([(A,), (A, B), (C,)], count):
            tokens = [BEGIN, *(t for name in names for t in (*name, SEPARATOR)), FINISH]
            score = sum(rows[a, b] for a, b in itertools.pairwise(tokens))
            best = max(best, score / (len(tokens) - 1) ** 0.6)
    beams = search(following, TRIE, BeamConfig(beams=500, names=2))
    assert beams[0].score / (len(beams[0].tokens) - 1) ** 0.6 == pytest.approx(best)


def test_one_beam_is_greedy():
    rows, following = table(3)
    (beam,) = search(following, TRIE, BeamConfig(beams=1, penalty=0.0))
    first = max((A, C), key=lambda token: rows[BEGIN, token])
    assert beam.tokens[1] == first


def test_a_tag_scores_the_mean_of_its_tokens():
    rows, following = table(1)
    beams = search(following, TRIE, BeamConfig(beams=500, names=1))
    found = tags_of(beams, TRIE)
    assert found[1] == pytest.approx((rows[BEGIN, A] + rows[A, B] + rows[B, SEPARATOR]) / 3)
    assert found[2] == found[3] == pytest.approx((rows[BEGIN, C] + rows[C, SEPARATOR]) / 2)
    assert 4 not in found


def test_without_names_nothing_is_written():
    assert search(table(0)[1], Trie([]), BeamConfig()) == []


def generator(**kw) -> TagGenerator:
    torch.manual_seed(1)
    config = {"tokens": 9, "written": 8, "widths": {"frames": 5, "sound": 3}, "dim": 16, "heads": 2, "layers": 1}
    return TagGenerator(GeneratorConfig(**(config | {"dropout": 0.0} | kw))).eval()


def videos(extra: int = 0):
    seeded = torch.Generator().manual_seed(2)
    texts = torch.tensor([[2, 3, 4], [5, 0, 0]])
    frames = {"frames": torch.randn(2, 4 + extra, 5, generator=seeded), "sound": torch.randn(2, 2, 3, generator=seeded)}
    masks = {"frames": torch.zeros(2, 4 + extra, dtype=torch.bool), "sound": torch.tensor([[True, True], [False] * 2])}
    masks["frames"][:, :4] = True
    return texts, texts != 0, frames, masks


WRITTEN = torch.tensor([[BEGIN, A, SEPARATOR, FINISH, 0], [BEGIN, C, SEPARATOR, A, B]])


def test_masked_frames_change_nothing():
    model = generator()
    plain, wide = videos(), videos(extra=3)
    wide[2]["frames"][:, :4] = plain[2]["frames"]
    wide[2]["sound"] = torch.where(plain[3]["sound"][..., None], plain[2]["sound"], 77.0)
    for one, other in zip(
        model.decode(WRITTEN, *model.encode(*plain)), model.decode(WRITTEN, *model.encode(*wide)), strict=True
    ):
        torch.testing.assert_close(one[:3], other[:3])


def test_what_is_written_later_does_not_change_what_was_before():
    model = generator()
    memory = model.encode(*videos())
    other = WRITTEN.clone()
    other[1, 3:] = torch.tensor([C, SEPARATOR])
    torch.testing.assert_close(model.decode(WRITTEN, *memory)[1, :3], model.decode(other, *memory)[1, :3])


def test_a_video_of_which_nothing_is_known_gives_numbers():
    texts, mask, frames, masks = videos()
    nothing = {name: torch.zeros_like(part) for name, part in masks.items()}
    model = generator()
    assert torch.isfinite(model.decode(WRITTEN, *model.encode(texts, mask & False, frames, nothing))).all()


def test_it_learns_one_batch_by_heart_and_keeps_its_bits(tmp_path):
    model, given = generator(), videos()
    trained = torch.nn.ModuleList([model.encoder, model.decoder, model.enter, model.write])
    assert overfits(trained, lambda: model.loss(WRITTEN, *model.encode(*given), smoothing=0.0), 80, 0.01) < 0.05
    model.eval()
    again = reloaded(model, generator(), tmp_path)
    assert torch.equal(again.decode(WRITTEN, *again.encode(*given)), model.decode(WRITTEN, *model.encode(*given)))


def test_the_recaller_writes_the_tags_of_a_video_whatever_their_order():
    settings = {"dim": 32, "heads": 2, "layers": 1, "epochs": 1, "least_steps": 80, "rate": 0.005, "beams": 3}
    recaller = GenerationRecaller.train(make_training_set(30), settings, step=silent)
    ball, soup, sky = recaller.recall([make_features(i) for i in (300, 301, 302)], k=2)
    assert {c.tag for c in ball} == {SPORT, GAME}
    assert (soup[0].tag, sky[0].tag) == (COOKING, STAR)
    assert all(0.5 < answer[0].score <= 1 for answer in (ball, soup, sky))

    new = [replace(VOCABULARY.tags[-1], id=99, name="snow"), *VOCABULARY.tags]  # other rows for the same tags
    data = replace(make_training_set(18), vocabulary=Vocabulary(tuple(new)))
    warm = GenerationRecaller.train(data, settings | {"epochs": 0, "least_steps": 0}, step=silent, warm=recaller)
    assert [answer[0].tag for answer in warm.recall([make_features(301), make_features(302)], k=1)] == [COOKING, STAR]
