"""The queue hands each task to one person, the most urgent first."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotation import queue, waiting
from annotation.models import ReviewTask
from annotation.probes import serving
from tests.annotation.factories import make_task
from tests.factories import make_line, make_user, make_video

pytestmark = pytest.mark.django_db


def nodes(plan: dict) -> list[dict]:
    return [plan, *(node for part in plan.get("Plans", []) for node in nodes(part))]


def expire(task: ReviewTask) -> None:
    ReviewTask.objects.filter(pk=task.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_the_most_urgent_task_comes_first(line):
    make_task(line, priority=0.1)
    urgent = make_task(line, priority=0.9)

    assert queue.claim(make_user(), line) == urgent


def test_of_equally_urgent_tasks_the_oldest_comes_first(line):
    oldest = make_task(line)
    make_task(line)

    assert queue.claim(make_user(), line) == oldest


def test_a_claimed_task_is_not_handed_out_again(line):
    make_task(line)
    queue.claim(make_user(), line)

    assert queue.claim(make_user(), line) is None


def test_tasks_of_other_lines_are_not_handed_out(line):
    make_task(make_line())

    assert queue.claim(make_user(), line) is None


def test_an_expired_lease_is_claimable_and_the_token_grows(line):
    make_task(line)
    first = queue.claim(make_user(), line)
    expire(first)

    second = queue.claim(make_user(), line)

    assert second == first
    assert second.token > first.token


def test_a_reviewer_never_gets_a_second_slot_of_a_video():
    line = make_line(overlap=2)
    video = make_video()
    waiting.open_tasks([waiting.Wanted(video.pk, line.pk)])
    first, second = make_user(), make_user()

    assert queue.claim(first, line).slot == 1
    assert queue.claim(first, line) is None
    assert queue.claim(second, line).slot == 2


def test_a_skipped_video_does_not_come_back_as_its_other_slot():
    line = make_line(overlap=2)
    waiting.open_tasks([waiting.Wanted(make_video().pk, line.pk)])
    reviewer = make_user()
    task = queue.claim(reviewer, line)
    queue.skip(task.pk, reviewer, task.token, "no sound")

    assert queue.claim(reviewer, line) is None


def test_lowering_the_overlap_closes_the_slots_above_it():
    line = make_line(overlap=2)
    waiting.open_tasks([waiting.Wanted(make_video().pk, line.pk)])
    queue.claim(make_user(), line)
    line.overlap = 1
    line.save()

    assert queue.claim(make_user(), line) is None


def test_raising_the_overlap_opens_slots_for_what_is_still_in_the_queue(line):
    open_one, done = make_task(line), make_task(line, state="done")

    line.overlap = 3
    line.save()

    assert sorted(open_one.video.tasks.values_list("slot", flat=True)) == [1, 2, 3]
    assert done.video.tasks.count() == 1


def test_a_reviewer_holds_only_a_few_tasks(line, settings):
    settings.REVIEW_CLAIMS_HELD = 2
    for _ in range(3):
        make_task(line)
    reviewer = make_user()

    assert queue.claim(reviewer, line)
    assert queue.claim(reviewer, line)
    assert queue.claim(reviewer, line) is None
    assert queue.claim(make_user(), line)


def test_tasks_on_the_screen_are_left(line):
    task, other = make_task(line, priority=1), make_task(line)

    assert queue.claim(make_user(), line, leave=[task.pk]) == other


def test_a_heartbeat_renews_the_lease(line):
    make_task(line)
    reviewer = make_user()
    task = queue.claim(reviewer, line)
    expire(task)

    assert queue.heartbeat(task.pk, reviewer, task.token) > timezone.now()


def test_a_heartbeat_with_an_old_token_is_refused(line):
    make_task(line)
    reviewer = make_user()
    task = queue.claim(reviewer, line)
    expire(task)
    queue.claim(make_user(), line)

    with pytest.raises(queue.LeaseLost):
        queue.heartbeat(task.pk, reviewer, task.token)


def test_a_task_given_back_goes_to_the_next(line):
    make_task(line)
    reviewer, other = make_user(), make_user()
    task = queue.claim(reviewer, line)
    queue.give_back(task.pk, reviewer, task.token)

    assert queue.claim(other, line) == task


def test_a_skipped_task_waits_for_an_admin(line):
    make_task(line)
    reviewer = make_user()
    task = queue.claim(reviewer, line)
    queue.skip(task.pk, reviewer, task.token, "in a language I do not know")
    assert queue.claim(make_user(), line) is None

    queue.put_back(task.pk)

    assert queue.claim(make_user(), line) == task


def test_the_task_held_longest_is_resumed(line):
    make_task(line)
    make_task(line)
    reviewer = make_user()
    first = queue.claim(reviewer, line)
    queue.claim(reviewer, line)

    assert queue.held(reviewer, line) == first


def test_renewed_suggestions_change_the_priority_of_waiting_tasks_only(line):
    held, free = make_video(), make_video()
    waiting.open_tasks([waiting.Wanted(held.pk, line.pk, 0.9), waiting.Wanted(free.pk, line.pk, 0.2)])
    queue.claim(make_user(), line)

    waiting.open_tasks([waiting.Wanted(v.pk, line.pk, 0.5, {"uncertain": 3}) for v in (held, free)])

    assert {t.video: t.priority for t in ReviewTask.objects.all()} == {held: 0.9, free: 0.5}


def test_a_large_queue_is_opened_with_one_statement(line, django_assert_num_queries):
    videos = [make_video() for _ in range(20)]

    with django_assert_num_queries(1):
        waiting.open_tasks([waiting.Wanted(video.pk, line.pk) for video in videos])


def test_a_claim_walks_the_index_of_the_queue(line):
    """With 20,000 open tasks and 200 leases held, PostgreSQL reads the index in order and stops at the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tagging_video (source, external_id, title, description, cover_text, uploader, program,"
            " media_source) SELECT 'many', n::text, '', '', '', '', '', '' FROM generate_series(1, 20000) n"
        )
        cursor.execute(
            "INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, priority, why)"
            " SELECT id, %s, 1, random(), '{}' FROM tagging_video",
            [line.pk],
        )
        cursor.execute("ANALYZE tagging_video, annotation_reviewtask")
        values = {"reviewer": make_user().pk, "line": line.pk, "lease": timedelta(60), "leave": [], "limit": 3}
        values |= serving.values()
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + queue.CLAIM, values)
        plan = cursor.fetchone()[0][0]["Plan"]

    ran = [node for node in nodes(plan) if node["Actual Loops"]]
    assert "task_queue" in {node.get("Index Name") for node in ran}
    assert max((node["Actual Rows"] for node in ran if node["Node Type"] == "Sort"), default=0) < 10
