"""The trained networks: they can learn, and they stay honest about what they do not know."""

from dataclasses import replace

import numpy as np
import pytest

from ml.parts import silent
from ml.ranking.contrastive import ContrastiveRanker
from ml.recall.classifier import ClassifierRecaller
from ml.types import Tag, Vocabulary
from tests.ml.stack_data import (
    COOKING,
    GAME,
    RAIN,
    SPORT,
    STAR,
    VOCABULARY,
    directions,
    make_features,
    make_training_set,
)
from tests.ml.test_ranking import everything

FAST = {"dim": 16, "least_steps": 60, "dropout": 0.0, "modality_dropout": 0.0, "rate": 0.02}


def losses_of(train) -> list[float]:
    told = []
    train(lambda done, total, loss: told.append(loss))
    return told


def test_the_classifier_overfits_one_batch():
    data = make_training_set(6)
    told = losses_of(lambda step: ClassifierRecaller.train(data, FAST, step=step))
    assert told[-1] < 0.05 < 0.5 < told[0]


def test_the_ranker_overfits_one_batch():
    data = make_training_set(6)
    told = losses_of(lambda step: ContrastiveRanker.train(data, everything(6), FAST, step=step))
    assert told[-1] < 0.1 < 0.5 < told[0]


def test_the_moment_is_the_frame_that_speaks_for_the_tag():
    recaller = ClassifierRecaller.train(make_training_set(30), FAST, step=silent)
    ball, sky = make_features(0), make_features(2)
    mixed = replace(ball, frames=np.concatenate([sky.frames[:3], ball.frames[:1]]), text=None, sound=None)
    moments = {c.tag: c.evidence.moment for c in recaller.recall([mixed], k=6)[0]}
    assert moments[GAME] == (3.0, 4.0)


def test_without_frames_there_is_no_moment():
    recaller = ClassifierRecaller.train(make_training_set(), FAST, step=silent)
    assert all(c.evidence.moment is None for c in recaller.recall([make_features(0, frames=False)], k=6)[0])


def test_a_rejected_tag_sinks_below_one_nobody_spoke_of():
    data = make_training_set(12)
    refused = [frozenset({STAR}) if COOKING in tags else frozenset() for tags in data.tags]
    scores = []
    for rejected in (refused, [frozenset()] * 12):
        recaller = ClassifierRecaller.train(replace(data, rejected=rejected), FAST, step=silent)
        scores.append({c.tag: c.score for c in recaller.recall([make_features(301)], k=6)[0]}[STAR])
    assert scores[0] < scores[1]


def test_an_unsaid_ancestor_is_not_taught_as_wrong():
    data = make_training_set(30)
    leaves = replace(data, tags=[tags - {SPORT} if i % 2 else tags for i, tags in enumerate(data.tags)])
    recaller = ClassifierRecaller.train(leaves, FAST, step=silent)
    scores = {c.tag: c.score for c in recaller.recall([make_features(300)], k=6)[0]}
    assert scores[SPORT] > 0.8


def test_a_warm_start_finds_its_tags_although_the_ids_moved():
    data = make_training_set()
    former = ClassifierRecaller.train(data, FAST, step=silent)
    moved = Vocabulary((Tag(99, "New", ("New",)), *reversed(VOCABULARY.tags)))
    names = np.concatenate([directions(1, 16, seed=9), data.names[::-1]])
    little = FAST | {"least_steps": 1, "epochs": 0, "rate": 1e-6}
    later = ClassifierRecaller.train(replace(data, vocabulary=moved, names=names), little, step=silent, warm=former)
    query = [make_features(300 + i) for i in range(3)]
    before = [{c.tag: c.score for c in answer} for answer in former.recall(query, k=9)]
    after = [{c.tag: c.score for c in answer} for answer in later.recall(query, k=9)]
    for old, new in zip(before, after, strict=True):
        assert {tag: new[tag] for tag in (SPORT, GAME, COOKING, STAR)} == pytest.approx(
            {tag: old[tag] for tag in (SPORT, GAME, COOKING, STAR)}, abs=0.02
        )


def test_a_tag_without_examples_is_found_by_its_name():
    data = make_training_set()
    names = data.names.copy()
    names[list(VOCABULARY.ids).index(RAIN)] = names[list(VOCABULARY.ids).index(COOKING)]  # named like cooking
    recaller = ClassifierRecaller.train(replace(data, names=names), FAST, step=silent)
    cooking, ball = recaller.recall([make_features(301), make_features(300)], k=6)
    score = lambda answer: {c.tag: c.score for c in answer}[RAIN]
    assert score(cooking) > score(ball)


def test_a_part_refuses_another_vocabulary(tmp_path):
    recaller = ClassifierRecaller.train(make_training_set(), FAST, step=silent)
    recaller.save(tmp_path / "part")
    with pytest.raises(ValueError, match="another vocabulary"):
        ClassifierRecaller.load(tmp_path / "part", Vocabulary(VOCABULARY.tags[1:]))


def test_weights_load_strictly(tmp_path):
    from safetensors.torch import load_file, save_file

    ClassifierRecaller.train(make_training_set(), FAST, step=silent).save(tmp_path / "part")
    file = tmp_path / "part" / "model.safetensors"
    save_file({k: v for k, v in load_file(file).items() if k != "head.scale"}, file)
    with pytest.raises(RuntimeError, match=r"head\.scale"):
        ClassifierRecaller.load(tmp_path / "part", VOCABULARY)
