"""Exact search among few vectors, approximate search among many."""

import faiss
import numpy as np
import pytest

from ml.layers import vector_index
from ml.parts import TrainingSet, silent
from ml.recall.text_similarity import TextSimilarity
from ml.types import Features, VideoInput
from tests.ml.stack_data import VOCABULARY

TAGS = VOCABULARY.ids


def clustered(count: int, dim: int = 16, centres: int = 40) -> np.ndarray:
    """Vectors of length 1 around some centres, as sentence embeddings lie."""
    draw = np.random.default_rng(0)
    middle = draw.normal(size=(centres, dim))
    rows = middle[draw.integers(centres, size=count)] + 0.5 * draw.normal(size=(count, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def rows():
    return clustered(6000)


@pytest.fixture(scope="module")
def lists(rows):
    return vector_index.build(rows, exact=1000)


def test_few_vectors_are_all_compared(rows):
    index = vector_index.build(rows[:500])
    likeness, found, _ = vector_index.search(index, rows[:3], 5)
    expected = rows[:3] @ rows[:500].T
    assert found.tolist() == np.argsort(-expected, axis=1)[:, :5].tolist()
    np.testing.assert_allclose(likeness, -np.sort(-expected, axis=1)[:, :5], rtol=1e-5)


def test_of_many_vectors_nearly_all_of_the_nearest_are_found(rows, lists):
    queries = clustered(6200)[6000:]
    _, found, _ = vector_index.search(lists, queries, 50)
    nearest = np.argsort(-(queries @ rows.T), axis=1)[:, :50]
    share = np.mean([len(set(a) & set(b)) / 50 for a, b in zip(found.tolist(), nearest.tolist(), strict=True)])
    assert share >= 0.95


def test_a_number_of_a_vector_is_one_byte(rows, lists):
    around = 4 * lists.nlist * rows.shape[1] + 64_000  # centres and what every file has
    assert len(faiss.serialize_index(lists)) < len(rows) * (rows.shape[1] + 8 + 8) + around


def test_vectors_are_given_back_nearly_as_they_came(rows, lists):
    assert np.abs(vector_index.vectors_of(lists, np.array([[5, 1], [7, 3]])) - rows[[[5, 1], [7, 3]]]).max() < 0.01


def test_what_the_lists_do_not_hold_is_not_found(rows):
    index = vector_index.build(rows[:2000], exact=1000)
    index.nprobe = 1
    likeness, found, known = vector_index.search(index, rows[:4], 2000)
    assert known.any(axis=1).all()
    assert not known.all()
    assert (found[~known] == 0).all()
    assert (likeness[~known] == 0).all()


def test_similar_videos_vote_alike_whether_all_are_compared_or_not(rows, tmp_path):
    features = [Features(VideoInput(i), text=row) for i, row in enumerate(rows[:3000])]
    tags = [frozenset({TAGS[int(np.argmax(row[:6]))]}) for row in rows[:3000]]
    data = TrainingSet(VOCABULARY, np.zeros((len(TAGS), 0), np.float32), features, tags, [frozenset()] * 3000)
    all_, some = (TextSimilarity.train(data, {"exact": exact, "same": 2.0}, step=silent) for exact in (5000, 1000))
    asked = [Features(VideoInput(9000 + i), text=row) for i, row in enumerate(rows[3000:3020])]
    first = [[answer[0] for answer in recaller.recall(asked, 3)] for recaller in (all_, some)]
    assert [c.tag for c in first[1]] == [c.tag for c in first[0]]
    # Here and there a vote is missed; on the whole the scores are the same.
    assert sum(c.score for c in first[1]) == pytest.approx(sum(c.score for c in first[0]), rel=0.05)
    some.save(tmp_path / "part")
    assert TextSimilarity.load(tmp_path / "part", VOCABULARY).recall(asked, 3) == some.recall(asked, 3)
