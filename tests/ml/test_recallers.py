"""What every registered recaller promises."""

import math
from functools import cache
from pathlib import Path

import pytest

from ml import parts, recall
from ml.parts import silent
from ml.recall import RECALLERS, Witness
from ml.types import Features, VideoInput
from tests.ml import odd_input
from tests.ml.stack_data import GALLERY, GROUP, RAIN, VOCABULARY, make_features, make_training_set

pytestmark = pytest.mark.long

SETTINGS = {
    "classifier.v1": {"epochs": 1, "dim": 16, "least_steps": 10},
    "extraction.v1": {"epochs": 1, "width": 12, "hidden": 12, "least_steps": 60, "rate": 0.03, "dropout": 0.0},
    "generation.v1": {"epochs": 1, "dim": 16, "heads": 2, "layers": 1, "least_steps": 20, "beams": 2},
    "text_classifier.v1": {"epochs": 1, "dim": 16, "width": 12, "channels": 8, "least_steps": 10},
    "hierarchical.v1": {"epochs": 1, "dim": 16, "hidden": 16, "least_steps": 10, "trees": 2},
    "program.v1": {"dim": 16, "epochs": 1, "least_steps": 40, "rate": 0.02},
}
DATA = make_training_set()


def train(name, data=DATA, **kw):
    return parts.find(RECALLERS, name).train(data, SETTINGS.get(name, {}), step=silent, **kw)


def begin(name, data=DATA, **kw):
    """Trained hardly at all: what is asked is whether it can be."""
    short = SETTINGS[name] | {"least_steps": 2} if name in SETTINGS else {}
    return taught(parts.find(RECALLERS, name).train(data, short, step=silent, **kw))


@pytest.fixture(params=sorted(RECALLERS))
def name(request):
    return request.param


@cache
def trained(name):
    return taught(train(name))


@pytest.fixture
def recaller(name):
    """Trained once for all tests that only ask it."""
    return trained(name)


def taught(recaller):
    """Whoever recognises people is told of some: their faces are never part of what is saved."""
    if isinstance(recaller, Witness):
        recaller.know(GALLERY)
    return recaller


NEW = [make_features(200 + i, title=f"球赛 and cooking, a match {i}") for i in range(5)]


def test_every_recall_module_is_registered():
    files = {path.stem for path in Path(recall.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {path.split(".")[-2] for path in RECALLERS.values()}


def test_it_proposes_known_assignable_tags_with_a_score_above_zero(recaller):
    answers = recaller.recall(NEW, k=10)
    assert len(answers) == len(NEW)
    assert any(answers)
    for candidate in (c for answer in answers for c in answer):
        assert candidate.tag in VOCABULARY
        assert candidate.tag != GROUP
        assert candidate.score > 0
        assert math.isfinite(candidate.score)


def test_it_proposes_each_tag_once_at_most_k_the_best_first(recaller):
    whole, short = recaller.recall(NEW, k=10), recaller.recall(NEW, k=2)
    for answer, first in zip(whole, short, strict=True):
        scores = [candidate.score for candidate in answer]
        assert scores == sorted(scores, reverse=True)
        assert len({candidate.tag for candidate in answer}) == len(answer)
        assert [c.tag for c in first] == [c.tag for c in answer[:2]]


def test_the_same_training_gives_the_same_answers(name, recaller):
    assert taught(train(name)).recall(NEW, k=10) == recaller.recall(NEW, k=10)


def test_an_answer_does_not_depend_on_the_batch(recaller):
    alone = [recaller.recall([features], k=3)[0] for features in NEW]
    for one, together in zip(alone, recaller.recall(NEW, k=3), strict=True):
        assert [c.tag for c in one] == [c.tag for c in together]
        assert [c.score for c in one] == pytest.approx([c.score for c in together], rel=1e-4)


@pytest.mark.parametrize("missing", ["text", "frames", "sound", "faces"])
def test_it_works_without_a_modality(recaller, missing):
    assert len(recaller.recall([make_features(7, **{missing: False})], k=5)) == 1


@pytest.mark.parametrize("missing", ["text", "frames", "sound"])
def test_it_can_be_trained_without_a_modality(name, missing):
    recaller = begin(name, make_training_set(12, **{missing: False}))
    assert len(recaller.recall([make_features(7)], k=5)) == 1


def test_it_answers_a_video_of_which_nothing_is_known(recaller):
    assert len(recaller.recall([Features(VideoInput(1))], k=5)) == 1
    assert recaller.recall([], k=5) == []


def test_it_can_be_trained_on_no_videos(name):
    answers = begin(name, DATA.subset([])).recall(NEW, k=5)
    assert len(answers) == len(NEW)


def test_saved_and_loaded_it_gives_the_same_answers(recaller, name, tmp_path):
    recaller.save(tmp_path / "part")
    loaded = taught(parts.find(RECALLERS, name).load(tmp_path / "part", VOCABULARY))
    assert loaded.recall(NEW, k=10) == recaller.recall(NEW, k=10)


def test_trained_on_no_videos_it_can_be_saved_too(name, tmp_path):
    begin(name, DATA.subset([])).save(tmp_path / "part")
    loaded = parts.find(RECALLERS, name).load(tmp_path / "part", VOCABULARY)
    assert len(loaded.recall(NEW, k=5)) == len(NEW)


def test_it_answers_odd_texts(recaller):
    odd = [Features(VideoInput(1, text, description=text), text=NEW[0].text) for text in odd_input.TEXTS.values()]
    *answers, last = recaller.recall([*odd, NEW[1]], k=5)
    assert [c.tag for c in last] == [c.tag for c in recaller.recall(NEW[1:2], k=5)[0]]
    assert all(math.isfinite(candidate.score) for answer in answers for candidate in answer)


@pytest.mark.parametrize("kind", sorted(odd_input.SETS))
def test_it_can_be_trained_on_a_lopsided_set(name, kind):
    recaller = begin(name, odd_input.SETS[kind](DATA))
    for candidate in (c for answer in recaller.recall(NEW, k=5) for c in answer):
        assert candidate.tag in VOCABULARY
        assert math.isfinite(candidate.score)


def test_it_never_overwrites_a_folder(recaller, tmp_path):
    recaller.save(tmp_path / "part")
    with pytest.raises(FileExistsError):
        recaller.save(tmp_path / "part")


def test_it_can_go_on_from_a_former_one(name, recaller):
    assert len(begin(name, warm=recaller).recall(NEW, k=5)) == len(NEW)


def test_a_tag_without_examples_is_no_similar_videos_tag(name, recaller):
    if "similarity" in name:
        assert all(c.tag != RAIN for answer in recaller.recall(NEW, k=10) for c in answer)
