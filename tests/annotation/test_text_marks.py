"""Words that speak for a tag are marked where they stand."""

from hypothesis import given
from hypothesis import strategies as st

from annotation.clips import Segment
from annotation.text_marks import segments, text_fields
from tagging.models import Video

MARKS = st.lists(st.tuples(st.integers(-3, 30), st.integers(-3, 30), st.integers(1, 4)), max_size=6)


def test_a_marked_word_is_a_segment_of_its_own():
    assert segments("he dunks again", [(3, 8, 7)]) == (Segment("he "), Segment("dunks", (7,)), Segment(" again"))


def test_overlapping_marks_share_the_piece_both_speak_for():
    assert segments("abcd", [(0, 3, 1), (2, 4, 2)]) == (Segment("ab", (1,)), Segment("c", (1, 2)), Segment("d", (2,)))


@given(st.text(max_size=25), MARKS)
def test_the_segments_put_together_are_the_text(text, marks):
    assert "".join(s.text for s in segments(text, marks)) == text


def test_empty_texts_are_left_out():
    video = Video(title="扣篮 again", description="", cover_text="3v3")

    assert [f.name for f in text_fields(video, {5: [("title", 0, 2)]})] == ["title", "cover_text"]
