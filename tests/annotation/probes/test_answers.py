"""What is kept of a probed review."""

from annotation.probes import answers
from annotation.verdicts import Said, given

SEEDED, OTHER, THIRD = 7, 8, 9


def test_an_accepted_seed_is_told_and_not_kept():
    answer = answers.split([Said(SEEDED, "accept"), Said(OTHER, "accept")], "wrong", SEEDED)

    assert answer == ([Said(OTHER, "accept")], "accept")


def test_a_rejected_seed_is_not_kept_either():
    assert answers.split([Said(SEEDED, "reject", "minor")], "wrong", SEEDED) == ([], "reject")


def test_what_was_put_in_the_place_of_a_seed_was_added():
    answer = answers.split([Said(SEEDED, "replace", "", OTHER)], "wrong", SEEDED)

    assert answer == ([Said(OTHER, "add")], "replace")


def test_what_has_a_verdict_of_its_own_is_not_added_twice():
    said = [Said(SEEDED, "replace", "", OTHER), Said(OTHER, "accept")]

    assert answers.split(said, "wrong", SEEDED).kept == [Said(OTHER, "accept")]


def test_a_seed_put_in_the_place_of_another_leaves_that_one_rejected():
    answer = answers.split([Said(OTHER, "replace", "", SEEDED), Said(SEEDED, "reject")], "wrong", SEEDED)

    assert answer == ([Said(OTHER, "reject")], "add")
    assert given(answer.kept) == set()


def test_a_tag_that_was_left_out_is_kept_when_the_reviewer_finds_it():
    said = [Said(OTHER, "accept"), Said(SEEDED, "add")]

    assert answers.split(said, "missing", SEEDED) == (said, "add")
    assert answers.split(said[:1], "missing", SEEDED) == (said[:1], "")
    replaced = [Said(OTHER, "replace", "", SEEDED)]
    assert answers.split(replaced, "missing", SEEDED) == (replaced, "add")


def test_blind_and_plain_reviews_are_kept_as_they_are():
    said = [Said(OTHER, "replace", "", THIRD)]

    for kind in ("blind", "gold", ""):
        assert answers.split(said, kind, None) == (said, "")


def test_what_was_sent_is_read_as_it_was():
    said = [Said(OTHER, "replace", "", THIRD), Said(SEEDED, "reject", "minor")]

    assert answers.unpacked(answers.packed(said)) == said
