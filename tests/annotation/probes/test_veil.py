"""Who reviews a clip does not read on its page what the models and others say of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.models import ReviewTask
from tagging.models import VideoTag
from tests.annotation.factories import add, claim, make_review, make_task, publish
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def dunk():
    return make_tag("Slam dunk")


@pytest.fixture
def task(line, dunk):
    video = make_video()
    make_suggestions(video, {dunk: 0.9}, model=make_model(), taxonomy=publish())
    VideoTag.objects.create(video=video, business_line=make_line(), tag=dunk, source="review")
    line.overlap = 2
    line.save()
    make_task(line, video=video)
    make_task(line, video=video, slot=2)
    make_review(claim(make_user(lines=(line,)), line), add(dunk))
    return claim(make_user(lines=(line,)), line)


def told(client, task):
    """What page and program say of the video: tags, suggestions and reviews."""
    page = client.get(f"/videos/{task.video_id}/").content.decode()
    video = client.get(f"/api/videos/{task.video_id}/").json()
    reviews = client.get(f"/api/videos/{task.video_id}/reviews/").json()["results"]
    part = client.get(f"/videos/{task.video_id}/reviews/").content.decode()
    return "Slam dunk" in page, bool(video["tags"]), bool(video["suggested"]), bool(reviews), "Slam dunk" in part


def test_it_is_veiled_from_claim_to_a_day_after_the_review(client, task):
    client.force_login(task.reviewer)
    assert told(client, task) == (False,) * 5
    make_review(task, [])
    assert told(client, task) == (False, False, False, True, False)  # one's own review

    ReviewTask.objects.filter(pk=task.pk).update(done_at=timezone.now() - timedelta(hours=25))

    assert told(client, task) == (True,) * 5


def test_others_and_admins_see_it(client, task, line):
    client.force_login(make_user(lines=(line,)))
    assert told(client, task) == (True, True, False, True, True)  # it might come to them yet
    make_review(task, [])
    assert told(client, task) == (True,) * 5
    client.force_login(make_user("admin"))
    assert told(client, task) == (True,) * 5
