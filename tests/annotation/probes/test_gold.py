"""Gold clips come up in the queue like others and tell of reviewers alone."""

import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation import assignments, exports, figures, queue, reviews, snapshots, waiting, workbench
from annotation.models import GOLD_SLOT, Probe, Review, ReviewTask, Trust, TrustPolicy
from annotation.probes import gold, lots, serving, trust
from annotation.verdicts import Said
from tagging.models import VideoTag
from taxonomy.models import Rule
from tests.annotation.factories import add, make_review, make_task, publish
from tests.annotation.probes.factories import make_gold
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def sports():
    return make_tag("Sports", assignable=False)


@pytest.fixture
def dunk(sports):
    tag = make_tag("Slam dunk", parent=sports)
    publish()
    return tag


@pytest.fixture
def reviewer(line):
    return make_user(lines=(line,))


def always(line, **kw):
    """As much gold as there may be: 30 clips of a hundred."""
    values = {"blind": 0, "wrong": 0, "missing": 0, "gold_least": 30, "gold_most": 30, "qualify_clips": 0}
    return TrustPolicy.objects.create(business_line=line, **values | kw)


def next_gold(reviewer, line, tries=40, make=make_video):
    """Claim ordinary clips until a gold one comes."""
    make_task(line, video=make())
    for _ in range(tries):
        task = queue.claim(reviewer, line)
        if task.slot >= GOLD_SLOT:
            return task
        ReviewTask.objects.filter(pk=task.pk).update(state="done", lease_until=None)
        make_task(line, video=make())
    raise AssertionError("no gold clip came up")


def test_gold_clips_come_as_the_keyed_hash_says(line, dunk, reviewer):
    always(line)
    clips = [make_gold(line, dunk) for _ in range(2)]
    expected, came = [], []
    for _ in range(12):
        task = make_task(line)
        left = [
            g for g in clips if g.video_id not in {t.video_id for t in ReviewTask.objects.filter(reviewer=reviewer)}
        ]
        lot = 100 * lots.lot(serving.key(), "gold", task.pk, reviewer.pk, len(clips) - len(left))
        expected.append(bool(left) and lot < 30)
        claimed = queue.claim(reviewer, line)
        came.append(claimed.pk != task.pk)
        ReviewTask.objects.filter(pk__in=[claimed.pk, task.pk]).update(state="done", lease_until=None)

    assert came == expected
    assert any(came)


def test_a_gold_clip_that_came_up_leaves_the_urgent_task_waiting(line, dunk, reviewer):
    always(line)
    clip = make_gold(line, dunk)

    task = next_gold(reviewer, line)

    probe = Probe.objects.get(task=task)
    assert (task.video_id, probe.kind, probe.gold, probe.exam) == (clip.video_id, "gold", clip, None)
    assert ReviewTask.objects.filter(business_line=line, state="waiting").exists()


def test_nobody_gets_a_gold_clip_twice_or_one_they_reviewed(line, dunk, reviewer):
    always(line)
    video = make_video()
    task = make_task(line, video=video)
    make_review(queue.claim(reviewer, line), [])
    make_gold(line, dunk, video=video)
    other = make_gold(line, dunk)

    assert next_gold(reviewer, line).video_id == other.video_id
    with pytest.raises(AssertionError):
        next_gold(reviewer, line, tries=15)
    assert task.video_id == video.pk


def test_an_empty_queue_stays_empty(line, dunk, reviewer):
    always(line)
    make_gold(line, dunk)

    assert all(queue.claim(reviewer, line) is None for _ in range(5))


def test_its_slot_was_made_when_the_clip_became_gold(line, dunk, reviewer):
    always(line)
    make_gold(line, dunk)
    newest = ReviewTask.objects.latest("pk").pk

    assert next_gold(reviewer, line).pk <= newest


def test_members_who_come_later_find_a_slot(line, dunk):
    always(line)
    make_gold(line, dunk)
    before = ReviewTask.objects.filter(state="spare").count()

    line.members.add(*(make_user() for _ in range(3)))

    assert ReviewTask.objects.filter(state="spare").count() == before + 3


def answer(task, said, **kw):
    return make_review(task, said, **kw)


def test_what_is_said_of_it_is_no_label_no_training_and_no_export(line, dunk, reviewer):
    always(line)
    video = make_video()
    VideoTag.objects.create(video=video, business_line=line, tag=dunk, source="review")
    make_gold(line, dunk, video=video)
    wrong = make_tag()
    publish()

    review = answer(next_gold(reviewer, line), add(wrong))

    assert review.kind == "gold"
    assert list(VideoTag.objects.filter(video=video).values_list("tag", flat=True)) == [dunk.pk]
    assert list(snapshots._videos({dunk.pk, wrong.pk})) == []
    assert b"".join(exports.jsonl([line])) == b""
    task = review.task
    task.refresh_from_db()
    assert (task.state, task.current_review) == ("done", None)
    video.refresh_from_db()
    assert video.reviewed_at is None


