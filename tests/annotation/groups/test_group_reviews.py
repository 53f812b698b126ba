"""One verdict for many clips: each gets a review of its own, and all of it can be taken back as one."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation import queue, reviews
from annotation.groups import sending
from annotation.models import ClipLook, Consensus, GroupReview, Probe, Review, ReviewTask
from annotation.verdicts import Effort
from tagging.models import Video, VideoTag
from taxonomy.models import Rule
from tests.annotation.factories import add, claim, make_review, make_task, publish
from tests.annotation.groups.factories import make_alike
from tests.factories import make_line, make_tag, make_user

pytestmark = pytest.mark.django_db
ROWS = {
    "annotation_reviewtask": "SELECT * FROM annotation_reviewtask ORDER BY id",
    "tagging_videotag": "SELECT * FROM tagging_videotag ORDER BY id",
    "tagging_video": "SELECT * FROM tagging_video ORDER BY id",
}


@pytest.fixture
def alike():
    return make_alike()


def table(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def rows():
    """Every column of every row that a review changes."""
    return {name: table(query) for name, query in ROWS.items()}


def given(video):
    return set(VideoTag.objects.filter(video=video).values_list("tag__name", flat=True))


def test_each_clip_gets_a_review_and_its_tags(alike):
    alike.look_at()

    event = alike.send({alike.dunk: "none", alike.street: "all"}, effort=Effort(20.0, 7, 2))

    for n, task in enumerate(alike.tasks):
        task.refresh_from_db()
        review = task.current_review
        said = {v.tag: (v.choice, v.suggestion_id is not None) for v in review.verdicts.select_related("tag")}
        assert said == {alike.dunk: ("reject", True), alike.street: ("accept", True) if n % 2 else ("add", False)}
        assert (task.state, task.reviewer, task.lease_until) == ("done", alike.reviewer, None)
        assert (review.kind, review.seconds, review.keystrokes) == ("review", 5.0, None)
        assert given(task.video) == {"Streetball"}
    assert (event.seconds, event.keystrokes, event.edits, event.items.count()) == (20.0, 7, 2, 4)
    assert not Video.objects.filter(reviewed_at=None).exists()


def test_what_is_not_said_otherwise_is_accepted_where_it_is_proposed(alike):
    alike.look_at()

    alike.send()

    assert [given(video) for video in alike.videos] == 2 * [{"Slam dunk"}, {"Slam dunk", "Streetball"}]


def test_clips_taken_out_go_on_waiting(alike):
    alike.look_at()

    alike.send(without=alike.videos[:1])

    assert [task.state for task in ReviewTask.objects.order_by("pk")] == ["waiting", "done", "done", "done"]


def test_a_sample_has_to_be_seen_first(alike):
    sample = sending.sample(alike.group.pk, alike.reviewer.pk, alike.videos)
    alike.look_at(sample[:-1])

    with pytest.raises(sending.Unlooked) as refusal:
        alike.send()

    assert refusal.value.videos == sample[-1:]
    assert not Review.objects.exists()
    assert not GroupReview.objects.exists()
    alike.look_at(sample[-1:])
    assert alike.send().items.count() == 4


def test_what_another_reviewer_saw_does_not_count(alike):
    alike.look_at(reviewer=make_user(lines=(alike.line,)))

    with pytest.raises(sending.Unlooked):
        alike.send()


def test_clips_whose_rules_it_breaks_are_left_out_and_listed(alike):
    league = make_tag("League game")
    rule = Rule.objects.create(kind="excludes", subject=league)
    rule.others.add(alike.street)
    publish()
    alike.look_at()

    event = alike.send({league: "all"})

    assert [(entry["video"], entry["why"]) for entry in event.left_out] == [
        (video, "conflict") for video in alike.videos[1::2]
    ]
    assert "exclude each other" in event.left_out[0]["text"]
    assert [task.state for task in ReviewTask.objects.order_by("pk")] == 2 * ["done", "waiting"]


def test_a_clip_in_other_hands_is_left_out_and_keeps_its_lease(alike):
    other = make_user(lines=(alike.line,))
    theirs = claim(other, alike.line)
    alike.look_at()

    event = alike.send()

    assert event.left_out == [{"video": theirs.video_id, "why": "held"}]
    held = ReviewTask.objects.get(pk=theirs.pk)
    assert (held.state, held.reviewer, held.token) == ("claimed", other, theirs.token)
    assert queue.heartbeat(theirs.pk, other, theirs.token)


def test_what_the_reviewer_has_on_the_review_page_stays_there(alike):
    mine = claim(alike.reviewer, alike.line)
    alike.look_at()

    event = alike.send()

    assert event.left_out == [{"video": mine.video_id, "why": "held"}]
    assert make_review(mine, add(alike.dunk))


def test_a_lease_that_ran_out_is_lost_with_the_verdict_for_the_group(alike):
    lost = claim(make_user(), alike.line)
    ReviewTask.objects.filter(pk=lost.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    alike.look_at()

    assert alike.send().items.count() == 4
    with pytest.raises(queue.LeaseLost):
        make_review(lost, add(alike.dunk))


def test_what_was_shown_otherwise_to_the_reviewer_is_in_no_group_of_theirs(alike):
    Probe.objects.create(task=alike.tasks[0], reviewer=alike.reviewer, kind="blind")
    alike.look_at()

    assert alike.send().left_out == [{"video": alike.videos[0], "why": "held"}]


def test_a_second_slot_of_a_video_is_for_somebody_else(alike):
    line = make_line(overlap=2)
    twice = make_alike(line=line)
    for task in twice.tasks:
        make_task(line, video=task.video, slot=2)
    twice.look_at()

    assert twice.send().items.count() == 4
    with pytest.raises(sending.NothingToSend):
        twice.send()
    other = make_user(lines=(line,))
    twice.look_at(reviewer=other)
    assert twice.send(reviewer=other).items.count() == 4


def test_clips_of_the_audit_slice_are_reviewed_one_by_one(alike):
    ReviewTask.objects.filter(pk=alike.tasks[0].pk).update(audit=True)
    alike.look_at()

    event = alike.send()

    assert event.left_out == [{"video": alike.videos[0], "why": "held"}]


def test_sent_twice_it_is_done_once(alike):
    alike.look_at()
    operation = uuid.uuid4()

    event = alike.send(operation=operation)

    assert alike.send(operation=operation) == event
    assert Review.objects.count() == 4
    with pytest.raises(reviews.OperationReused):
        alike.send({alike.dunk: "none"}, operation=operation)
    with pytest.raises(reviews.OperationReused):
        alike.send(operation=operation, reviewer=make_user())


def test_an_unknown_tag_is_refused(alike):
    alike.look_at()
    unpublished = make_tag()

    with pytest.raises(reviews.Refused):
        alike.send({unpublished: "all"})
    assert not GroupReview.objects.exists()


def test_undoing_restores_every_row(alike):
    imported = make_tag("Imported")
    publish()
    for video in alike.videos[:2]:
        VideoTag.objects.create(video_id=video, business_line=alike.line, tag=imported, source="import")
        VideoTag.objects.create(video_id=video, business_line=alike.line, tag=alike.dunk, source="auto")
    alike.look_at()
    before = rows()
    event = alike.send({alike.street: "all"})
    assert rows() != before

    undone = sending.undo(event.pk, alike.reviewer, uuid.uuid4())

    assert rows() == before
    assert undone.left_alone == []
    assert Review.objects.filter(kind="undo").count() == 4
    assert not Review.objects.filter(kind="review", undone_by=None).exists()
    again = sending.undo(event.pk, alike.reviewer, uuid.uuid4())
    assert (again.undone_at, Review.objects.count()) == (undone.undone_at, 8)
    assert alike.send().items.count() == 4  # they wait again


def test_a_clip_that_somebody_reviewed_since_is_left_alone(alike):
    make_task(alike.line, video=alike.tasks[0].video, slot=2)
    alike.line.overlap = 2
    alike.line.save()
    alike.look_at()
    before = rows()
    event = alike.send()
    other = make_user(lines=(alike.line,))
    task = next(task for _ in range(4) if (task := queue.claim(other, alike.line)) and task.video_id == alike.videos[0])
    make_review(task, add(alike.street))
    after, tags = rows(), given(alike.videos[0])

    undone = sending.undo(event.pk, alike.reviewer, uuid.uuid4())

    assert undone.left_alone == [{"video": alike.videos[0], "why": "since"}]
    assert given(alike.videos[0]) == tags
    video, tasks = alike.videos[0], {alike.tasks[0].pk, task.pk}
    kept = [row for row in rows()["annotation_reviewtask"] if row[0] in tasks]
    assert kept == [row for row in after["annotation_reviewtask"] if row[0] in tasks]
    others = [row for row in rows()["annotation_reviewtask"] if row[0] not in tasks]
    assert others == [row for row in before["annotation_reviewtask"] if row[0] not in tasks]
    assert Video.objects.get(pk=video).reviewed_at is not None


def test_what_several_people_say_is_weighed_and_taken_back_to_what_the_others_said(alike):
    alike.line.overlap = 2
    alike.line.save()
    first = make_user(lines=(alike.line,))
    task = claim(first, alike.line)
    make_review(task, add(alike.street))
    alike.look_at()
    before = rows()

    event = alike.send({alike.dunk: "none", alike.street: "all"})

    assert Consensus.objects.filter(video=task.video_id).exists()
    undone = sending.undo(event.pk, alike.reviewer, uuid.uuid4())
    assert undone.left_alone == []
    assert rows() == before
    assert not Consensus.objects.exists()


def test_a_review_taken_back_by_itself_is_left_alone(alike):
    alike.look_at()
    event = alike.send()
    review = ReviewTask.objects.get(pk=alike.tasks[0].pk).current_review
    reviews.undo(reviewer=alike.reviewer, operation=uuid.uuid4(), review=review.pk)

    undone = sending.undo(event.pk, alike.reviewer, uuid.uuid4())

    assert [entry["video"] for entry in undone.left_alone] == [alike.videos[0]]


def test_the_key_u_of_the_review_page_takes_no_single_clip_out_of_a_group(alike):
    alike.look_at()
    alike.send()

    with pytest.raises(reviews.NotUndoable) as refusal:
        reviews.undo(reviewer=alike.reviewer, operation=uuid.uuid4())
    assert refusal.value.code == "in_group"


def test_a_lease_that_had_run_out_is_not_given_back_to_who_lost_it(alike):
    lost = claim(make_user(), alike.line)
    ReviewTask.objects.filter(pk=lost.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    alike.look_at()
    event = alike.send()

    sending.undo(event.pk, alike.reviewer, uuid.uuid4())

    task = ReviewTask.objects.get(pk=lost.pk)
    assert (task.state, task.reviewer, task.token) == ("waiting", None, lost.token)


def test_after_a_day_it_stays(alike):
    alike.look_at()
    event = alike.send()
    GroupReview.objects.update(created_at=timezone.now() - timedelta(hours=25))

    with pytest.raises(sending.TooLate):
        sending.undo(event.pk, alike.reviewer, uuid.uuid4())


def test_the_number_of_statements_does_not_follow_the_number_of_clips():
    counts = []
    for clips in (4, 40):
        alike = make_alike(clips)
        alike.look_at()
        alike.send(without=alike.videos[3:])  # what is compiled once a process is there
        sending.undo(GroupReview.objects.latest("pk").pk, alike.reviewer, uuid.uuid4())
        with CaptureQueriesContext(connection) as sent:
            event = alike.send({alike.street: "all"})
        with CaptureQueriesContext(connection) as undone:
            sending.undo(event.pk, alike.reviewer, uuid.uuid4())
        counts.append((len(sent), len(undone)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 16
    assert counts[0][1] <= 7


def test_a_look_is_noted_once(alike):
    alike.look_at(alike.videos[:1])
    alike.look_at(alike.videos[:1])

    assert ClipLook.objects.count() == 1
