"""Who may work for a line that asks people to qualify."""

import pytest

from annotation import queue
from annotation.models import Exam, Qualification, ReviewTask, TrustPolicy
from annotation.probes import gold, qualification
from tests.annotation.factories import add, make_review, make_task, publish
from tests.annotation.probes.factories import let_in, make_gold
from tests.factories import make_tag, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dunk():
    tag = make_tag("Slam dunk")
    publish()
    return tag


@pytest.fixture
def newcomer(line):
    return make_user(lines=(line,))


@pytest.fixture
def asking(line, dunk):
    """A line that asks for two gold clips, of four it has."""
    TrustPolicy.objects.create(business_line=line, qualify_clips=2, pass_mark=75, gold_least=0, gold_most=0)
    for _ in range(4):
        make_gold(line, dunk)
    make_task(line)
    return line


def sit(person, line, *answers):
    """Take an exam; each answer is the tags given to a clip."""
    assert qualification.start(person, line)
    for tags in answers:
        make_review(queue.claim(person, line), add(*tags))
    return qualification.standing(person, line)


def test_the_queue_is_shut_until_one_qualifies(asking, newcomer, dunk):
    assert queue.claim(newcomer, asking) is None

    after = sit(newcomer, asking, [dunk], [dunk])

    assert (after.state, after.shut, after.exam.percent) == ("passed", False, 100)
    assert queue.claim(newcomer, asking).slot == 1


def test_who_passes_reads_what_was_right_before_the_queue_opens(asking, newcomer, dunk, client):
    client.force_login(newcomer)
    assert qualification.start(newcomer, asking)
    for _ in range(2):
        make_review(queue.claim(newcomer, asking), add(dunk))

    page = client.get(f"/review/?line={asking.slug}", follow=True)

    assert "Passed" in page.text
    assert "given, rightly" in page.text
    opened = client.get(f"/review/?line={asking.slug}", follow=True)
    assert opened.context["clip"].task.slot == 1


def test_a_program_that_passes_gets_a_clip_at_once(asking, newcomer, dunk, client):
    client.force_login(newcomer)
    assert qualification.start(newcomer, asking)
    for _ in range(2):
        make_review(queue.claim(newcomer, asking), add(dunk))

    claimed = client.post("/api/queue/claim/", {"line": asking.slug}, content_type="application/json")

    assert claimed.status_code == 200


def test_who_fails_tries_again_with_other_clips(asking, newcomer, dunk):
    failed = sit(newcomer, asking, [dunk], [])
    first = set(ReviewTask.objects.filter(reviewer=newcomer).values_list("video", flat=True))

    assert (failed.exam.passed, failed.exam.right, failed.exam.asked, failed.shut) == (False, 1, 2, True)
    assert queue.claim(newcomer, asking) is None
    assert sit(newcomer, asking, [dunk], [dunk]).state == "passed"
    second = set(ReviewTask.objects.filter(reviewer=newcomer).values_list("video", flat=True)) - first
    assert len(second) == 2


def test_without_other_clips_there_is_no_other_exam(asking, newcomer):
    sit(newcomer, asking, [], [])
    sit(newcomer, asking, [], [])

    assert not qualification.standing(newcomer, asking).can_start
    assert not qualification.start(newcomer, asking)


def test_a_line_without_gold_clips_enough_shuts_nobody_out(line, dunk, newcomer):
    TrustPolicy.objects.create(business_line=line, qualify_clips=2, gold_least=0, gold_most=0)
    make_gold(line, dunk)
    task = make_task(line)

    assert queue.claim(newcomer, line) == task
    assert not qualification.standing(newcomer, line).asks


def test_who_has_worked_for_the_line_stays_when_it_begins_to_ask(line, dunk, newcomer):
    experienced = make_user(lines=(line,))
    make_task(line)
    make_review(queue.claim(experienced, line), [])
    TrustPolicy.objects.create(business_line=line, qualify_clips=2, gold_least=0, gold_most=0)

    kept = [gold.make(make_gold_video(), line, newcomer, {dunk.pk: True})[1] for _ in range(3)]

    assert kept == [0, 1, 0]
    make_task(line)
    assert queue.claim(newcomer, line) is None
    assert queue.claim(experienced, line) is not None


def make_gold_video():
    from tests.factories import make_video

    return make_video()


def test_admins_let_in_and_shut_out(asking, newcomer):
    admin = make_user("admin")
    let_in(newcomer, asking)
    assert not qualification.standing(newcomer, asking).shut

    qualification.decide(newcomer.pk, asking.pk, "revoked", admin)

    assert qualification.standing(newcomer, asking).shut
    assert queue.claim(newcomer, asking) is None
    assert Qualification.objects.get().by == admin


def test_a_skipped_clip_of_an_exam_is_replaced_by_another(asking, newcomer, dunk):
    qualification.start(newcomer, asking)
    task = queue.claim(newcomer, asking)
    queue.skip(task.pk, newcomer, task.token, "does not play")

    for _ in range(2):
        make_review(queue.claim(newcomer, asking), add(dunk))

    assert queue.claim(newcomer, asking) is None
    assert qualification.standing(newcomer, asking).state == "passed"


def test_two_starts_are_one_exam(asking, newcomer):
    assert qualification.start(newcomer, asking)
    assert qualification.start(newcomer, asking)

    assert Exam.objects.count() == 1


def test_what_was_right_and_what_was_missed(asking, newcomer, dunk):
    after = sit(newcomer, asking, [dunk], [])

    told = qualification.marks(after.exam)

    assert [[mark.right for mark in marks] for _clip, marks in told] == [[True], [False]]


def test_what_an_exam_counted_is_not_undone(asking, newcomer, dunk):
    import uuid

    from annotation import reviews

    sit(newcomer, asking, [dunk], [])

    with pytest.raises(reviews.NotUndoable):
        reviews.undo(reviewer=newcomer, operation=uuid.uuid4())
