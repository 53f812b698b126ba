"""Typed paths on a graph drawn by hand, and the recaller that follows them."""

from dataclasses import replace

import numpy as np
import pytest

from ml import bundle
from ml.layers.relation_paths import Edges, PathConfig, Paths, confidence, edges
from ml.parts import TrainingSet, silent
from ml.recall.related import RelatedRecaller
from ml.types import Features, Hop, Tag, VideoInput, Vocabulary
from tests.ml.stack_data import directions

ANNA, BEN, FILM, SAGA, STUDIO, CINEMA = 1, 2, 3, 4, 5, 6
TAGS = Vocabulary(
    (
        Tag(ANNA, "Anna", kind="person", relations=(("plays_in", FILM),)),
        Tag(BEN, "Ben", kind="person", relations=(("plays_in", FILM), ("filmed_in", 99))),
        Tag(FILM, "Star Film", relations=(("part_of", SAGA), ("made_by", STUDIO))),
        Tag(SAGA, "Saga"),
        Tag(STUDIO, "Studio", assignable=False),
        Tag(CINEMA, "Cinema"),
    )
)
SAID = [frozenset({ANNA, FILM})] * 4 + [frozenset({BEN})] * 4 + [frozenset({FILM, CINEMA})] * 3


def data(said=SAID):
    features = [Features(VideoInput(i)) for i in range(len(said))]
    return TrainingSet(TAGS, directions(len(TAGS), 3, seed=0), features, said, [frozenset()] * len(said))


def graph(*links, tags=8, **kw):
    start, end, sure, kind = zip(*links, strict=True)
    drawn = Edges(np.array(start), np.array(end), np.array(sure, np.float32), kind)
    return Paths(drawn, tags, PathConfig(**kw))


def test_a_score_is_the_product_along_the_surest_path():
    paths = graph((0, 1, 0.5, "a"), (1, 2, 0.5, "b"), (0, 2, 0.1, "c"), (2, 3, 1.0, "d"), decay=0.8)

    found = paths.reach({0: 0.9})

    assert found[1] == (pytest.approx(0.9 * 0.5 * 0.8), (("", 0), ("a", 1)))
    assert found[2] == (pytest.approx(0.9 * 0.25 * 0.64), (("", 0), ("a", 1), ("b", 2)))
    assert 3 not in found or len(found[3][1]) == 3  # two hops, no more
    assert found[3][1] == (("", 0), ("c", 2), ("d", 3))
    assert 0 not in found


def test_the_likelier_seed_leads():
    paths = graph((0, 2, 0.5, "a"), (1, 2, 0.4, "b"))

    assert paths.reach({0: 0.1, 1: 0.9})[2][1] == (("", 1), ("b", 2))
    assert paths.reach({}) == {}


def test_few_edges_are_followed_and_hubs_are_never_left():
    hub = [(0, i, i / 40, "a") for i in range(1, 40)]
    wide = [(1, i, i / 40, "a") for i in range(2, 8)]

    paths = graph(*hub, *wide, tags=40, fan_out=2)

    assert paths.reach({0: 1.0}) == {}
    assert sorted(paths.reach({1: 1.0})) == [6, 7]


def test_a_kind_learns_from_all_its_relations_and_a_relation_from_its_own_videos():
    found = edges(TAGS, data().positive, together=2, strength=10.0)
    told = {
        (TAGS.ids[a], kind, TAGS.ids[b]): s
        for a, b, kind, s in zip(found.start, found.end, found.kind, found.confidence, strict=True)
    }

    usual = confidence(4, 8, 0.3, 10)  # Anna's four of four, Ben's none of four; the prior of plays_in is 0.3
    assert told[ANNA, "plays_in", FILM] == pytest.approx(confidence(4, 4, usual, 10))
    assert told[BEN, "plays_in", FILM] == pytest.approx(confidence(0, 4, usual, 10))
    assert told[ANNA, "plays_in", FILM] > told[BEN, "plays_in", FILM]
    assert told[SAGA, "^part_of", FILM] == pytest.approx(0.2 * 10 / 10)  # nobody said Saga: what was thought before
    assert told[CINEMA, "together", FILM] == pytest.approx(confidence(3, 3, 7 / 11, 10))
    assert (ANNA, "together", FILM) not in told  # the relation says more
    assert not any(99 in (a, b) for a, _, b in told)


def test_what_the_named_has_to_do_with_is_proposed_with_the_path():
    recaller = RelatedRecaller.train(data(), {}, step=silent)

    [found] = recaller.recall([Features(VideoInput(9, "tonight with Anna"))], k=9)

    assert found[0].tag == FILM
    assert found[0].evidence.path == (Hop("", ANNA), Hop("plays_in", FILM))
    paths = {candidate.tag: candidate.evidence.path for candidate in found}
    assert paths[SAGA] == (Hop("", ANNA), Hop("plays_in", FILM), Hop("part_of", SAGA))
    assert paths[BEN] == (Hop("", ANNA), Hop("plays_in", FILM), Hop("^plays_in", BEN))
    assert STUDIO not in paths  # may not be given
    assert {candidate.evidence.spans[0][1:] for candidate in found} == {(13, 17)}
    assert recaller.recall([Features(VideoInput(9, "nobody"))], k=9) == [[]]


def test_relations_live_in_the_files_of_tags_and_old_files_have_none(tmp_path):
    named = Vocabulary(tuple(replace(tag, names=(tag.name,)) for tag in TAGS))
    bundle.write_tags(tmp_path / "tags.jsonl", named)
    (tmp_path / "old.jsonl").write_text('{"id": 1, "name": "Anna"}\n')

    assert bundle.read_tags(tmp_path / "tags.jsonl") == named
    assert bundle.read_tags(tmp_path / "old.jsonl").tags[0].relations == ()


def test_saved_for_a_vocabulary_that_lost_a_tag_it_goes_on_without(tmp_path):
    RelatedRecaller.train(data(), {}, step=silent).save(tmp_path / "part")
    rest = Vocabulary(tuple(tag for tag in TAGS if tag.id != FILM))

    loaded = RelatedRecaller.load(tmp_path / "part", rest)

    assert loaded.recall([Features(VideoInput(9, "Anna"))], k=9) == [[]]