def test_undone_it_is_reviewed_again_and_changes_nothing(line, dunk, reviewer):
    always(line)
    clip = make_gold(line, dunk)
    VideoTag.objects.create(video=clip.video, business_line=line, tag=dunk, source="review")
    answer(next_gold(reviewer, line), [])

    undoing = reviews.undo(reviewer=reviewer, operation=uuid.uuid4())
    answer(undoing.task, add(dunk))

    trust.learn()
    assert list(Trust.objects.values_list("right", "wrong")) == [(1, 0)]
    assert VideoTag.objects.filter(video=clip.video).count() == 1


@pytest.mark.parametrize("how", ["give_back", "skip"])
def test_given_back_it_is_kept_for_others(line, dunk, reviewer, how):
    always(line)
    make_gold(line, dunk)
    task = next_gold(reviewer, line)

    if how == "give_back":
        queue.give_back(task.pk, reviewer, task.token)
    else:
        queue.skip(task.pk, reviewer, task.token, "other")
        queue.put_back(task.pk)

    task.refresh_from_db()
    assert task.state == "spare"


def test_it_counts_for_the_accuracy_of_its_branch(line, dunk, sports, reviewer):
    always(line, gold_least=2, gold_most=30)
    never, person = make_tag(parent=sports), make_tag("Ann", kind="person")
    publish()
    make_gold(line, dunk, person, never=(never,))

    answer(next_gold(reviewer, line), add(dunk, never))
    trust.learn()

    found = {t.branch: (t.right, t.wrong) for t in Trust.objects.filter(reviewer=reviewer)}
    assert found == {sports: (1, 1), None: (0, 1)}
    rates = dict(Trust.objects.values_list("branch", "rate"))
    assert rates == {sports.pk: pytest.approx(2 + 28 * 0.972), None: pytest.approx(2 + 28 * 0.99)}


def test_who_is_proven_gets_less_gold(line, dunk, sports, reviewer):
    always(line, gold_least=0, gold_most=30)
    make_gold(line, dunk)
    Trust.objects.create(reviewer=reviewer, business_line=line, branch=sports, right=90, wrong=0, rate=0.0)

    with pytest.raises(AssertionError):
        next_gold(reviewer, line, tries=15)


def test_to_its_reviewer_it_is_a_clip_like_any(client, line, dunk, reviewer):
    """The page, the answer, the counts and the history: the same statements, and nothing that says gold."""
    always(line)
    model, taxonomy = make_model(), publish()
    gold_video, plain_video = make_video(), make_video()
    for video in (gold_video, plain_video):
        make_suggestions(video, {dunk: 0.9}, model=model, taxonomy=taxonomy)

    def suggested():
        video = make_video()
        make_suggestions(video, {dunk: 0.9}, model=model, taxonomy=taxonomy)
        return video

    make_gold(line, dunk, video=gold_video)
    client.force_login(reviewer)
    task = next_gold(reviewer, line, make=suggested)
    ReviewTask.objects.filter(business_line=line, state="waiting").delete()
    make_task(line, video=plain_video, why={"unsure": 1})
    plain = queue.claim(reviewer, line)
    told = {}
    workbench.clip(plain)
    figures.waiting(line)
    client.get("/history/")
    for one in (plain, task):
        with CaptureQueriesContext(connection) as asked:
            clip = client.get(f"/api/tasks/{one.pk}/").json()
            page = client.get(one.get_absolute_url()).content.decode()
            sent = {
                "token": one.token,
                "operation": str(uuid.uuid4()),
                "verdicts": [{"tag": dunk.pk, "choice": "accept"}],
            }
            sent |= {"model_version": clip["model_version"], "seconds": 3.0}
            stored = client.post(f"/api/tasks/{one.pk}/submit/", sent, content_type="application/json").json()
            listed = client.get("/api/reviews/").json()["results"][0]
            client.get("/history/")
        told[one.pk] = len(asked), clip["why"], sorted(clip), sorted(stored), listed["kind"], sorted(listed)
        assert "gold" not in page.lower()

    assert told[plain.pk] == told[task.pk]
    assert stored["stats"]["seconds"] == 3.0
    assert client.get("/api/reviews/").json()["results"][0]["kind"] == "review"


def test_others_do_not_find_it_among_the_reviews_of_the_video(client, line, dunk, reviewer):
    always(line)
    clip = make_gold(line, dunk)
    answer(next_gold(reviewer, line), add(dunk))
    client.force_login(make_user(lines=(line,)))

    assert client.get(f"/api/videos/{clip.video_id}/reviews/").json()["results"] == []
    client.force_login(reviewer)
    assert len(client.get(f"/api/videos/{clip.video_id}/reviews/").json()["results"]) == 1


