"""Tags of an import become reviews, set-based."""

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from annotation import imported_reviews
from annotation.models import Review, ReviewTask
from tagging.models import VideoTag
from tests.annotation.factories import make_task, publish
from tests.factories import make_line, make_tag, make_video

pytestmark = pytest.mark.django_db


def record(line, *pairs):
    """What an import does with (video, tag) pairs, in its transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS imported_tags (video_id bigint, tag_id bigint)")
        cursor.execute("TRUNCATE imported_tags")
        for video, tag in pairs:
            cursor.execute("INSERT INTO imported_tags VALUES (%s, %s)", [video.pk, tag.pk])
        imported_reviews.record(line)


def test_imported_tags_are_a_review_by_the_import_reviewer():
    publish()
    line, video, dunk, street = make_line(), make_video(), make_tag(), make_tag()

    record(line, (video, dunk), (video, street), (video, street))

    review = Review.objects.get()
    assert (review.kind, review.reviewer.username, review.verdicts.count()) == ("import", "import", 2)
    assert (review.task.state, review.task.current_review) == ("done", review)
    assert set(VideoTag.objects.values_list("tag", "source")) == {(dunk.pk, "import"), (street.pk, "import")}
    video.refresh_from_db()
    assert video.reviewed_at


def test_nobody_can_sign_in_as_the_import_reviewer():
    publish()
    record(make_line(), (make_video(), make_tag()))

    reviewer = User.objects.get(username="import")
    assert not reviewer.has_usable_password()
    assert not reviewer.is_active


def test_the_work_of_people_is_left_alone():
    publish()
    line, video = make_line(), make_video()
    task = make_task(line, video=video)

    record(line, (video, make_tag()))

    assert (ReviewTask.objects.get(), Review.objects.count(), VideoTag.objects.count()) == (task, 0, 0)


def test_many_videos_take_as_many_queries_as_one(django_assert_max_num_queries):
    publish()
    line, tag = make_line(), make_tag()
    videos = [make_video() for _ in range(30)]
    with django_assert_max_num_queries(10 + 30):  # of which 30 fill the table
        record(line, *((video, tag) for video in videos))

    assert Review.objects.count() == 30
