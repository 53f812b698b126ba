"""What the text benchmark computes by itself, against sums done by hand and slower ways."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from benchmarks import text
from benchmarks.sets import kuairec
from benchmarks.texts import bag, features, linear, product, states
from benchmarks.texts.states import States
from benchmarks.texts.task import Task, log_softmax, together


def make_task(**kw) -> Task:
    texts = ["Who wrote Faust ?", "Who sang ?", "What city is big ?", "What city was lost ?"]
    task = {
        "name": "made",
        "texts": texts * 3,
        "labels": np.array([[0], [0], [1], [1]] * 3),
        "judged": ["Who died ?", "What city ?"],
        "truth": np.array([[0], [1]]),
        "parts": ["test", "test"],
    }
    return Task(**(task | kw))


def test_accuracy_counts_each_part_and_only_what_is_known():
    task = make_task(truth=np.array([[0, -1], [1, 1]]), labels=np.array([[0, 0]] * 12), parts=["dev", "test"])
    scores = [np.log([[0.6, 0.4], [0.9, 0.1]]), np.log([[0.5, 0.5], [0.2, 0.8]])]

    assert task.accuracy(scores) == {"dev level 1 top1": 1.0, "test level 1 top1": 0.0, "test level 2 top1": 1.0}


def test_several_methods_have_the_mean_of_their_probabilities():
    one = [np.log([[0.9, 0.1]] * 2), np.log([[0.2, 0.3, 0.5]] * 2)]
    other = [np.log([[0.4, 0.6]] * 2), np.array([[np.log(0.5), np.log(0.5), -np.inf]] * 2)]

    first, second = together([one, other])

    np.testing.assert_allclose(np.exp(first[0]), [0.65, 0.35])
    np.testing.assert_allclose(np.exp(second[1]), [0.35, 0.4, 0.25])


def test_the_teacher_was_not_told_the_class_of_the_text_it_judges():
    draw = np.random.default_rng(0)
    points, hints = draw.normal(size=(9, 3)), draw.random((9, 2)).astype(np.float32)
    target = np.eye(3)[draw.integers(0, 3, 9)]
    square, lengths = points @ points.T, np.linalg.norm(hints, axis=1, keepdims=True)
    whole = square + linear.HINTS * (hints / lengths) @ (hints / lengths).T

    found = linear._teacher(square, hints, target)

    mean = target.mean(axis=0)
    for i in range(9):
        rest = np.delete(np.arange(9), i)
        inner = whole[np.ix_(rest, rest)] + linear.RIDGE * np.eye(8)
        alone = whole[i, rest] @ np.linalg.solve(inner, target[rest] - mean) + mean
        np.testing.assert_allclose(found[i], alone, rtol=1e-5)


@pytest.mark.parametrize("method", [linear.svm, linear.ridge])
def test_linear_methods_tell_questions_apart(method):
    for hints in (None, np.array([[1, 0], [1, 0], [0, 1], [0, 1]] * 3, np.float32)):
        task = make_task(hints=hints)
        assert task.accuracy(method(task, 0)) == {"test top1": 1.0}


def test_methods_that_read_sentences_tell_apart_what_words_do_not():
    draw = np.random.default_rng(0)
    near = lambda rows: np.eye(2, 8, dtype=np.float32)[rows] + 3 + 0.05 * draw.normal(size=(len(rows), 8))
    told = (near([0, 0, 1, 1] * 3).astype(np.float32), near([0, 1]).astype(np.float32))
    task = make_task(judged=["??", "??"], vectors=told)

    for method in (linear.sentence_svm, linear.sentence_ridge, bag.sentence_bag):
        assert task.accuracy(method(task, 0)) == {"test top1": 1.0}, method
    with pytest.raises(ValueError, match="nobody has read the texts of made"):
        linear.sentence_ridge(make_task(), 0)


def test_attention_finds_the_one_token_that_tells():
    draw = np.random.default_rng(0)

    def make_states(classes: list[int]) -> States:
        found = [draw.normal(size=(draw.integers(4, 9), 8)).astype(np.float16) for _ in classes]
        for tokens, cls in zip(found, classes, strict=True):
            tokens[draw.integers(len(tokens)), :2] = (9, 9 - 18 * cls)
        return States.of(found)

    nothing = (np.zeros((48, 2), np.float32), np.zeros((8, 2), np.float32))
    labels, truth = np.array([[0], [1]] * 24), np.array([[0], [1]] * 4)
    task = make_task(texts=["a b"] * 48, labels=labels, judged=["a b"] * 8, truth=truth, parts=["test"] * 8)
    told = (make_states(labels[:, 0].tolist()), make_states(truth[:, 0].tolist()))

    found = bag.token_bag(replace(task, vectors=nothing, states=told), 0)

    assert task.accuracy(found) == {"test top1": 1.0}
    with pytest.raises(ValueError, match="nobody has read the tokens of made"):
        bag.token_bag(task, 0)


def test_states_are_those_of_each_text_alone(tmp_path):
    torch.manual_seed(0)
    shape = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    model = BertModel(BertConfig(vocab_size=20, **shape)).eval()
    tokens = [[5, 6, 7], [8], [9, 4, 3, 2]]

    states.read(model, tokens, layer=1, padding=1, batch=2).save(tmp_path / "states.npz")
    first, rest = States.load(tmp_path / "states.npz").parted(2)

    assert (len(first), len(rest)) == (2, 1)
    padded, mask = first.padded(np.array([1, 0]), longest=2)
    assert mask.tolist() == [[True, False], [True, True]]
    with torch.inference_mode():
        alone = [model(torch.tensor([row]), output_hidden_states=True).hidden_states[1][0] for row in tokens]
    for found, wanted in ((padded[0, :1], alone[1]), (padded[1], alone[0][:2]), (torch.tensor(rest.rows), alone[2])):
        torch.testing.assert_close(found.float(), wanted, atol=2e-3, rtol=0)


def test_of_a_plain_method_and_its_reading_one_only_the_latter_is_a_partner():
    names = ("tfidf_svm", "sentence_svm", "joint_bag", "text_classifier")
    scores = {name: [np.zeros((1, 1))] for name in (*names, "token_bag")}
    partners = lambda *asked: [id(each) for each in text._partners({name: scores[name] for name in asked})]

    assert partners(*names) == [id(scores["sentence_svm"]), id(scores["joint_bag"])]
    assert partners("joint_bag", "token_bag") == [id(scores["token_bag"])]


def test_the_products_part_learns_levels_and_further_top_levels():
    task = make_task(hints=np.array([[1, 0], [1, 0], [0, 1], [0, 1]] * 3, np.float32))
    task = replace(task, hint_classes=(0, -1))
    levels = replace(task, labels=np.array([[0, 1], [1, -1], [1, 0]]), truth=np.array([[0, 0]]))

    assert [tag.parent for tag in product._vocabulary(levels)] == [None, None, 1, 0]
    (told,) = product.text_classifier(task, 0, least_steps=20)
    assert task.accuracy([told])["test top1"] == 1.0
    alone, plain = (
        product.text_classifier(t, 0, further=f, least_steps=20)
        for t, f in ((task, False), (replace(task, hints=None), True))
    )
    np.testing.assert_array_equal(alone[0], plain[0], "further top levels were not to be learned")
    assert told.max() < 0


def test_probabilities_sum_to_one():
    found = np.exp(log_softmax(np.array([[1.0, 2.0, -np.inf], [900.0, 0.0, 0.0]])))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found[0, 2] == 0


def test_words_say_where_they_stand():
    found = features.words("Who am I")
    assert {"Who", "am I", "Who am I", "begin:Who am", "1:am", "Who..I", "in:<am>", "in:Who"} <= set(found)


def test_kuairec_has_levels_and_hints(tmp_path):
    rows = {
        "train.csv": [("A > b", "[1, 2]"), ("C", "[]"), ("A > d", "[2]")],
        "dev.csv": [("A > b", "[]")],
        "test.csv": [("C > e", "[]")],
    }
    for name, videos in rows.items():
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow([*kuairec.TEXT, "category_path", "extra_top_level"])
            table.writerows([json.dumps(path), "", "x", path, tops] for path, tops in videos)

    (tmp_path / "taxonomy.csv").write_text("id,name,parent_id\n1,C,\n3,A,\n4,b,3\n", encoding="utf-8")

    task = kuairec.as_task(tmp_path)

    assert task.hint_classes == (1, -1)  # nothing of the tree is numbered 2
    assert task.parts == ["dev", "test"]
    assert task.labels[:, :2].tolist() == [[0, 0], [1, -1], [0, 1]]
    assert task.truth[:, :2].tolist() == [[0, 0], [1, 2]]
    assert task.hints.tolist() == [[1, 1], [0, 0], [0, 1]]
