"""What one verdict says of each clip, and which clips it must be seen to fit."""

from annotation.groups.choice import said, sample
from annotation.groups.clusters import Cluster, clusters
from annotation.verdicts import Said


def test_each_clip_gets_its_own_verdicts():
    choices = {1: "all", 2: "none", 3: "proposed"}

    assert said(choices, {1, 2, 3}) == [Said(1, "accept"), Said(2, "reject"), Said(3, "accept")]
    assert said(choices, {4}) == [Said(4, "accept"), Said(1, "add")]
    assert said({}, {}) == []


def test_a_sample_grows_with_the_group_and_differs_between_reviewers():
    videos = range(1, 61)

    assert len(sample(videos, "a")) == 6
    assert sample(videos, "a") == sample(reversed(videos), "a") != sample(videos, "b")
    assert sample([7, 8], "a") in ([7, 8], [8, 7])


def test_who_takes_a_drawn_clip_out_has_to_look_at_the_next_lot():
    drawn = sample(range(10), "a")

    again = sample(set(range(10)) - {drawn[0]}, "a")

    assert again[:2] == drawn[1:]
    assert again[2] not in drawn


def test_members_are_like_the_first_clip_not_only_like_some_other():
    chain = [(1, 2, 0.95), (2, 3, 0.91), (3, 4, 0.92), (4, 5, 0.95)]

    assert clusters(chain, most=9) == [Cluster((2, 1, 3), 0.91), Cluster((4, 5), 0.95)]


def test_a_clip_is_in_one_group_and_groups_are_bounded():
    pairs = [(a, b, 0.9 + b / 100) for a in range(1, 7) for b in range(a + 1, 7)]

    found = clusters(pairs, most=4)

    assert [len(one.videos) for one in found] == [4, 2]
    assert sorted(video for one in found for video in one.videos) == [1, 2, 3, 4, 5, 6]
    assert found == clusters(reversed(pairs), most=4)


def test_nothing_alike_is_no_group():
    assert clusters([], most=9) == []
    assert clusters([(1, 1, 1.0)], most=9) == []
