"""What every strategy keeps to, and what each one ranks by."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotation import sampling
from annotation.sampling import STRATEGIES, find, order
from tests.annotation.sampling.pools import any_pool, make_pool


@pytest.fixture(params=sorted(STRATEGIES))
def strategy(request):
    return find(request.param)


def gains(name, pool, seed=0):
    return find(name)(pool, np.random.default_rng(seed))


def best(name, pool):
    return int(np.argmax(gains(name, pool)))


@pytest.mark.parametrize("clips", [0, 1, 2, 60])
@pytest.mark.parametrize("tags", [1, 6])
def test_each_clip_has_one_gain_from_0_to_1(strategy, clips, tags):
    found = strategy(any_pool(clips, tags, wanted=10), np.random.default_rng(0))

    assert found.shape == (clips,)
    assert np.isfinite(found).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_the_same_seed_gives_the_same_gains(strategy):
    pool = any_pool(40, wanted=10)

    first, again = (strategy(pool, np.random.default_rng(3)) for _ in range(2))

    assert (first == again).all()


def test_clips_are_told_apart_by_what_they_are_and_not_by_their_place(strategy):
    """The same clips in another order have the same gains; for a draw, in the order of the draw."""
    if strategy is find("random"):
        pytest.skip("a draw knows nothing of the clips")
    pool = any_pool(40, wanted=40)
    turned = np.random.default_rng(1).permutation(40)
    rows = [np.arange(pool.start[i], pool.start[i + 1]) for i in turned]
    places = np.concatenate(rows)
    mixed = replace(
        pool,
        start=np.cumsum([0, *(len(row) for row in rows)]),
        **{name: getattr(pool, name)[places] for name in ("tag", "confidence", "votes")},
        **{name: getattr(pool, name)[turned] for name in ("novelty", "conflicts", "vectors")},
    )

    before, after = (strategy(one, np.random.default_rng(0)) for one in (pool, mixed))

    assert after == pytest.approx(before[turned], abs=1e-6)


def test_clips_without_a_candidate_are_ranked_too(strategy):
    found = strategy(make_pool([], [(0, 0.5, 1.0)], []), np.random.default_rng(0))

    assert found.shape == (3,)


def test_the_pool_is_left_as_it_was(strategy):
    pool, same = any_pool(30, wanted=5), any_pool(30, wanted=5)

    strategy(pool, np.random.default_rng(0))

    assert all(np.array_equal(getattr(pool, name), getattr(same, name)) for name in pool.__dataclass_fields__)


def test_every_strategy_is_one_file_with_a_line_in_the_table():
    files = {path.stem for path in Path(sampling.__file__).parent.glob("*.py")}
    plain = {"__init__", "needs", "pool", "reasons", "signals", "spread", "strategies"}

    assert {module.rsplit(".", 1)[1] for module in STRATEGIES.values()} == files - plain


def test_an_unknown_strategy_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"unknown strategy 'wisdom'; known: core_set, .*random"):
        find("wisdom")


def test_equal_gains_are_ordered_by_lot():
    draws = {tuple(order(np.zeros(5), np.random.default_rng(seed))) for seed in range(20)}

    assert len(draws) > 10
    assert order(np.array([0.1, 0.9, 0.5]), np.random.default_rng(0)).tolist() == [1, 2, 0]


def test_random_is_a_fresh_draw_for_each_seed():
    pool = any_pool(40)

    assert (gains("random", pool, 1) != gains("random", pool, 2)).any()


def test_least_confidence_takes_the_clip_with_the_weakest_best_tag():
    assert best("least_confidence", make_pool([(0, 0.9, 1), (1, 0.2, 1)], [(0, 0.6, 1)], [(2, 0.8, 1)])) == 1


def test_margin_takes_the_clip_whose_best_two_are_closest():
    assert (
        best("margin", make_pool([(0, 0.9, 1), (1, 0.2, 1)], [(0, 0.5, 1)], [(2, 0.3, 1), (1, 0.8, 1), (0, 0.75, 1)]))
        == 2
    )


def test_entropy_adds_up_the_doubt_over_all_tags():
    assert best("entropy", make_pool([(0, 0.5, 1)], [(0, 0.8, 1), (1, 0.2, 1), (2, 0.7, 1)], [(0, 0.99, 1)])) == 1


def test_disagreement_takes_the_clip_that_half_the_recallers_know():
    assert best("disagreement", make_pool([(0, 0.5, 1.0)], [(0, 0.5, 0.5)], [(0, 0.5, 0.1)])) == 1


def test_core_set_covers_what_is_far_from_everything_reviewed():
    """Two heaps and a stray: the stray first, then the heap that is not covered yet, never both of one heap."""
    heap, other, stray = [1, 0, 0], [0, 1, 0], [0, 0, 1]
    vectors = np.array([heap, heap, other, stray], np.float32)
    pool = make_pool([], [], [], [], vectors=vectors, reviewed=np.array([[0.8, 0.6, 0]], np.float32), wanted=2)

    assert order(gains("core_set", pool), np.random.default_rng(0))[:2].tolist() == [3, 2]


def test_core_set_goes_by_novelty_where_there_are_no_vectors():
    assert best("core_set", make_pool([], [], [], novelty=[0.1, 0.7, 0.3])) == 1


@pytest.mark.parametrize(
    ("wins", "loses", "told"),
    [
        ([(0, 0.3, 1)], [(0, 0.9, 1)], {"need": [0, 0, 0, 0]}),  # close to the threshold
        ([(0, 0.9, 0.5)], [(0, 0.9, 1)], {}),  # recallers quarrel
        ([(1, 0.9, 1)], [(0, 0.9, 1)], {"need": [0.1, 0.9, 1, 1]}),  # few examples
        ([(1, 0.9, 1)], [(0, 0.9, 1)], {"value": [1, 3, 1, 1]}),  # worth more
        ([(0, 0.9, 1)], [(0, 0.9, 1)], {"novelty": [0.8, 0.1]}),  # unlike what was reviewed
        ([(0, 0.9, 1)], [(0, 0.9, 1)], {"conflicts": [1, 0]}),  # rules are torn
    ],
)
def test_the_mixture_heeds_each_signal(wins, loses, told):
    first, second = gains("mixture", make_pool(wins, loses, **told))

    assert first > second


def test_with_vectors_the_mixture_takes_no_clip_twice():
    """Two copies of the most doubtful clip and one a little less so: one copy and the other."""
    copy, other = [1, 0, 0], [0, 1, 0]
    vectors = np.array([copy, copy, other], np.float32)
    clips = [[(0, 0.3, 1)]] * 2 + [[(0, 0.4, 1)]]
    pool = make_pool(*clips, vectors=vectors, wanted=2)

    taken = order(gains("mixture", pool), np.random.default_rng(0))[:2].tolist()

    assert 2 in taken
    assert len(taken) == 2


def test_with_vectors_the_mixture_prefers_a_clip_that_stands_for_many():
    many, stray = [1, 0, 0], [0, 1, 0]
    pool = make_pool(*[[(0, 0.3, 1)]] * 30, vectors=np.array([stray] + [many] * 29, np.float32))

    assert best("mixture", pool) > 0
