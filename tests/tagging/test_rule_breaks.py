"""Which stored tag sets a rule would break: by examples, and by comparison with the rule book on random sets."""

import random

import pytest

from tagging import rule_breaks
from tagging.models import VideoTag
from taxonomy.rules import Node, Rule, RuleBook
from tests.factories import make_line, make_tag, make_video

pytestmark = pytest.mark.django_db


def give(video, line, *tags):
    VideoTag.objects.bulk_create(VideoTag(video=video, business_line=line, tag=tag, source="review") for tag in tags)
    return video


def rule(kind, subject, *others, line=None):
    return Rule(0, kind, subject.pk, tuple(tag.pk for tag in others), line.pk if line else None)


def test_clips_with_both_tags_break_an_exclusion_and_are_shown_with_the_tags():
    line, rain, snow, dog = make_line(), make_tag("Rain"), make_tag("Snow"), make_tag("Dog")
    both = give(make_video(), line, rain, snow, dog)
    give(make_video(), line, rain)

    broken = rule_breaks.of(rule("excludes", rain, snow))

    assert (broken.sets, [(e.video, e.line, e.tags) for e in broken.examples]) == (1, [(both, line, ("Rain", "Snow"))])


def test_the_sets_of_two_lines_are_not_mixed():
    video, rain, snow = make_video(), make_tag(), make_tag()
    give(video, make_line(), rain)
    give(video, make_line(), snow)

    assert rule_breaks.of(rule("excludes", rain, snow)).sets == 0


def test_a_rule_of_one_line_breaks_sets_of_that_line_only():
    ours, theirs, rain, snow = make_line(), make_line(), make_tag(), make_tag()
    for line in (ours, theirs, theirs):
        give(make_video(), line, rain, snow)

    assert rule_breaks.of(rule("excludes", rain, snow)).sets == 3
    assert rule_breaks.of(rule("excludes", rain, snow, line=ours)).sets == 1


def test_a_soft_rule_breaks_nothing():
    assert rule_breaks.of(rule("co_occurs", make_tag(), make_tag())).sets == 0


def test_only_some_examples_are_loaded_and_the_newest_first(django_assert_max_num_queries):
    line, rain, snow = make_line(), make_tag(), make_tag()
    videos = [give(make_video(), line, rain, snow) for _ in range(9)]

    with django_assert_max_num_queries(8):
        broken = rule_breaks.of(rule("excludes", rain, snow), examples=3)

    assert (broken.sets, [e.video for e in broken.examples]) == (9, videos[:-4:-1])


@pytest.mark.parametrize("kind", ["excludes", "requires", "at_most_one_child"])
def test_the_count_is_that_of_the_rule_book(kind):
    rng = random.Random(kind)
    tags = [make_tag()]
    for _ in range(11):
        tags.append(make_tag(parent=rng.choice([tag for tag in [None, *tags] if tag is None or tag.depth < 5])))
        tags[-1].refresh_from_db()
    line = make_line()
    sets = [rng.sample(tags, rng.randint(1, 5)) for _ in range(60)]
    for held in sets:
        give(make_video(), line, *held)
    nodes = [Node(tag.pk, tag.parent_id) for tag in tags]

    for _ in range(40):
        tried = rule(kind, rng.choice(tags), *rng.sample(tags, rng.randint(1, 3)))
        book = RuleBook.compile(nodes, [tried])
        expected = sum(bool(book.conflicts({tag.pk for tag in held})) for held in sets)
        assert rule_breaks.of(tried, examples=1).sets == expected, tried
