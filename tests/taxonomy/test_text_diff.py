"""What changed between two texts, for readers."""

from hypothesis import given
from hypothesis import strategies as st

from taxonomy.text_diff import Part, brief, changes


def told(parts):
    marks = {"same": "{}", "gone": "[-{}-]", "new": "[+{}+]", "gap": "…"}
    return "".join(marks[part.kind].format(part.text) for part in parts)


def test_changed_words_stand_beside_the_unchanged_ones():
    assert told(changes("A ball must be in sight.", "A ball or hoop is in sight.")) == (
        "A ball [-must be -][+or hoop is +]in sight."
    )


def test_crumbs_between_changes_are_told_as_part_of_them():
    assert told(changes("one two three four five six seven", "uno two tres four cinco six seven")) == (
        "[-one two three four five -][+uno two tres four cinco +]six seven"
    )


def test_chinese_is_compared_by_character():
    assert told(changes("画面里必须有球", "画面里可以有球")) == "画面里[-必须-][+可以+]有球"


def test_nothing_changed():
    assert changes("the same", "the same") == [Part("same", "the same")]
    assert changes("", "") == []


def test_long_unchanged_text_is_left_out():
    long = "word " * 60

    assert told(brief(long + "old end", long + "new end", around=2)) == "…word word [-old -][+new +]end"
    assert told(brief("a start " + long, "the start " + long, around=2)) == "[-a -][+the +]start word …"


texts = st.text(st.sampled_from("ab 球里\n."), max_size=40)


@given(texts, texts)
def test_both_texts_can_be_read_from_the_parts(before, after):
    parts = changes(before, after)

    assert "".join(part.text for part in parts if part.kind != "new") == before
    assert "".join(part.text for part in parts if part.kind != "gone") == after
