"""Recall along the tree of tags."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ml.layers.hierarchical_network import dense, tree_fold
from ml.parts import silent
from ml.recall.hierarchical import HierarchicalRecaller
from tests.ml.stack_data import COOKING, GAME, SPORT, STAR, VOCABULARY, make_features, make_training_set

FAST = {"dim": 16, "hidden": 16, "least_steps": 80, "epochs": 1, "dropout": 0.0, "trees": 2, "rate": 0.02}
DATA = make_training_set(180)


@pytest.fixture(scope="module")
def recaller():
    return HierarchicalRecaller.train(DATA, FAST, step=silent)


def scores(recaller, features):
    return {candidate.tag: candidate.score for candidate in recaller.recall([features], k=9)[0]}


def test_it_learns_which_tags_a_video_has(recaller):
    ball, soup, sky = (scores(recaller, make_features(i)) for i in (300, 301, 302))
    assert max(ball[SPORT], ball[GAME]) > 0.8 > 0.2 > max(ball[COOKING], ball[STAR])
    assert max(soup, key=soup.get) == COOKING
    assert max(sky, key=sky.get) == STAR


def test_a_tag_is_never_less_likely_than_one_below_it(recaller):
    for i in range(20):
        found = scores(recaller, make_features(300 + i, frames=i % 2 == 0))
        assert found[SPORT] >= found[GAME]


def test_an_unsaid_ancestor_is_learned_as_true():
    leaves = make_training_set(90)
    for i, tags in enumerate(leaves.tags):
        leaves.tags[i] = tags - {SPORT}
    assert scores(HierarchicalRecaller.train(leaves, FAST, step=silent), make_features(300))[SPORT] > 0.8


def test_the_network_never_sees_the_leaf_of_a_video_that_grew_it():
    told = []
    real = HierarchicalRecaller._read

    class Watched(HierarchicalRecaller):
        def _read(self, features):
            inputs, leaves = real(self, features)
            told.append(leaves)
            return inputs, leaves

    recaller = Watched.train(DATA, FAST | {"least_steps": 1}, step=silent)
    assert recaller.trees.count > 0
    fold = tree_fold(180, 0.4, 0)
    assert not told[0].known[fold].any()
    assert told[0].known.sum() == 180 - len(fold) == 108


def test_the_trees_are_saved_with_the_network(recaller, tmp_path):
    recaller.save(tmp_path / "part")
    assert json.loads((tmp_path / "part" / "trees.json").read_text())
    again = HierarchicalRecaller.load(tmp_path / "part", VOCABULARY)
    queries = [make_features(300 + i) for i in range(4)]
    assert again.trees.count == recaller.trees.count > 0
    assert again.recall(queries, k=9) == recaller.recall(queries, k=9)


def test_a_bundle_from_when_the_exponent_was_learned_keeps_it(recaller, tmp_path):
    recaller.save(tmp_path / "part")
    file = tmp_path / "part" / "model.safetensors"
    save_file(load_file(file) | {"network.gamma": torch.tensor(0.25)}, file)
    assert HierarchicalRecaller.load(tmp_path / "part", VOCABULARY).model.network.config.exponent == 0.25


def test_a_missing_modality_is_unknown_to_the_trees():
    rows = dense([make_features(1), make_features(1, sound=False)], {"text": 16, "sound": 12})
    assert not np.isnan(rows[0]).any()
    assert np.isnan(rows[1, :12]).all()
    assert not np.isnan(rows[1, 12:]).any()


def test_a_warm_start_goes_on_where_the_former_one_stopped(recaller):
    little = FAST | {"least_steps": 1, "epochs": 0, "rate": 1e-6, "trees": 0}
    later = HierarchicalRecaller.train(DATA, little, step=silent, warm=recaller)
    assert scores(later, make_features(301))[COOKING] > 0.7


@pytest.mark.parametrize(("shares_from", "warm"), [(len(VOCABULARY), True), (len(VOCABULARY) + 1, False)])
def test_heads_begin_at_the_share_of_each_tag_where_there_are_many(shares_from, warm):
    untrained = FAST | {"epochs": 0, "least_steps": 0, "trees": 0, "shares_from": shares_from}
    begun = HierarchicalRecaller.train(DATA, untrained, step=silent).model.network.head.bias.detach().cpu().sigmoid()
    said = DATA.positive.maximum(DATA.implied).toarray().mean(axis=0)
    assert (np.abs(begun.numpy() - said.clip(1e-4, 0.5)) < 1e-5).all() == warm


def test_it_learns_one_batch_by_heart():
    told = []
    HierarchicalRecaller.train(
        make_training_set(6), FAST | {"modality_dropout": 0.0}, step=lambda *a: told.append(a[2])
    )
    assert told[-1] < 0.3 < 1.5 < told[0]
