"""Waiting clips that are alike become groups, in a worker."""

import numpy as np
import pytest
from django.utils import timezone

from annotation import tasks
from annotation.groups import gathering, orders, sending
from annotation.models import ClipGroup, Gathering, GroupedClip
from benchmarks.sets import copies
from ml import look_alikes
from tagging import clips, fingerprints
from tagging.models import Media, MediaFingerprint, Video
from tests import stacks
from tests.annotation.factories import make_task
from tests.factories import make_line, make_user, make_video
from tests.ml.media_files import make_clip


def groups(line):
    """The titles in each group."""
    members = GroupedClip.objects.filter(group__business_line=line).order_by("pk").values_list("group", "video__title")
    return [sorted(title for group, title in members if group == pk) for pk in dict.fromkeys(g for g, _t in members)]


def stripes(_time, size, _colour):
    width, height = size
    row = (np.arange(width) // 16 % 2 * 200).astype(np.uint8)
    return np.tile(row[None, :, None], (height, 1, 3))


def test_near_vectors_are_paired_once():
    around = np.eye(4, dtype=np.float32)[[0, 0, 1, 2]] + np.float32([[0, 0, 0, 0], [0, 0, 0, 0.1], [0] * 4, [0] * 4])
    vectors = around / np.linalg.norm(around, axis=1, keepdims=True)

    assert look_alikes.near([7, 3, 9, 8], vectors, 0.9, 3) == [(3, 7, pytest.approx(0.995, abs=1e-3))]


@pytest.mark.django_db
def test_clips_that_read_alike_are_put_together_and_only_waiting_ones():
    stacks.serve()
    line = make_line()
    for title in ("Rain on the window", "Rain on the Window", "rain on the window", "A concert under the sky"):
        make_task(line, video=make_video(title=title))
    make_task(line, video=make_video(title="Rain on the window"), state="done")
    make_task(line, video=make_video(title="Rain on the window"), audit=True)

    tasks.gather_groups(line.pk)

    assert groups(line) == [["Rain on the Window", "Rain on the window", "rain on the window"]]
    assert ClipGroup.objects.get().likeness >= gathering.LIKENESS
    told = Gathering.objects.get()
    assert (told.done, told.total, told.groups) == (4, 4, 1)


@pytest.mark.django_db
def test_clips_of_one_file_are_alike_whatever_is_said_of_them(line):
    media = Media.objects.create(content_hash="a" * 64, path="a", size=1, duration=1, width=1, height=1, fps=1)
    for title in ("One", "Another"):
        make_task(line, video=make_video(title=title, media=media, media_state="ready"))
    make_task(line)

    assert gathering.gather(line) == 1
    assert groups(line) == [["Another", "One"]]
    told = Gathering.objects.get()
    assert (told.total, told.groups, orders.going_on(told)) == (3, 1, False)


@pytest.mark.django_db
def test_a_clip_uploaded_again_is_found_under_other_words(line, tmp_path):
    first = make_clip(tmp_path / "first.mp4", 2, tone=None)
    copies.make(first, tmp_path / "copy.mp4", copies.WAYS["mirrored"])
    other = make_clip(tmp_path / "other.mp4", 2, tone=None, show=stripes)
    for title, path in {"One": first, "Another": tmp_path / "copy.mp4", "A third": other}.items():
        make_task(line, video=make_video(title=title, media=clips.store(path), media_state="ready"))
    MediaFingerprint.objects.all().delete()  # as if all had come in before there were any

    gathering.gather(line)

    assert groups(line) == [["Another", "One"]]
    assert MediaFingerprint.objects.count() == 3


@pytest.mark.django_db
def test_media_that_are_gone_are_looked_at_once(line, django_assert_num_queries):
    media = Media.objects.create(content_hash="a" * 64, path="a", size=1, duration=1, width=1, height=1, fps=1)
    video = make_video(media=media, media_state="ready")

    assert fingerprints.complete([video.pk], 10) == 1
    with django_assert_num_queries(1):
        assert fingerprints.complete([video.pk], 10) == 0
    assert len(fingerprints.of([video.pk])[video.pk]) == 0


@pytest.mark.django_db
def test_an_order_is_one_until_it_is_done_or_lost(line):
    assert orders.order(line)
    assert not orders.order(line), "it waits for a worker"
    assert orders.going_on(orders.of(line))

    Gathering.objects.update(heard_at=timezone.now() - orders.LOST)
    assert not orders.going_on(orders.of(line))
    assert orders.order(line), "its message was lost"
    gathering.gather(line)
    assert not orders.order(line), "asked a moment ago"
    Gathering.objects.update(asked_at=timezone.now() - orders.AGAIN)
    assert orders.order(line)


@pytest.mark.django_db
def test_a_group_that_somebody_looks_at_stays_until_they_are_done(line):
    media = Media.objects.create(content_hash="a" * 64, path="a", size=1, duration=1, width=1, height=1, fps=1)
    for _ in range(3):
        make_task(line, video=make_video(media=media, media_state="ready"))
    gathering.gather(line)
    group = ClipGroup.objects.get()
    sending.look(group, make_user(), Video.objects.latest("pk").pk)

    assert gathering.gather(line) == 1
    assert ClipGroup.objects.get() == group
    group.looks.all().delete()
    gathering.gather(line)
    assert ClipGroup.objects.get() != group
