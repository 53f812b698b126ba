"""Names and aliases of tags in the text."""

import pytest

from ml.recall.mentions import MentionRecaller
from ml.types import Features, Tag, VideoInput, Vocabulary


def finder(*names: str) -> MentionRecaller:
    return MentionRecaller(Vocabulary(tuple(Tag(i, name, (name,)) for i, name in enumerate(names, start=1))))


def found(text: str, *names: str) -> list[str]:
    return [text[start:end] for start, end, _ in finder(*names).find(text)]


def test_a_latin_name_must_stand_as_a_word():
    assert found("Cats, concat cats-cats cats9", "cats") == ["Cats", "cats", "cats"]


def test_a_chinese_name_may_stand_anywhere():
    assert found("今天的篮球比赛", "篮球", "比赛") == ["篮球", "比赛"]


def test_latin_beside_chinese_is_a_word():
    assert found("新iPhone手机", "iphone") == ["iPhone"]


def test_one_character_is_no_name():
    assert found("a 猫 b", "猫", "a") == []


def test_the_longest_of_overlapping_names_wins():
    assert found("New York City at night", "new york", "york", "New York City") == ["New York City"]
    assert found("五月天演唱会", "五月", "月天演唱会") == ["月天演唱会"]


def test_a_shorter_name_counts_when_the_longer_is_not_a_word():
    assert found("rain forests", "rain", "rain forest") == ["rain"]


def test_a_name_longer_than_the_rest_of_the_text_is_no_mention():
    assert found("看篮球", "篮球", "篮球比赛现场") == ["篮球"]


@pytest.mark.parametrize(
    ("text", "name", "mention"),
    [
        ("ＢＡＬＬ game", "ball", "ＢＡＬＬ"),
        ("Straße!", "STRASSE", "Straße"),
        ("im Café", "cafe\u0301", "Café"),
        ("im Cafe\u0301 da", "café", "Cafe\u0301"),
        ("½ 做飯 ﬁsh 做饭", "fish", "ﬁsh"),
        ("😀 做饭 😀", "做饭", "做饭"),
    ],
)
def test_writing_variants_are_equal_and_places_are_those_of_the_original(text, name, mention):
    assert found(text, name) == [mention]


def test_an_accent_makes_another_word():
    assert found("cafe\u0301", "cafe") == []


def test_spans_name_field_and_place():
    video = VideoInput(1, title="Big Cats", cover_text="lions")
    recaller = MentionRecaller(Vocabulary((Tag(5, "Cat", ("Cat", "cats", "lions")),)))
    spans = recaller.recall([Features(video)], k=3)[0][0].evidence.spans
    assert [(s.field, getattr(video, s.field)[s.start : s.end]) for s in spans] == [
        ("title", "Cats"),
        ("cover_text", "lions"),
    ]


def test_a_name_that_two_tags_share_says_less_of_each():
    tags = (Tag(1, "Jaguar", ("Jaguar",)), Tag(2, "Jaguar", ("Jaguar",)), Tag(3, "Zoo", ("Zoo",)))
    candidates = MentionRecaller(Vocabulary(tags)).recall([Features(VideoInput(1, title="jaguar zoo"))], k=5)[0]
    assert [c.tag for c in candidates] == [3, 1, 2]
    assert candidates[0].score == pytest.approx(0.5)


def test_a_hundred_thousand_names_cost_a_text_no_more_look_ups_than_one():
    few, many = finder("cats"), finder("cats", *(f"name number {i}" for i in range(100_000)))
    text = "my cats and name number 77"
    assert len(many.lengths) <= 2
    assert [m[:2] for m in few.find(text)] == [m[:2] for m in many.find(text)][:1]
    assert [text[s:e] for s, e, _ in many.find(text)] == ["cats", "name number 77"]
