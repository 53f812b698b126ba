"""Recall by phrases that stand in the text."""

from dataclasses import replace

import pytest

from ml.layers.spans import Phrase
from ml.parts import TrainingSet, silent
from ml.recall.extraction import ExtractionRecaller, taught_texts
from ml.types import Features, Tag, VideoInput, Vocabulary
from tests.ml.stack_data import directions

pytestmark = pytest.mark.long

ANNA, BEN, LIMA = 1, 2, 3
PEOPLE = Vocabulary(
    (
        Tag(ANNA, "Anna Park", ("Anna Park", "安娜"), kind="person"),
        Tag(BEN, "Ben Okoro", ("Ben Okoro",), kind="person"),
        Tag(LIMA, "Lima", ("Lima",), kind="content"),
    )
)
NAMES = {ANNA: "Anna Park", BEN: "Ben Okoro", LIMA: "Lima"}
FAST = {"width": 24, "hidden": 24, "dropout": 0.0, "epochs": 1, "least_steps": 80, "rate": 0.02}
BERT = {"hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}


def video(number: int, title: str, description: str = "") -> Features:
    return Features(VideoInput(number, title, description))


def titled(titles: list[str], tags: list[frozenset[int]]) -> TrainingSet:
    features = [video(i, title) for i, title in enumerate(titles)]
    return TrainingSet(PEOPLE, directions(3, 4, seed=0), features, tags, [frozenset()] * len(titles))


DATA = titled(
    [f"today {NAMES[tag]} sings{'!' * (i % 3)}" if tag != LIMA else f"{i} days in Lima" for i, tag in
     enumerate([ANNA, BEN, LIMA] * 8)],
    [frozenset({tag}) for tag in (ANNA, BEN, LIMA)] * 8,
)  # fmt: skip


@pytest.fixture(scope="module")
def recaller():
    return ExtractionRecaller.train(DATA, FAST, step=silent)


def test_a_known_name_is_a_tag_with_the_words_as_evidence(recaller):
    candidates = recaller.recall([video(99, "", "today Anna Park sings")], k=5)[0]
    assert [c.tag for c in candidates] == [ANNA]
    span = candidates[0].evidence.spans[0]
    assert (span.field, span.start, span.end) == ("description", 6, 15)
    assert 0.5 < candidates[0].score <= 1


def test_a_phrase_without_a_tag_is_news_and_no_candidate(recaller):
    new = video(99, "today Ann Parko sings")
    assert recaller.recall([new], k=5) == [[]]
    unknown = recaller.unknown_phrases([new])[0]
    assert [(phrase.text, phrase.kind, phrase.tags) for phrase in unknown] == [("Ann Parko", "person", ())]
    assert recaller.unknown_phrases([video(99, "today Anna Park sings")]) == [[]]


def test_a_name_that_tags_share_counts_for_each_in_part():
    shared = Vocabulary((*PEOPLE.tags, Tag(4, "Lima", ("Lima",), kind="content")))
    recaller = ExtractionRecaller.train(replace(DATA, vocabulary=shared), FAST, step=silent)
    (phrase,) = recaller.phrases([video(99, "8 days in Lima")])[0]
    candidates = recaller.recall([video(99, "8 days in Lima")], k=5)[0]
    assert [(c.tag, c.score) for c in candidates] == [(LIMA, phrase.score / 2), (4, phrase.score / 2)]


def test_what_names_an_unsaid_tag_is_no_phrase():
    data = titled(["Anna Park in Lima", "Lima", "nothing"], [frozenset({ANNA}), frozenset({LIMA}), frozenset({BEN})])
    texts, said = taught_texts(data, longest=100)
    assert dict(zip(texts, said, strict=True)) == {
        "Anna Park in Lima": [Phrase(0, 9, "person")],
        "Lima": [Phrase(0, 4, "content")],
        "nothing": [],
    }


def test_without_a_single_phrase_it_stays_silent():
    recaller = ExtractionRecaller.train(titled(["a", "b"], [frozenset({ANNA})] * 2), FAST, step=silent)
    assert recaller.phrases([video(1, "Anna Park")]) == [[]]


def test_with_a_bert_it_learns_and_keeps_its_bits(tmp_path):
    told = []
    settings = FAST | {"bert": BERT, "rate": 0.005, "ahead": 2}
    recaller = ExtractionRecaller.train(DATA, settings, step=lambda *report: told.append(report[:2]))
    assert told[3] == (4, 4), "24 texts in batches of 16, twice, before the phrases"
    assert told[-1] == (80, 80)
    queries = [video(99, "today Ben Okoro sings"), video(98, "3 days in Lima")]
    assert [[c.tag for c in answer] for answer in recaller.recall(queries, k=5)] == [[BEN], [LIMA]]
    recaller.save(tmp_path / "part")
    assert ExtractionRecaller.load(tmp_path / "part", PEOPLE).recall(queries, k=5) == recaller.recall(queries, k=5)


def test_a_warm_start_knows_what_the_former_one_knew(recaller):
    little = FAST | {"epochs": 0, "least_steps": 1, "rate": 1e-6}
    later = ExtractionRecaller.train(DATA, little, step=silent, warm=recaller)
    assert [c.tag for c in later.recall([video(99, "today Anna Park sings")], k=5)[0]] == [ANNA]


def test_fifty_thousand_characters_and_mixed_scripts_are_read_to_a_limit(recaller):
    long = video(1, "today Anna Park sings " + "长 text 文 " * 6000)
    assert [c.tag for c in recaller.recall([long], k=5)[0]] == [ANNA]
