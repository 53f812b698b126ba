"""What a clip tells of the others, kept up from pick to pick, is what comes out when it is worked out anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from annotation.sampling import find
from annotation.sampling.spread import Doubt
from tests.annotation.sampling.pools import any_pool, make_pool


def variance(vectors, known, prior=1.0):
    """(clips,) what a linear model with a Gaussian prior does not know of each, by the textbook."""
    left = np.linalg.inv(known.T @ known + prior * np.eye(vectors.shape[1]))
    return np.einsum("ij,jk,ik->i", vectors, left, vectors)


def test_a_clip_takes_away_what_a_model_that_learned_it_no_longer_wonders_about():
    pool = any_pool(25)
    doubt = Doubt(pool)
    for pick in (3, 11):
        doubt.learn(pick)
    known = np.vstack([pool.reviewed, pool.vectors[[3, 11]]])

    before = variance(pool.vectors, known).mean()
    after = [variance(pool.vectors, np.vstack([known, clip])).mean() for clip in pool.vectors]

    assert doubt.taken() == pytest.approx(before - np.array(after), abs=1e-6)


def test_what_is_reviewed_may_be_given_as_a_root_of_its_sum():
    """Any rows with the same sum of products: as many as vectors are wide stand for a million reviews."""
    pool = any_pool(25)
    values, axes = np.linalg.eigh(pool.reviewed.T @ pool.reviewed)
    root = (axes * np.sqrt(np.maximum(values, 0))).T.astype(np.float32)

    same = any_pool(25, reviewed=root)

    assert Doubt(same).taken() == pytest.approx(Doubt(pool).taken(), abs=1e-5)


def test_doubt_is_that_of_the_targets_where_they_are_known():
    pool, asked = any_pool(25), any_pool(12, seed=1).vectors
    told = replace(pool, targets=asked, prior=0.3)
    doubt = Doubt(told)
    doubt.learn(7)
    known = np.vstack([pool.reviewed, pool.vectors[7]])

    before = variance(asked, known, 0.3).mean()
    after = [variance(asked, np.vstack([known, clip]), 0.3).mean() for clip in pool.vectors]

    assert doubt.taken() == pytest.approx(before - np.array(after), abs=1e-6)


@pytest.mark.parametrize("name", ["design", "coverage", "mixture"])
def test_a_clip_like_those_that_are_to_be_tagged_comes_first(name):
    """The heap is larger; what is to be tagged is like the clip that stands alone."""
    vectors = np.repeat(np.eye(2, dtype=np.float32), [9, 1], axis=0)
    pool = make_pool(*[[(0, 0.3, 1)]] * 10, vectors=vectors, reviewed=np.zeros((0, 2), np.float32), wanted=1)

    (blind, told) = (find(name)(p, np.random.default_rng(0)) for p in (pool, replace(pool, targets=vectors[9:])))

    assert np.argmax(blind) < 9
    assert np.argmax(told) == 9


@pytest.mark.parametrize("name", ["design", "coverage"])
def test_one_clip_of_each_heap_comes_before_a_second_of_any(name):
    heaps = np.repeat(np.eye(3, dtype=np.float32), [5, 4, 1], axis=0)
    pool = make_pool(*[[]] * 10, vectors=heaps, reviewed=np.zeros((0, 3), np.float32), wanted=2)

    first, second = np.argsort(-find(name)(pool, np.random.default_rng(0)))[:2]

    assert first in range(5)
    assert second in range(5, 9)
