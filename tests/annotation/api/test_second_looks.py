"""Programs answer second looks."""

import uuid

import pytest
from django.utils import timezone

from annotation import queue, waiting
from annotation.agreement import missing
from annotation.models import Review, SecondLook
from annotation.verdicts import Said
from tagging.models import VideoTag
from tests.annotation.factories import make_review, publish
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(line):
    """A dunk of which the model is sure and that the first reviewer refused."""
    dunk, first = make_tag("Slam dunk"), make_user(lines=(line,))
    taxonomy, model = publish(), make_model(state="active", promoted_at=timezone.now())
    for score, choice in [(0.9, "accept")] * 6 + [(0.97, "reject")]:
        video = make_video()
        make_suggestions(video, {dunk: score}, model=model, taxonomy=taxonomy)
        waiting.open_tasks([waiting.Wanted(video.pk, line.pk)])
        make_review(queue.claim(first, line), [Said(dunk.pk, choice)], model_version=model.pk)
    missing.refresh(line)
    return SecondLook.objects.get()


@pytest.fixture
def second(program, line):
    return program(make_user(lines=(line,)))


def test_a_missing_tag_is_given_once(second, look, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        (told,) = second.get("second-looks", line=look.business_line.slug)

    assert (told["id"], told["name"], told["refused"]) == (look.pk, "Slam dunk", True)
    assert second.twice(f"second-looks/{look.pk}/answer", missing=True) == (204, None)
    assert VideoTag.objects.filter(video=look.task.video_id, tag=look.tag).exists()
    assert Review.objects.filter(reviewer=second.person).count() == 1
    assert second.get("second-looks", line=look.business_line.slug) == []


def test_an_answer_is_taken_back_once(second, program, look):
    second.twice(f"second-looks/{look.pk}/answer", missing=True)
    other = program(make_user(lines=(look.business_line,)))
    assert other.post(f"second-looks/{look.pk}/undo", operation=str(uuid.uuid4()))[1]["error"] == "gone"

    assert second.twice(f"second-looks/{look.pk}/undo") == (204, None)

    assert not VideoTag.objects.filter(video=look.task.video_id, tag=look.tag).exists()
    assert [one["id"] for one in second.get("second-looks", line=look.business_line.slug)] == [look.pk]


def test_who_comes_second_is_told(second, program, look):
    second.twice(f"second-looks/{look.pk}/answer", missing=True)
    other = program(make_user(lines=(look.business_line,)))

    answer = other.post(f"second-looks/{look.pk}/answer", missing=False, operation=str(uuid.uuid4()))

    assert (answer[0], answer[1]["error"]) == (409, "gone")


def test_the_whole_clip_may_be_reviewed_again(second, look):
    status, clip = second.post(f"second-looks/{look.pk}/review")

    assert (status, clip["task"], clip["video"]) == (200, look.task_id, look.task.video_id)
    assert second.post(f"second-looks/{look.pk}/review")[1]["error"] == "gone"


def test_other_lines_are_not_found(program, look):
    stranger = program(make_user(lines=(make_line(),)))

    assert stranger.post(f"second-looks/{look.pk}/review")[0] == 404
