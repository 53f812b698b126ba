"""What a video is tagged with when several people reviewed it."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation import queue, reviews, waiting
from annotation.agreement.dawid_skene import Skill
from annotation.agreement.weighing import Opinion, Trust, weigh
from annotation.models import Consensus
from annotation.models import Skill as SkillRow
from annotation.verdicts import Said
from taxonomy.models import Rule
from tests.annotation.agreement.factories import given, make_shared, review
from tests.annotation.factories import make_review, publish
from tests.factories import make_line, make_model, make_tag, make_user

NOBODY = Trust()


def opinion(reviewer, given=(), refused=()):
    return Opinion(reviewer, frozenset(given), frozenset(refused))


def test_the_majority_holds_where_nothing_is_learned():
    weighed = weigh([opinion(1, {7}), opinion(2, {7}), opinion(3, (), {7})], {}, NOBODY, {})

    assert weighed[7].confidence > 0.8
    assert (weighed[7].yes, weighed[7].no, weighed[7].silent) == (2, 1, 0)
    assert weighed[7].doubt > 0


@pytest.mark.parametrize(("proposed", "kept"), [(0.9, True), (0.3, False)])
def test_the_model_settles_a_draw(proposed, kept):
    weighed = weigh([opinion(1, {7}), opinion(2, (), {7})], {7: proposed}, NOBODY, {})

    assert (weighed[7].confidence > 0.5) == kept


def test_a_reviewer_who_is_right_more_often_outweighs_two():
    trust = Trust({1: Skill(0.98, 0.98), 2: Skill(0.6, 0.6), 3: Skill(0.6, 0.6)})

    weighed = weigh([opinion(1, {7}), opinion(2, (), {7}), opinion(3, (), {7})], {}, trust, {})

    assert weighed[7].confidence > 0.9


def test_who_was_not_asked_has_refused_nothing():
    weighed = weigh([opinion(1, {7}), opinion(2)], {}, NOBODY, {})

    assert weighed[7].confidence == pytest.approx(0.85)
    assert (weighed[7].silent, weighed[7].doubt > 0) == (1, True)


def test_what_all_say_and_what_was_ruled_is_no_dispute():
    agreed = weigh([opinion(1, {7}, {8}), opinion(2, {7}, {8})], {}, NOBODY, {})
    ruled = weigh([opinion(1, {7}), opinion(2, (), {7})], {}, NOBODY, {7: False})

    assert {one.doubt for one in agreed.values()} == {0.0}
    assert (ruled[7].confidence, ruled[7].doubt, ruled[7].ruled) == (0.0, 0.0, True)


@pytest.fixture
def dunk():
    return make_tag("Slam dunk")


@pytest.fixture
def shared(line, dunk, street):
    """A video that two people review: the model is sure of one tag and unsure of the other."""
    line.overlap = 2
    line.save()
    return lambda: make_shared(line, {dunk: 0.9, street: 0.4}, model=make_model(), taxonomy=publish())


pytestmark = pytest.mark.django_db


def test_two_reviews_give_the_tags_they_agree_on(line, shared, dunk, street):
    video = shared()
    first = review(line, accept=[dunk], reject=[street])
    assert given(video, line) == {"Slam dunk"}
    assert not Consensus.objects.exists(), "one review is what holds"

    review(line, accept=[dunk, street])

    assert first.task.video == video
    assert Consensus.objects.count() == 2


def test_a_draw_goes_to_the_model_and_is_disputed(line, shared, dunk, street):
    video = shared()
    review(line, accept=[dunk, street])
    review(line, reject=[dunk, street])

    assert given(video, line) == {"Slam dunk"}
    sure, unsure = Consensus.objects.order_by("tag__name")
    assert (sure.yes, sure.no, sure.given, unsure.given) == (1, 1, True, False)
    assert sure.confidence == pytest.approx(0.7)
    assert sure.doubt == pytest.approx(0.6)


def test_learned_skills_weigh(line, shared, dunk, street):
    video = shared()
    careful, careless = make_user(lines=(line,)), make_user(lines=(line,))
    for person, skill in ((careful, 0.98), (careless, 0.55), (None, 0.7)):
        SkillRow.objects.create(
            business_line=line, reviewer=person, sensitivity=skill, specificity=skill, share=0.5, answers=9
        )

    review(line, accept=[street], reject=[dunk], reviewer=careful)
    review(line, accept=[dunk], reject=[street], reviewer=careless)

    assert given(video, line) == {"Streetball"}


def test_taking_a_review_back_leaves_the_other(line, shared, dunk, street):
    video = shared()
    second = make_user(lines=(line,))
    review(line, accept=[street], reject=[dunk])
    review(line, accept=[dunk], reject=[street], reviewer=second)

    reviews.undo(reviewer=second, operation=uuid4())

    assert given(video, line) == {"Streetball"}
    assert not Consensus.objects.exists()


def test_of_tags_that_exclude_each_other_the_surer_stays(line, shared, dunk, street):
    rule = Rule.objects.create(kind="excludes", subject=dunk)
    rule.others.add(street)
    video = shared()
    review(line, accept=[street])
    review(line, accept=[dunk])

    assert given(video, line) == {"Slam dunk"}
    assert set(Consensus.objects.filter(given=True).values_list("tag__name", flat=True)) == {"Slam dunk"}


def test_merged_tags_are_weighed_as_what_they_became(line, dunk, street):
    line.overlap = 2
    line.save()
    video = make_shared(line, {dunk: 0.9, street: 0.8}, model=make_model(), taxonomy=publish())
    review(line, accept=[dunk], reject=[street])
    dunk.state, dunk.merged_into = "merged", street
    dunk.save()
    publish()

    review(line, accept=[street])

    assert given(video, line) == {"Streetball"}
    (row,) = Consensus.objects.all()
    assert (row.tag, row.yes, row.no) == (street, 2, 0)


def test_lines_do_not_mix(line, shared, dunk, street):
    video = shared()
    other = make_line(overlap=1)
    review(line, accept=[dunk], reject=[street])
    waiting.open_tasks([waiting.Wanted(video.pk, other.pk)])
    review(other, accept=[street], reject=[dunk])

    assert (given(video, line), given(video, other)) == ({"Slam dunk"}, {"Streetball"})
    assert not Consensus.objects.exists()


def test_only_a_shared_clip_takes_more_statements(line, shared, dunk, street):
    """Two that read, one for the skills, one that writes; however many tags."""
    shared(), shared()
    review(line, accept=[dunk, street])  # what is known of the taxonomy is known from now on
    counts = []
    for _ in range(3):
        task = queue.claim(make_user(lines=(line,)), line)
        seen = task.video.suggestion_sets.get().model_version_id
        said = [Said(dunk.pk, "accept"), Said(street.pk, "reject")]
        with CaptureQueriesContext(connection) as asked:
            make_review(task, said, model_version=seen)
        counts.append((Consensus.objects.filter(video=task.video).exists(), len(asked)))

    assert sorted(counts)[1:] == [(True, sorted(counts)[0][1] + 4)] * 2