def test_it_waits_until_the_model_of_the_other_clips_has_looked_at_it(line, dunk, reviewer):
    always(line)
    former, model, taxonomy = make_model(), make_model(), publish()
    clip = make_gold(line, dunk)
    make_suggestions(clip.video, {dunk: 0.9}, model=former, taxonomy=taxonomy)

    def suggested():
        video = make_video()
        make_suggestions(video, {dunk: 0.9}, model=model, taxonomy=taxonomy)
        return video

    with pytest.raises(AssertionError):
        next_gold(reviewer, line, tries=12, make=suggested)
    make_suggestions(clip.video, {dunk: 0.8}, model=model, taxonomy=taxonomy)

    assert next_gold(reviewer, line, make=suggested).video == clip.video


def test_a_retired_clip_comes_up_no_more(line, dunk, reviewer):
    always(line)
    gold.retire(make_gold(line, dunk))

    with pytest.raises(AssertionError):
        next_gold(reviewer, line, tries=15)
    assert not ReviewTask.objects.filter(state="spare").exists()


def test_a_clip_is_gold_once_a_line_and_its_tags_stand_together(line, dunk, street):
    publish()
    clip = make_gold(line, dunk)
    Rule.objects.create(kind="excludes", subject=dunk).others.add(street)
    publish()

    with pytest.raises(gold.AlreadyGold):
        make_gold(line, dunk, video=clip.video)
    with pytest.raises(gold.BrokenRule):
        make_gold(line, dunk, street)
    with pytest.raises(ValueError, match="nothing"):
        make_gold(line)
    make_gold(make_line(), dunk, video=clip.video)


def test_what_may_be_told_of_a_clip(line, dunk, street, reviewer):
    third = make_tag()
    video = make_video()
    taxonomy = publish()
    make_suggestions(video, {dunk: 0.9, street: 0.7, third: 0.4}, model=make_model(), taxonomy=taxonomy)
    make_task(line, video=video)
    task = queue.claim(reviewer, line)
    model = workbench.clip(task).model_version
    make_review(task, [Said(dunk.pk, "accept"), Said(street.pk, "reject")], model_version=model)

    told = [(one.tag, one.wanted) for one in gold.candidates(video, line)]

    assert told == [(dunk.pk, True), (street.pk, False), (third.pk, None)]
    assert Review.objects.count() == 1


def test_a_gold_clip_that_is_handed_over_reaches_the_colleague_with_its_note(line, dunk, reviewer):
    always(line)
    clip, bob = make_gold(line, dunk), make_user(lines=(line,))
    task = next_gold(reviewer, line)

    assignments.hand_over(task.pk, reviewer, task.token, to=bob.pk, note="Which league?")
    theirs = queue.claim(bob, line)

    assert (theirs.pk, theirs.video_id) == (task.pk, clip.video_id)
    assert workbench.clip(theirs).handed_over == (reviewer.username, "Which league?")
    review = make_review(theirs, add(dunk))
    assert review.kind == "gold"
    assert Probe.objects.filter(task=task, kind="gold", gold=clip, exam=None).count() == 2


def test_a_gold_clip_that_was_handed_over_and_released_is_kept_for_all(line, dunk, reviewer):
    always(line)
    make_gold(line, dunk)
    bob = make_user(lines=(line,))
    task = next_gold(reviewer, line)
    assignments.hand_over(task.pk, reviewer, task.token, to=bob.pk, note="")

    assert assignments.release(line, bob) == 1

    task.refresh_from_db()
    assert (task.state, task.assignee) == ("spare", None)


def test_a_clip_that_is_given_back_comes_again_gold_or_not(line, dunk, reviewer):
    always(line)
    make_gold(line, dunk)
    task = next_gold(reviewer, line)

    queue.give_back(task.pk, reviewer, task.token)

    assert queue.claim(reviewer, line).pk == task.pk


def test_the_number_of_waiting_clips_does_not_tell_a_gold_one(line, dunk, reviewer):
    def waiting():
        cache.clear()
        return figures.waiting(line)

    always(line)
    make_gold(line, dunk)
    for _ in range(12):
        make_task(line)
    counts, bob = [waiting()], make_user(lines=(line,))
    for _ in range(6):
        task = queue.claim(reviewer, line)
        counts.append(waiting())
        if task.slot >= GOLD_SLOT:
            break
        make_review(task, [])
        assert waiting() == counts[-1]
    assert task.slot >= GOLD_SLOT
    assignments.hand_over(task.pk, reviewer, task.token, to=bob.pk, note="")
    counts.append(waiting() - 1)
    make_review(queue.claim(bob, line), add(dunk))
    counts.append(waiting() - 2)

    assert counts == list(range(12, 12 - len(counts), -1))


def test_a_task_that_was_handed_over_is_not_closed_as_settled(line, reviewer):
    bob, task = make_user(lines=(line,)), make_task(line)
    held = queue.claim(reviewer, line)
    assignments.hand_over(held.pk, reviewer, held.token, to=bob.pk, note="")

    waiting.close_tasks([(task.video_id, line.pk)])

    assert queue.claim(bob, line) == task
