"""The audit slice: drawn by a hash, apart from priority, and also among what no person would have seen."""

import pytest

from annotation import waiting
from annotation.models import ReviewTask
from annotation.waiting import Wanted
from tagging.models import LinePolicy, Video
from tests.factories import make_line, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key(settings):
    settings.SECRET_KEY = "a key of these tests"


def make_videos(number):
    return Video.objects.bulk_create(Video(source="slice", external_id=str(n)) for n in range(number))


def audited(line):
    return set(ReviewTask.objects.filter(business_line=line, audit=True).values_list("video", flat=True))


def open_all(videos, line, **kw):
    waiting.open_tasks([Wanted(video.pk, line.pk, **kw) for video in videos])


def test_a_share_of_the_clips_is_drawn_for_each_line_by_itself(settings):
    settings.AUDIT_PERCENT = 20
    usual, generous, none = make_line(), make_line(), make_line()
    LinePolicy.objects.create(business_line=generous, audit_share=0.5)
    LinePolicy.objects.create(business_line=none, audit_share=0)
    videos = make_videos(600)
    for line in (usual, generous, none):
        open_all(videos, line)

    # Four standard deviations of a binomial draw around its share.
    assert abs(len(audited(usual)) - 120) < 40
    assert abs(len(audited(generous)) - 300) < 49
    assert not audited(none)
    assert abs(len(audited(usual) & audited(generous)) - 60) < 30  # one line's draw tells nothing of another's


def test_the_draw_is_the_same_whenever_and_whatever_for_it_is_made(settings, line):
    settings.AUDIT_PERCENT = 30
    videos = make_videos(100)
    open_all(videos, line, priority=0.1)
    first = {task.video_id: task.priority for task in ReviewTask.objects.filter(audit=True)}
    ReviewTask.objects.all().delete()

    open_all(reversed(videos), line, priority=0.9, why={"unsure": 2})
    open_all(videos, line, priority=0.7)

    assert {task.video_id: task.priority for task in ReviewTask.objects.filter(audit=True)} == first
    assert set(ReviewTask.objects.filter(audit=False).values_list("priority", flat=True)) == {0.7}


def test_who_does_not_know_the_key_cannot_tell_the_draw(settings, line):
    settings.AUDIT_PERCENT = 30
    videos = make_videos(100)
    open_all(videos, line)
    first = audited(line)
    ReviewTask.objects.all().delete()

    settings.SECRET_KEY = "another installation's"
    open_all(videos, line)

    assert audited(line) != first


def test_clips_that_nobody_has_to_look_at_are_drawn_as_well(settings, line):
    settings.AUDIT_PERCENT = 40
    videos = make_videos(60)

    open_all(videos, line, asked=False)
    waiting.close_tasks((video.pk, line.pk) for video in videos)

    drawn = audited(line)
    assert 0 < len(drawn) < 60
    assert ReviewTask.objects.count() == len(drawn)  # the rest have no task at all


def test_a_task_of_before_stays_out_of_a_slice_that_grew(settings, line):
    video = make_video()
    open_all([video], line, priority=0.2)
    settings.AUDIT_PERCENT = 100

    open_all([video], line, priority=0.3)

    assert not ReviewTask.objects.get().audit


def test_every_slot_of_a_drawn_clip_belongs_to_the_slice(settings):
    settings.AUDIT_PERCENT = 100
    line, video = make_line(overlap=2), make_video()
    open_all([video], line)

    line.overlap = 3
    line.save()

    assert list(ReviewTask.objects.values_list("slot", "audit").order_by("slot")) == [(1, True), (2, True), (3, True)]


def test_the_order_of_the_slice_is_not_that_of_its_membership(settings, line):
    """Who is drawn by a small share must not also come first: half the members have an early turn, half a late one."""
    settings.AUDIT_PERCENT = 20
    open_all(make_videos(600), line)

    turns = list(ReviewTask.objects.filter(audit=True).values_list("priority", flat=True))

    assert 0.3 < sum(turn > 0.5 for turn in turns) / len(turns) < 0.7
