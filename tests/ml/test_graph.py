"""Links between tags: ComplEx against complex numbers, PageRank against the linear system, recall over a drawn one."""

import numpy as np
import pytest
import torch
from scipy import sparse

from ml.layers.complex_links import ComplexLinks, LinkConfig, both_ways, learn, link_metrics, ranks
from ml.layers.descent import DescentConfig
from ml.layers.page_rank import Walk, WalkConfig
from ml.parts import TrainingSet, silent
from ml.recall.graph import GraphRecaller, GraphSettings, companions, kinship
from ml.types import Features, Tag, VideoInput, Vocabulary
from tests.ml.layer_checks import overfits, parameters, reloaded
from tests.ml.stack_data import directions

FACTS = np.array([[0, 0, 1], [1, 0, 2], [2, 1, 3], [3, 1, 0], [4, 0, 1]])


def links(**kw) -> ComplexLinks:
    torch.manual_seed(1)
    return ComplexLinks(LinkConfig(5, 2, **({"rank": 4} | kw)))


def test_a_link_scores_as_its_complex_product():
    model = links()
    entities = torch.complex(*model.entities.detach().double().chunk(2, dim=-1)).numpy()
    relations = torch.complex(*model.relations.detach().double().chunk(2, dim=-1)).numpy()
    expected = [[np.sum(entities[h] * relations[r] * entities[t].conj()).real for t in range(5)] for h, r, _ in FACTS]
    scores = model(torch.from_numpy(FACTS[:, 0]), torch.from_numpy(FACTS[:, 1]))
    np.testing.assert_allclose(scores.detach().numpy(), expected, rtol=1e-4, atol=1e-9)
    assert parameters(model) == (5 + 2 * 2) * 2 * 4


def test_n3_is_the_mean_of_cubed_moduli():
    model = links()
    moduli = [np.abs(torch.complex(*part.detach().double().chunk(2, dim=-1)).numpy()) for part in model.parameters()]
    expected = np.mean([(moduli[0][[h, t]] ** 3).sum() + (moduli[1][r] ** 3).sum() for h, r, t in FACTS])
    assert model.n3(torch.from_numpy(FACTS)).item() == pytest.approx(expected, rel=1e-3)


def test_every_fact_is_learned_both_ways_round():
    assert both_ways(FACTS[:1], 2).tolist() == [[0, 0, 1], [1, 2, 0]]


def test_links_are_learned_by_heart_and_keep_their_bits(tmp_path):
    model, facts = links(strength=0.0), torch.from_numpy(both_ways(FACTS[:4], 2))
    assert overfits(model, lambda: model.loss(facts), rate=0.1) < 0.05
    assert (ranks(model, FACTS[:4], FACTS[:4]) == 1).all()
    again = reloaded(model, links(strength=0.0), tmp_path)
    assert torch.equal(again(facts[:, 0], facts[:, 1]), model(facts[:, 0], facts[:, 1]))


def test_ranks_leave_out_what_is_known_and_split_ties():
    model = links()
    with torch.no_grad():
        model.entities.zero_()  # every score is 0
    places = ranks(model, FACTS[:1], FACTS)
    # (0, 0, ?): 4 other tails, all tied; (?, 0, 1): the head 4 is known too, 3 others tied
    assert places.tolist() == [3.0, 2.5]
    assert link_metrics(np.array([1.0, 2.0, 20.0])) == pytest.approx(
        {"mrr": (1 + 0.5 + 0.05) / 3, "hits_at_1": 1 / 3, "hits_at_3": 2 / 3, "hits_at_10": 2 / 3}
    )


def test_training_lowers_the_loss_on_a_graph():
    model = links(rank=8, strength=0.001)
    before = model.loss(torch.from_numpy(FACTS)).item()
    learn(model, FACTS, DescentConfig(epochs=1, least_steps=60, batch=4, rate=0.05), silent)
    assert model.loss(torch.from_numpy(FACTS)).item() < before / 4


#  0 -> 1 (3), 0 -> 2 (1), 1 -> 2 (1), 2 -> 0 (1), 3 is a dead end that 2 also leads to (1)
DRAWN = sparse.csr_matrix(np.array([[0, 3, 1, 0], [0, 0, 1, 0], [1, 0, 0, 1], [0, 0, 0, 0]], float))


def test_visits_solve_the_equation_of_page_rank():
    walk = Walk(DRAWN, WalkConfig(going_on=0.6, steps=200))
    moves = np.array([[0, 0.75, 0.25, 0], [0, 0, 1, 0], [0.5, 0, 0, 0.5], [1, 0, 0, 0]])  # the dead end begins again
    start = np.array([1.0, 0, 0, 0])
    expected = np.linalg.solve(np.eye(4) - 0.6 * moves.T, 0.4 * start)
    np.testing.assert_allclose(walk.visits(np.array([[5.0, 0, 0, 0]]))[0], expected, atol=1e-9)
    assert walk.visits(np.zeros((1, 4))).tolist() == [[0, 0, 0, 0]]


def test_the_likeliest_path_is_found():
    walk = Walk(DRAWN, WalkConfig())
    assert walk.path(np.array([0]), 2) == [0, 1, 2]  # 0.75 * 1 beats 0.25
    assert walk.path(np.array([1, 2]), 3) == [2, 3]
    assert walk.path(np.array([3]), 0) == []


def test_only_the_strongest_links_are_walked_and_hubs_are_not_left():
    wide = sparse.lil_matrix((40, 40))
    wide[0, 1:] = np.arange(1, 40)  # a hub
    wide[1, 2:6] = [1, 4, 3, 2]
    walk = Walk(wide.tocsr(), WalkConfig(fan_out=2))
    assert walk.links[0].nnz == 0
    assert sorted(walk.links[1].indices.tolist()) == [3, 4]


ANNA, FILM, SAGA, PLACE = 1, 2, 3, 4
TAGS = Vocabulary((Tag(ANNA, "Anna"), Tag(FILM, "Star Film", parent=SAGA), Tag(SAGA, "Saga"), Tag(PLACE, "Lima")))


def data() -> TrainingSet:
    tags = [frozenset({ANNA, FILM})] * 3 + [frozenset({PLACE})] * 5 + [frozenset({ANNA, PLACE})]
    features = [Features(VideoInput(i)) for i in range(len(tags))]
    return TrainingSet(TAGS, directions(4, 3, seed=0), features, tags, [frozenset()] * len(tags))


def test_links_are_kin_and_companions():
    kin = kinship(TAGS, GraphSettings()).toarray()
    assert (kin[1, 2], kin[2, 1], kin.sum()) == (1.0, 0.2, 1.2)
    together = companions(data().positive, together=2).toarray()
    assert together[0, 1] == together[1, 0] == pytest.approx(np.log(3 * 9 / (4 * 3)) / np.log(9))
    assert np.count_nonzero(together) == 2  # Anna and Lima share one video only


def test_relatives_of_what_is_named_are_proposed_with_the_words_and_the_way():
    recaller = GraphRecaller.train(data(), {}, step=silent)
    video = Features(VideoInput(99, "tonight with Anna"))
    candidates = recaller.recall([video], k=5)[0]
    assert [c.tag for c in candidates] == [FILM, SAGA]
    assert [(s.start, s.end) for s in candidates[1].evidence.spans] == [(13, 17)]
    assert recaller.path(video, SAGA) == [ANNA, FILM, SAGA]
    assert recaller.path(video, PLACE) == []
    assert recaller.recall([Features(VideoInput(98, "nobody"))], k=5) == [[]]
