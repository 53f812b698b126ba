"""Waiting tasks follow what tags have examples by now, what policies say, and what tags are worth."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from annotation import queue, waiting
from annotation.models import PriorityScale, Prospect, ReviewTask, TagExamples, TagWeight
from annotation.prospects import candidates, rescoring
from tagging.models import LinePolicy, Video, VideoTag
from tests.annotation.factories import make_task
from tests.factories import make_line, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


def make_prospect(line, said, **kw):
    """A waiting task and what was said of its clip: tag -> confidence."""
    task = make_task(line, **kw)
    packed = candidates.pack((tag.pk, sure, 1.0) for tag, sure in said.items())
    Prospect.objects.create(video=task.video, business_line=line, candidates=packed, novelty=0.2, conflicts=0)
    return task


def priority(task):
    task.refresh_from_db()
    return task.priority


def test_a_tag_that_got_examples_makes_its_clips_less_urgent(line, street):
    other = make_tag()
    full, scarce = make_prospect(line, {street: 0.9}), make_prospect(line, {other: 0.9})
    rescoring.rescore()
    assert priority(full) == pytest.approx(priority(scarce))
    videos = Video.objects.bulk_create(Video(source="seen", external_id=str(n)) for n in range(40))
    VideoTag.objects.bulk_create(
        VideoTag(video=video, business_line=line, tag=street, source="review") for video in videos
    )

    assert rescoring.rescore() == 1

    assert priority(full) < priority(scarce)
    assert TagExamples.objects.get(tag=street).examples == 40
    assert "rare" not in full.why
    scarce.refresh_from_db()
    assert scarce.why["rare"] == 1


def test_what_models_took_by_themselves_is_no_example(line, street):
    VideoTag.objects.create(video=make_video(), business_line=line, tag=street, source="auto")

    rescoring.rescore()

    assert not TagExamples.objects.exists()


def test_a_policy_that_changed_changes_what_is_unsure(line, street):
    task = make_prospect(line, {street: 0.8})
    rescoring.rescore()
    before = priority(task)
    LinePolicy.objects.create(business_line=line, threshold=0.8)

    rescoring.rescore()

    assert priority(task) > before
    assert task.why["unsure"] == 1


def test_a_weight_moves_waiting_clips(line, street):
    task = make_prospect(line, {street: 0.8})
    rescoring.rescore()
    before = priority(task)
    TagWeight.objects.create(business_line=line, tag=street, weight=4)

    rescoring.rescore()

    assert priority(task) > before


def test_claimed_drawn_and_repeated_tasks_keep_their_place(line, street):
    claimed, drawn = make_prospect(line, {street: 0.8}, priority=9), make_prospect(line, {street: 0.8}, audit=True)
    assert queue.claim(make_user(), line) == claimed

    rescoring.rescore()

    assert (priority(claimed), priority(drawn)) == (9, 0)


def test_every_slot_of_a_clip_moves(street):
    line = make_line(overlap=2)
    task = make_prospect(line, {street: 0.8})
    second = make_task(line, video=task.video, slot=2)

    rescoring.rescore()

    assert priority(second) == priority(task) > 0


def test_clips_that_are_done_with_are_forgotten(line, street):
    done, waiting = make_prospect(line, {street: 0.8}), make_prospect(line, {street: 0.8})
    ReviewTask.objects.filter(pk=done.pk).update(state="done")

    rescoring.rescore()

    assert Prospect.objects.get().video == waiting.video


def test_a_million_tasks_cost_as_many_statements_as_batches(street, django_assert_num_queries):
    """Two lines, five clips each, batches of four: three batches of two lines at most, and what is done once."""
    for line in (make_line(), make_line()):
        for _ in range(5):
            make_prospect(line, {street: 0.8})

    with django_assert_num_queries(2 + 2 + 2 + 4 + 4 + 2 * 2 + 2):
        rescoring.rescore(batch=4)

    assert not ReviewTask.objects.filter(priority=0).exists()


def test_the_slice_is_spread_over_the_queue_as_it_is(line, settings):
    """Priorities of the others are between 0.2 and 0.3: so are those of the slice, in the order of its turns."""
    settings.AUDIT_PERCENT = 50
    videos = Video.objects.bulk_create(Video(source="spread", external_id=str(n)) for n in range(400))
    waiting.open_tasks([waiting.Wanted(v.pk, line.pk, 0.2 + n / 4000) for n, v in enumerate(videos)])
    drawn = ReviewTask.objects.filter(audit=True)
    turns = dict(drawn.values_list("pk", "priority"))

    rescoring.rescore()

    spread = dict(drawn.values_list("pk", "priority"))
    assert all(0.2 <= place <= 0.3 for place in spread.values())
    in_turn = [spread[pk] for pk in sorted(turns, key=turns.__getitem__)]
    # What lies less than half a thousandth from its place stays there.
    assert in_turn == pytest.approx(sorted(in_turn), abs=0.001)
    assert 0.24 < sum(spread.values()) / len(spread) < 0.26
    newcomer = make_video()
    LinePolicy.objects.create(business_line=line, audit_share=1)
    waiting.open_tasks([waiting.Wanted(newcomer.pk, line.pk, 0.9)])
    assert 0.2 <= ReviewTask.objects.get(video=newcomer).priority <= 0.3
    assert PriorityScale.objects.count() == 1


def test_one_rescoring_at_a_time():
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [rescoring.LOCK])
            assert rescoring.rescore() is None
            with pytest.raises(CommandError, match="Another process"):
                call_command("rescore")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [rescoring.LOCK])
    finally:
        other.close()
    assert rescoring.rescore() == 0
