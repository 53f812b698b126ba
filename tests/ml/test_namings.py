"""The curve of naming programs against values worked out by hand."""

from ml.training import namings
from ml.training.namings import Naming
from ml.types import Example, Proposal, Tag, VideoInput, Vocabulary

NEWS, QUIZ, SPORT = 1, 2, 3
VOCABULARY = Vocabulary((Tag(NEWS, "News", kind="program"), Tag(QUIZ, "Quiz", kind="program"), Tag(SPORT, "Sport")))


def curve(*clips, points=15):
    """Each clip: the tags it has, and what is proposed with which confidence."""
    videos = [Example(VideoInput(i), frozenset(tags)) for i, (tags, _) in enumerate(clips)]
    proposals = [[Proposal(tag, sure) for tag, sure in said.items()] for _, said in clips]
    return namings.curve(proposals, videos, VOCABULARY, points)


def test_only_the_surest_program_of_a_clip_counts():
    found = curve(({NEWS}, {SPORT: 0.99, QUIZ: 0.5, NEWS: 0.9}), ({QUIZ}, {NEWS: 0.8, QUIZ: 0.6}))

    assert found == [Naming(0.9, 0.5, 1.0, 1), Naming(0.8, 1.0, 0.5, 2)]


def test_a_clip_of_no_program_is_named_wrongly_and_one_without_proposal_not_at_all():
    found = curve(({NEWS}, {NEWS: 0.9}), ({SPORT}, {NEWS: 0.7}), ({QUIZ}, {SPORT: 1.0}), ({QUIZ}, {}))

    assert found == [Naming(0.9, 0.25, 1.0, 1), Naming(0.7, 0.5, 0.5, 2)]


def test_equally_sure_clips_are_named_together():
    found = curve(({NEWS}, {NEWS: 0.9}), ({QUIZ}, {NEWS: 0.9}), ({NEWS}, {NEWS: 0.2}))

    assert [(step.confidence, step.count) for step in found] == [(0.9, 2), (0.2, 3)]


def test_steps_hold_equally_many_clips():
    found = curve(*[({NEWS}, {NEWS: i / 40}) for i in range(1, 31)], points=3)

    assert [step.count for step in found] == [10, 20, 30]


def test_where_no_program_is_proposed_there_is_no_curve():
    assert curve(({SPORT}, {SPORT: 0.9})) == curve() == []
