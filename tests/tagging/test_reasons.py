"""Evidence as stored, told in the reader's words."""

from django.utils.translation import override

from tagging import reasons
from tagging.models import Video

NAMES = {1: "Police Story", 2: "Jackie Chan"}


def test_words_are_named_once():
    video = Video(title="dunk dunk", description="dunks")

    assert reasons.words(video, [("title", 0, 4), ("title", 5, 9), ("description", 0, 5)]) == ("dunk", "dunks")


def test_words_of_the_context_are_named_with_their_field():
    video = Video(title="a", program="Soccer Night", uploader="tv")
    places = [("title", 0, 1), ("program", 0, 6), ("program", 0, 6)]

    assert reasons.words(video, places) == ("a",)
    assert reasons.context(video, places) == (("program", "Soccer"),)


def test_a_path_says_which_relation_leads_on_and_which_way_round():
    there, back = ({"path": [["", a], [by, b]]} for a, by, b in ((2, "plays_in", 1), (1, "^plays_in", 2)))

    assert reasons.path(there, NAMES) == (("", "Jackie Chan"), ("plays in", "Police Story"))
    assert reasons.path(back, NAMES) == (("", "Police Story"), ("played by", "Jackie Chan"))
    with override("zh-hans"):
        assert reasons.path(back, NAMES)[1].how == "主演"
    assert reasons.on_paths([there, back, {}]) == {1, 2}


def test_a_path_over_a_tag_that_is_gone_is_not_shown():
    assert reasons.path({"path": [["", 1], ["related", 9]]}, NAMES) == ()
    assert reasons.path({}, NAMES) == ()


def test_a_relation_without_words_here_is_told_by_its_own_name():
    assert reasons.path({"path": [["", 1], ["shot_in", 2]]}, NAMES)[1].how == "shot in"


def test_a_face_is_told_in_per_cent_of_the_picture():
    found = reasons.box({"region": [63.5, 0.25, 0.1, 0.5, 0.6]})

    assert found == (63.5, 25, 10, 25, 50)
    assert (found.sides, found.time) == ("25 10 25 50", "1:03")
    assert reasons.box({}) is None
