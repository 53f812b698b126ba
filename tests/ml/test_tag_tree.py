"""What the tag above one says, against values worked out by hand."""

import numpy as np
import pytest
from scipy import sparse

from ml.layers import tag_tree
from ml.types import Tag, Vocabulary

PETS, CATS, DOGS, NEWS = range(4)
VOCABULARY = Vocabulary((Tag(7, "Pets"), Tag(8, "Cats", parent=7), Tag(9, "Dogs", parent=7), Tag(5, "News", parent=99)))


def test_only_a_parent_that_people_say_too_counts():
    said = sparse.csr_matrix(np.array([[1, 1, 0, 1], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [1, 0, 1, 0]]))

    assert tag_tree.parents(VOCABULARY, said).tolist() == [-1, PETS, -1, -1]  # of dogs one in three


def test_without_videos_or_without_a_tree_there_is_none_above():
    assert tag_tree.parents(VOCABULARY, sparse.csr_matrix((0, 4))).tolist() == [-1] * 4
    assert tag_tree.parents(Vocabulary((Tag(1, "News"),)), sparse.csr_matrix(np.ones((2, 1)))).tolist() == [-1]


def test_a_tag_is_drawn_towards_the_one_above_it():
    probability = np.array([[0.9, 0.5, 0.2, 0.3], [0.1, 0.5, 0.2, 1.0]])

    found = tag_tree.believed(probability, np.array([-1, PETS, PETS, -1]), 1.0)

    assert found[:, [PETS, NEWS]].tolist() == probability[:, [PETS, NEWS]].tolist()
    assert found[:, CATS] == pytest.approx([0.75, 0.25])  # the root of odds of 9, and of one ninth
    assert found[:, DOGS] == pytest.approx([0.6, 1 / 7])
    assert tag_tree.believed(probability, np.array([-1, PETS, PETS, -1]), 0.0) == pytest.approx(probability)
