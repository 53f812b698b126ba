"""Linear machines over sparse rows against scikit-learn's dense answer."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.svm import LinearSVC

from ml.layers.linear_machine import LinearMachine


def drawn(classes: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    draw = np.random.default_rng(0)
    labels = np.repeat(np.arange(classes), 10)
    rows = (draw.random((len(labels), 40)) < 0.1) + 3.0 * (np.arange(40) % classes == labels[:, None])
    return sparse.csr_matrix(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32), labels


@pytest.mark.parametrize("classes", [2, 4])
def test_margins_are_those_of_the_machine_and_survive_keeping(classes):
    rows, labels = drawn(classes)
    machine = LinearMachine.fitted(rows, 2 * labels, 2 * classes)  # every second class has no rows
    dense = LinearSVC(random_state=0).fit(rows, labels).decision_function(rows)
    margins = machine.margins(rows)

    np.testing.assert_allclose(margins[:, 2], dense if classes == 2 else dense[:, 1], atol=0.05)
    assert (margins[:, ::2].argmax(axis=1) == labels).all()
    assert (margins[:, 1::2] == -1).all()
    again = LinearMachine.restored(machine.tensors(), rows.shape[1])
    assert (again.margins(rows) == margins).all()


def test_weights_that_say_nothing_are_not_kept():
    rows, labels = drawn(4)
    machine = LinearMachine.fitted(rows, labels, 4)
    assert np.abs(machine.weights.data).min() >= 0.01


def test_one_class_alone_is_not_told_from_anything():
    rows, labels = drawn(2)
    assert (LinearMachine.fitted(rows, labels * 0, 1).margins(rows) == -1).all()


def test_each_tag_has_a_machine_that_was_shown_what_it_may_know():
    rows, labels = drawn(4)
    said = sparse.csr_matrix(
        np.stack([labels == 0, labels < 2, labels < 0, labels >= 0, np.arange(40) < 2], axis=1) * 1.0
    )
    ignored = sparse.csr_matrix(said.shape)
    machines = LinearMachine.of_tags(rows, said, ignored)
    margins = machines.margins(rows)

    assert machines.there.tolist() == [True, True, False, False, False]  # of no text, of every text, of two
    assert ((margins[:, :2] > 0) == said.toarray()[:, :2]).all()
    assert (margins[:, 2:] == -1).all()

    hidden = sparse.csr_matrix(np.pad((labels == 1)[:, None] * 1.0, ((0, 0), (0, 4))))
    kept = labels != 1
    expected = LinearSVC(C=0.5, random_state=0).fit(rows[kept], labels[kept] == 0).decision_function(rows)
    np.testing.assert_allclose(LinearMachine.of_tags(rows, said, hidden).margins(rows)[:, 0], expected, atol=0.05)


def test_without_tags_or_ngrams_there_are_no_machines():
    rows, _ = drawn(2)
    none = sparse.csr_matrix((20, 0))
    assert LinearMachine.of_tags(rows, none, none).margins(rows).shape == (20, 0)
    said = sparse.csr_matrix(np.ones((20, 2)))
    assert not LinearMachine.of_tags(sparse.csr_matrix((20, 0)), said, said * 0).there.any()
