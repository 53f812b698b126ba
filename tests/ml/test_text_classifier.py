"""Recall by the words alone."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from ml.layers.placed_words import Word, placed, strongest
from ml.parts import TrainingSet, silent
from ml.recall.text_classifier import TextClassifier
from ml.types import Features, Span, VideoInput
from tests.ml.stack_data import COOKING, GAME, RAIN, SPORT, STAR, make_features, make_training_set

FAST = {"dim": 24, "width": 16, "channels": 12, "kernels": (1, 2), "least_steps": 60, "epochs": 1, "rate": 0.01}


@pytest.fixture(scope="module")
def recaller():
    return TextClassifier.train(make_training_set(60), FAST, step=silent)


def candidates(recaller, **video):
    return {c.tag: c for c in recaller.recall([Features(VideoInput(1, **video))], k=9)[0]}


def test_it_learns_which_words_mean_which_tags(recaller):
    ball, soup = (candidates(recaller, title=title) for title in ("an exciting ball game", "做饭 soup"))
    assert min(ball[SPORT].score, ball[GAME].score) > 0.7 > 0.4 > max(ball[COOKING].score, ball[STAR].score)
    assert max(soup, key=lambda tag: soup[tag].score) == COOKING


def test_it_marks_the_words_where_they_stand(recaller):
    found = candidates(recaller, title="一个 22 11", description="oh ＢＡＬＬ  game!")[GAME]

    (span,) = found.evidence.spans
    assert span.field == "description"
    assert "oh ＢＡＬＬ  game!"[span.start : span.end].startswith(("ＢＡＬＬ", "game"))


def test_a_tag_without_examples_and_a_video_without_text_are_left_alone(recaller):
    assert RAIN not in candidates(recaller, title="rain")
    assert candidates(recaller, title=" ") == {}


def test_a_warm_start_goes_on_where_the_former_one_stopped(recaller):
    little = FAST | {"least_steps": 1, "epochs": 0, "rate": 1e-6}
    later = TextClassifier.train(make_training_set(70), little, step=silent, warm=recaller)
    assert candidates(later, title="a long night sky with a comet")[STAR].score > 0.6


def test_it_learns_one_batch_by_heart():
    told = []
    settings = FAST | {"dropout": 0.0, "token_dropout": 0.0, "wide_dropout": 0.0, "clip": 0.0, "gamma": 0.0}
    TextClassifier.train(make_training_set(6), settings, step=lambda *a: told.append(a[2]))
    assert told[-1] < 0.2 < 1 < told[0]


def test_words_know_their_place():
    words = placed(VideoInput(1, title="Don't ＳＴＯＰ", cover_text="看球赛"))

    assert words == [
        Word("don't", Span("title", 0, 5)),
        Word("stop", Span("title", 6, 10)),
        *(Word(c, Span("cover_text", i, i + 1)) for i, c in enumerate("看球赛")),
    ]


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ([0.1, 1.0, 0.6, 0.0, 0.0], (Span("title", 6, 12),)),
        ([0.0, 0.0, 0.9, 1.0, 0.9], (Span("cover_text", 0, 2),)),  # a phrase ends with its field
        ([-1.0, 0.0, -1.0, 0.0, 0.0], ()),
    ],
)
def test_a_phrase_is_the_strongest_word_and_its_strong_neighbours(said, span):
    words = placed(VideoInput(1, title="Don't stop 1", cover_text="看球"))

    assert strongest(words, np.array(said, np.float32)) == span


def test_it_is_deterministic_and_takes_a_longer_text_than_it_reads(recaller):
    long = make_features(1, title="ball game " * 500)
    assert recaller.recall([long], k=3) == recaller.recall([long], k=3)


def test_network_and_linear_machine_each_have_half_a_say(recaller):
    texts = recaller._read([Features(VideoInput(1, title="an exciting ball game"))])
    column = recaller.vocabulary.column[SPORT]
    network = torch.sigmoid(recaller.model(texts.to(recaller.device)))[0, column].item()
    margin = recaller.linear.margins(texts.grams)[0, column]

    found = candidates(recaller, title="an exciting ball game")[SPORT].score
    assert found == pytest.approx((network + 1 / (1 + np.exp(-2.0 * margin))) / 2, rel=1e-5)
    assert recaller.linear.there[column]


def test_without_linear_machines_the_network_speaks_alone(tmp_path):
    alone = TextClassifier.train(make_training_set(30), FAST | {"least_steps": 5, "linear": False}, step=silent)
    alone.save(tmp_path / "part")
    again = TextClassifier.load(tmp_path / "part", alone.vocabulary)
    assert again.linear is None
    assert candidates(again, title="ball game") == candidates(alone, title="ball game")


def test_a_tag_asks_the_one_above_it_that_people_say_too(recaller, tmp_path):
    column = recaller.vocabulary.column
    assert recaller.above[column[GAME]] == column[SPORT]
    assert (recaller.above >= 0).sum() == 1
    recaller.save(folder := tmp_path / "part")
    config = json.loads((folder / "config.json").read_text())
    del config["above"]
    (folder / "config.json").write_text(json.dumps(config))

    before = TextClassifier.load(folder, recaller.vocabulary)  # a part that was written before

    asked, unasked = (candidates(each, title="a ball and much soup") for each in (recaller, before))
    odds = {tag: np.log(c.score / (1 - c.score)) for tag, c in unasked.items()}
    assert asked[SPORT].score == unasked[SPORT].score
    mean = (odds[GAME] + 0.2 * odds[SPORT]) / 1.2
    assert asked[GAME].score == pytest.approx(1 / (1 + np.exp(-mean)), rel=1e-4)


def test_what_a_sentence_means_counts_beside_its_words(recaller):
    ball, soup = (item.text for item in make_training_set(2).features)
    told = lambda vector: {c.tag: c.score for c in recaller.recall([Features(VideoInput(1, "???"), vector)], 9)[0]}

    assert told(ball)[SPORT] > told(soup)[SPORT] + 0.2
    assert told(soup)[COOKING] > told(ball)[COOKING] + 0.2
    assert told(ball)[SPORT] > told(None)[SPORT] > told(soup)[SPORT]
    assert told(np.ones(5, np.float32)) == told(None)  # of another encoder


def test_a_stack_may_leave_sentences_out(tmp_path):
    data = make_training_set(30)
    deaf = TextClassifier.train(data, FAST | {"least_steps": 5, "sentences": False}, step=silent)
    blind = TextClassifier.train(without_sentences(data), FAST | {"least_steps": 5}, step=silent)

    assert deaf.recall(data.features, 9) == blind.recall(data.features, 9)


def test_a_part_that_was_written_before_it_read_sentences_is_read(tmp_path):
    former = TextClassifier.train(without_sentences(make_training_set(30)), FAST | {"least_steps": 5}, step=silent)
    former.save(folder := tmp_path / "part")
    config = json.loads((folder / "config.json").read_text())
    for added in ("meaning", "meaning_dropout"):
        del config["encoder"][added]
    (folder / "config.json").write_text(json.dumps(config))

    again = TextClassifier.load(folder, former.vocabulary)

    seen = make_training_set(6).features  # the stack reads sentences by now
    assert again.recall(seen, 9) == former.recall(seen, 9)


def without_sentences(data: TrainingSet) -> TrainingSet:
    return replace(data, features=[replace(item, text=None) for item in data.features])
