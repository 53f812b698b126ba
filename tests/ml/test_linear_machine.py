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
