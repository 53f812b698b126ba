"""Rankers and calibrators."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from ml import parts, ranking
from ml.layers import checkpoints
from ml.parts import silent
from ml.ranking import CALIBRATORS, RANKERS, shrunk
from ml.ranking.candidates import CandidatePool
from ml.ranking.negatives import Negatives
from ml.ranking.tagwise import TagwiseCalibrator
from ml.types import Candidate, Evidence, Features, Hop, Region, Span, VideoInput
from tests.ml import odd_input
from tests.ml.stack_data import COOKING, GAME, RAIN, SPORT, STAR, VOCABULARY, make_features, make_training_set

DATA = make_training_set()
BERT = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
SETTINGS = {
    "contrastive.v1": {"epochs": 1, "dim": 16, "least_steps": 40},
    "nextvlad.v1": {"epochs": 1, "dim": 16, "clusters": 4, "least_steps": 25},
    "multimodal.v1": {"epochs": 1, "bert": BERT, "hidden": 8, "least_steps": 30, "rate": 2e-2},
}


def everything(videos: int) -> CandidatePool:
    """A pool in which one recaller proposes every tag for every video."""
    answers = [[Candidate(tag.id, 0.5) for tag in VOCABULARY] for _ in range(videos)]
    return CandidatePool.union({"all": answers}, VOCABULARY)


def train(name, step=silent, **kw):
    pool = everything(len(DATA))
    return parts.find(RANKERS, name).train(DATA, pool, SETTINGS.get(name, {}), step=step, **kw)


@pytest.fixture(params=sorted(RANKERS))
def name(request):
    return request.param


@cache
def trained(name):
    return train(name)


@pytest.fixture
def ranker(name):
    return trained(name)


NEW = [make_features(400 + i) for i in range(4)]


@pytest.mark.parametrize("kind", sorted(odd_input.SETS))
def test_it_can_be_trained_on_a_lopsided_set(name, kind):
    data = odd_input.SETS[kind](DATA)
    short = SETTINGS[name] | {"least_steps": 3}
    scores = parts.find(RANKERS, name).train(data, everything(len(data)), short, step=silent).score(NEW, everything(4))
    assert np.isfinite(scores).all()


def test_it_scores_odd_texts(ranker):
    odd = [Features(VideoInput(1, text, description=text), text=NEW[0].text) for text in odd_input.TEXTS.values()]
    assert np.isfinite(ranker.score(odd, everything(len(odd)))).all()


def test_every_ranking_module_is_registered():
    shared = {
        "__init__",
        "candidates",
        "first_scorer",
        "negatives",
        "regression",
        "sampling",
        "shortlist",
        "shrunk",
        "two_hops",
    }
    files = {path.stem for path in Path(ranking.__file__).parent.glob("*.py")} - shared
    assert files == {path.split(".")[-2] for path in (RANKERS | CALIBRATORS).values()}


def test_a_ranker_scores_each_candidate_and_prefers_the_true_ones(ranker):
    pool = everything(len(NEW))
    scores = ranker.score(NEW, pool)
    assert scores.shape == (len(pool),)
    assert np.isfinite(scores).all()
    assert VOCABULARY.ids[int(scores[pool.video == 0].argmax())] == COOKING  # video 400 shows scene 400 mod 3
    assert VOCABULARY.ids[int(scores[pool.video == 1].argmax())] == STAR


def test_a_score_does_not_depend_on_the_other_candidates(ranker):
    pool = everything(len(NEW))
    few = pool.where(pool.column % 2 == 0)
    scores = ranker.score(NEW, pool)[pool.column % 2 == 0]
    np.testing.assert_allclose(ranker.score(NEW, few), scores, rtol=1e-4, atol=1e-4)


def test_a_ranker_does_without_any_modality(ranker):
    assert np.isfinite(ranker.score([Features(VideoInput(1))], everything(1))).all()
    assert len(ranker.score([], everything(0))) == 0


def test_a_saved_ranker_scores_the_same(ranker, name, tmp_path):
    ranker.save(tmp_path / "part")
    loaded = parts.find(RANKERS, name).load(tmp_path / "part", VOCABULARY)
    assert np.array_equal(loaded.score(NEW, everything(4)), ranker.score(NEW, everything(4)))
    with pytest.raises(FileExistsError):
        ranker.save(tmp_path / "part")


def test_the_same_training_gives_the_same_ranker(name, ranker):
    assert np.array_equal(train(name).score(NEW, everything(4)), ranker.score(NEW, everything(4)))


class Stopped(Exception):
    """The training process went away."""


def test_a_training_that_was_stopped_ends_as_one_that_was_not(name, ranker, tmp_path):
    def stop(done, total, loss):
        if done == 15:
            raise Stopped

    with checkpoints.kept_in(tmp_path, seconds=0.0), pytest.raises(Stopped):
        train(name, step=stop)
    with checkpoints.kept_in(tmp_path, seconds=0.0):
        assert np.array_equal(train(name).score(NEW, everything(4)), ranker.score(NEW, everything(4)))


def test_negatives_are_never_true_tags_nor_their_ancestors():
    pool = everything(len(DATA))
    unsaid = replace(DATA, tags=[tags - {SPORT} for tags in DATA.tags])
    rows = np.arange(len(DATA))
    columns, positive, weight = Negatives(random=3).sample(
        rows, unsaid, pool.matrix(len(VOCABULARY)), np.random.default_rng(0)
    )
    ids = [VOCABULARY.ids[c] for c in columns]
    game, sport, star = ids.index(GAME), ids.index(SPORT), ids.index(STAR)
    of_game = [i for i, tags in enumerate(DATA.tags) if GAME in tags]
    of_cooking = [i for i, tags in enumerate(DATA.tags) if COOKING in tags]
    assert not (weight[positive > 0]).any()
    assert not weight[of_game][:, [game, sport]].any()
    assert (weight[of_cooking, star] == 1.0).all()  # rejected


def test_the_union_keeps_who_said_what_and_why():
    face, path = Region(1.0, 0.1, 0.1, 0.2, 0.2), (Hop("", SPORT), Hop("^parent", GAME))
    words = Evidence(spans=(Span("title", 0, 3),), path=path)
    scene = Evidence(moment=(1.0, 2.0), similar=(7, 8), region=face, path=(Hop("", STAR), Hop("related", GAME)))
    answers = {
        "mentions": [[Candidate(GAME, 0.5, words)], []],
        "classifier": [[Candidate(GAME, 0.9, scene), Candidate(STAR, 0.1)], [Candidate(STAR, 0.2)]],
    }
    pool = CandidatePool.union(answers, VOCABULARY)
    assert pool.videos == 2
    assert [(v, VOCABULARY.ids[c]) for v, c in zip(pool.video, pool.column, strict=True)] == [
        (0, GAME),
        (0, STAR),
        (1, STAR),
    ]
    np.testing.assert_allclose(pool.scores, [[0.5, 0.9], [np.nan, 0.1], [np.nan, 0.2]], rtol=1e-6)
    assert pool.evidence[0] == Evidence(words.spans, scene.similar, scene.moment, face, path)
    part = pool.of([1, 0])
    assert part.video.tolist() == [0, 1, 1]
    assert pool.joined(pool).videos == 4


def test_certainty_tells_a_sure_probability_from_a_surer_one():
    pool = CandidatePool.union({"a": [[Candidate(GAME, 0.9), Candidate(STAR, 0.99), Candidate(RAIN, 3.0)]]}, VOCABULARY)
    np.testing.assert_allclose(pool.certainties()[:, 0], [-np.log(0.1), -np.log(0.01), 0], rtol=1e-5)
    other = CandidatePool.union({"a": [[]], "b": [[Candidate(GAME, 1.0)]]}, VOCABULARY)
    assert other.certainties().tolist() == [[0, 0]]


@pytest.fixture(params=sorted(CALIBRATORS))
def calibrator(request):
    return parts.find(CALIBRATORS, request.param)


def drawn(videos: int = 300, seed: int = 0):
    """Candidates whose ranker score is the true log-odds."""
    pool = everything(videos)
    random = np.random.default_rng(seed)
    ranked = random.normal(-1, 2, len(pool)).astype(np.float32)
    said = (random.random(len(pool)) < 1 / (1 + np.exp(-ranked))).astype(np.float32)
    return pool, ranked, said, np.ones(len(pool), np.float32)


def test_a_calibrated_confidence_is_how_often_it_is_right(calibrator):
    fitted = calibrator.fit(*drawn(), {})
    pool, ranked, said, _ = drawn(seed=1)
    confidence = fitted.confidence(pool, ranked)
    assert ((confidence >= 0) & (confidence <= 1)).all()
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        part = (confidence >= low) & (confidence < low + 0.2)
        assert said[part].mean() == pytest.approx(confidence[part].mean(), abs=0.07)


def test_what_is_unknown_counts_neither_way(calibrator):
    pool, ranked, said, weight = drawn()
    weight[::2] = 0
    wrong = said.copy()
    wrong[::2] = 1 - wrong[::2]
    first, second = (calibrator.fit(pool, ranked, truth, weight, {}) for truth in (said, wrong))
    np.testing.assert_array_equal(first.confidence(pool, ranked), second.confidence(pool, ranked))


@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_with_one_kind_of_example_the_confidence_is_their_share(calibrator, truth):
    pool, ranked, said, weight = drawn(4)
    confidence = calibrator.fit(pool, ranked, np.full_like(said, truth), weight, {}).confidence(pool, ranked)
    np.testing.assert_allclose(confidence, (truth * len(said) + 1) / (len(said) + 2), rtol=1e-5)


def test_a_calibrator_can_learn_from_nothing_and_be_saved(calibrator, tmp_path):
    pool, ranked, said, weight = drawn(4)
    nothing = np.zeros(len(said), bool)
    fitted = calibrator.fit(pool.where(nothing), ranked[nothing], said[nothing], weight[nothing], {})
    fitted.save(tmp_path / "part")
    confidence = calibrator.load(tmp_path / "part").confidence(pool, ranked)
    np.testing.assert_array_equal(confidence, fitted.confidence(pool, ranked))


def test_a_tag_that_is_truer_than_its_scores_say_gets_more_confidence():
    pool, ranked, said, weight = drawn(600)
    modest, shy = pool.column == 1, pool.column == 2
    said[modest] = np.random.default_rng(2).random(modest.sum()) < 1 / (1 + np.exp(-ranked[modest] - 1.5))
    few = np.flatnonzero(shy)[3:]
    weight[few], said[shy] = 0, 1  # three examples, all true
    fitted = parts.find(CALIBRATORS, "tagwise.v1").fit(pool, ranked, said, weight, {"pooling": 20})
    shared = TagwiseCalibrator(fitted.regression, np.ones(6), np.zeros(6)).confidence(pool, ranked)
    raised = fitted.confidence(pool, ranked) - shared
    assert fitted.confidence(pool, ranked)[modest].mean() == pytest.approx(said[modest].mean(), abs=0.02)
    assert raised[modest].mean() > 0.1
    assert 0 < raised[shy].mean() < 0.25 * (1 - shared[shy]).mean()


def test_a_group_with_few_examples_stays_as_it_is():
    logits = np.array([0.0, 0.0, 0.0, 0.0], np.float32)
    group, ones = np.array([0, 0, 0, 2]), np.ones(4, np.float32)
    slope, offset = shrunk.fit(logits, np.array([1, 1, 1, 0], np.float32), ones, group, 3, strength=5.0)
    # By hand for the first group: 3 (1 - share) = 5 offset, so offset 0.2659.
    np.testing.assert_allclose(offset[0], 3 * (1 - 1 / (1 + np.exp(-offset[0]))) / 5, rtol=1e-4)
    assert (slope[1], offset[1]) == (1.0, 0.0)
    assert offset[2] < 0
    sure, _ = shrunk.fit(np.array([3.0, -3.0] * 500, np.float32), np.array([1, 0] * 500, np.float32),
                         np.ones(1000, np.float32), np.zeros(1000, np.int64), 1, 1.0)  # fmt: skip
    assert sure[0] > 2  # it was right each time
