"""Rules proposed from reviewed clips."""

import pytest
from django.core.management import CommandError, call_command

from annotation import mined_rules
from tagging.models import VideoTag
from taxonomy import versions
from taxonomy.models import Rule, RuleProposal
from tests.factories import make_line, make_tag, make_video

pytestmark = pytest.mark.django_db


def give(line, *sets, source="review"):
    """Many clips with each of these sets: (count, tags)."""
    rows = []
    for count, tags in sets:
        for _ in range(count):
            video = make_video()
            rows += [VideoTag(video=video, business_line=line, tag=tag, source=source) for tag in tags]
    VideoTag.objects.bulk_create(rows)


def rain_and_snow(line, **kw):
    """Two tags that never meet among others."""
    rain, snow, dog = make_tag("Rain"), make_tag("Snow"), make_tag("Dog")
    give(line, (60, [rain]), (60, [snow]), (20, [rain, dog]), (20, [snow, dog]), (40, [dog]), **kw)
    versions.publish()
    return rain, snow


def test_a_pair_that_never_meets_is_proposed_with_its_counts(line):
    rain, snow = rain_and_snow(line)

    assert mined_rules.mine() == 1
    (proposed,) = RuleProposal.objects.open()
    assert (proposed.kind, {proposed.subject, proposed.other}) == ("excludes", {rain, snow})
    assert (proposed.sets, proposed.subject_sets, proposed.other_sets, proposed.together) == (200, 80, 80, 0)
    assert (proposed.expected, proposed.business_line) == (32.0, None)


def test_only_what_people_reviewed_counts(line):
    rain_and_snow(line, source="auto")

    assert mined_rules.mine() == 0


def test_what_a_rule_says_already_is_not_proposed(line):
    rain, snow = rain_and_snow(line)
    Rule.objects.create(kind="excludes", subject=snow).others.add(rain)
    versions.publish()

    assert mined_rules.mine() == 0


def test_a_refused_one_is_not_proposed_again(line):
    rain_and_snow(line)
    mined_rules.mine()
    RuleProposal.objects.update(state="refused")

    assert mined_rules.mine() == 0
    assert RuleProposal.objects.get().state == "refused"


def test_what_the_reviews_no_longer_speak_for_is_dropped(line):
    rain, snow = rain_and_snow(line)
    mined_rules.mine()
    give(line, (60, [rain, snow]))

    assert mined_rules.mine() == 0
    assert not RuleProposal.objects.exists()


def test_one_line_may_be_looked_at_alone(line):
    rain, snow = rain_and_snow(line)
    give(make_line(), (60, [rain, snow]))

    assert mined_rules.mine() == 0
    assert mined_rules.mine(line) == 1
    assert RuleProposal.objects.get().business_line == line


def test_the_number_of_queries_does_not_grow(line, django_assert_max_num_queries):
    rain_and_snow(line)

    with django_assert_max_num_queries(12):
        mined_rules.mine()


def test_the_command_tells_how_many_wait(line, capsys):
    rain_and_snow(line)

    call_command("mine_rules", line=line.slug)

    assert "1 proposed rules" in capsys.readouterr().out
    with pytest.raises(CommandError, match=f"known: {line.slug}"):
        call_command("mine_rules", line="nowhere")
