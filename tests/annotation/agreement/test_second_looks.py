"""Tags that a model is sure of and a reviewer did not give are offered for a second look."""

import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from annotation import queue, reviews, second_answers, waiting
from annotation.agreement import missing
from annotation.models import Review, ReviewTask, SecondLook, Skill
from annotation.verdicts import Said
from ml.registry.models import ModelVersion
from tagging.models import Media, SuggestionSet, Video
from taxonomy.models import Rule
from tests import stacks
from tests.annotation.agreement.factories import given
from tests.annotation.factories import add, make_review, make_task, publish
from tests.factories import make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def dunk():
    return make_tag("Slam dunk")


@pytest.fixture
def first():
    return make_user()


@pytest.fixture
def reviewed(line, dunk, street, first):
    """Six clips that show a dunk, of which the model was 90 % sure, and `odd` on which the reviewer refused one."""
    first.business_lines.add(line)
    taxonomy, model = publish(), make_model(state="active", promoted_at=timezone.now())

    def review(scores, **verdicts):
        video = make_video()
        make_suggestions(video, scores, model=model, taxonomy=taxonomy)
        waiting.open_tasks([waiting.Wanted(video.pk, line.pk)])
        said = [Said(tag.pk, choice, "wrong" if choice == "reject" else "") for choice, tag in verdicts.values()]
        return make_review(queue.claim(first, line), said, model_version=model.pk).task

    for _ in range(6):
        review({dunk: 0.9}, one=("accept", dunk))
    return review


def found(line):
    missing.refresh(line)
    return list(SecondLook.objects.order_by("-gain"))


def test_a_tag_that_was_refused_though_the_model_is_sure_is_offered(line, reviewed, dunk, street):
    odd = reviewed({dunk: 0.97, street: 0.6}, one=("reject", dunk), two=("accept", street))

    (look,) = found(line)

    assert (look.task, look.tag, look.refused) == (odd, dunk, True)
    # 97 % of the model, and a reviewer who misses 15 % and refuses rightly 85 %.
    assert look.gain == pytest.approx(0.97 * 0.15 / (0.97 * 0.15 + 0.03 * 0.85))


def test_a_clip_with_two_such_tags_is_counted_once(line, reviewed, dunk, street, client, sign_in):
    for _ in range(5):
        reviewed({street: 0.9}, one=("accept", street))
    reviewed({dunk: 0.97, street: 0.97}, one=("reject", dunk), two=("reject", street))
    sign_in(lines=(line,))

    assert len(found(line)) == 2
    assert client.get(reverse("annotation:home")).context["review"]["looks"] == [(line, 1)]
    assert "1 clip for a second look" in client.get(reverse("annotation:second-looks")).text


def test_a_tag_that_nobody_was_asked_about_comes_first(line, reviewed, dunk, street):
    reviewed({dunk: 0.97, street: 0.6}, one=("reject", dunk), two=("accept", street))
    silent = reviewed({dunk: 0.95, street: 0.6}, one=("accept", street))

    assert next(look.task for look in found(line)) == silent


def test_a_careful_reviewers_no_is_believed(line, reviewed, dunk, first):
    reviewed({dunk: 0.97}, one=("reject", dunk))
    Skill.objects.create(business_line=line, reviewer=first, sensitivity=0.99, specificity=0.97, share=0.5, answers=99)

    assert found(line) == []


@pytest.mark.parametrize("score", [0.6, 0.89])
def test_a_model_that_is_less_sure_than_usual_is_not_heard(line, reviewed, dunk, score):
    reviewed({dunk: score}, one=("reject", dunk))

    assert found(line) == []


def test_what_could_not_stand_or_is_not_wanted_is_left_out(line, reviewed, dunk, street):
    reviewed({dunk: 0.97, street: 0.9}, one=("accept", street))
    rule = Rule.objects.create(kind="excludes", subject=dunk)
    rule.others.add(street)
    publish()

    assert found(line) == []


def test_yes_gives_the_tag_and_keeps_the_rest(line, reviewed, dunk, street, client, sign_in):
    odd = reviewed({dunk: 0.97, street: 0.6}, one=("reject", dunk), two=("accept", street))
    (look,) = found(line)
    person = sign_in(lines=(line,))
    page = client.get(reverse("annotation:second-looks")).text
    assert "Does this clip show Slam dunk?" in page
    assert "Streetball" in page

    client.post(reverse("annotation:second-answer", args=[look.pk]), {"answer": "yes"})

    odd.refresh_from_db()
    assert given(odd.video, line) == {"Slam dunk", "Streetball"}
    assert (odd.state, odd.current_review.reviewer) == ("done", person)
    assert Review.objects.filter(task=odd).count() == 2, "the first one is still there"
    assert found(line)[0].missing is True


def rows():
    """Every column of every row that an answer changes; tokens only grow."""
    names = ("annotation_reviewtask", "annotation_secondlook", "tagging_videotag", "tagging_video")
    with connection.cursor() as cursor:
        told = [f"(SELECT jsonb_agg(to_jsonb({name}) - 'token' ORDER BY id) FROM {name})" for name in names]
        cursor.execute(f"SELECT {', '.join(told)}")  # constants
        return cursor.fetchone()


@pytest.mark.parametrize("said", ["yes", "no"])
@pytest.mark.parametrize("overlap", [1, 2])
def test_taking_an_answer_back_restores_every_row(line, reviewed, dunk, street, client, sign_in, said, overlap):
    odd = reviewed({dunk: 0.97, street: 0.6}, one=("reject", dunk), two=("accept", street))
    (look,) = found(line)
    person = sign_in(lines=(line,))
    if overlap == 2:
        make_review(
            make_task(
                line,
                video=odd.video,
                slot=2,
                state="claimed",
                reviewer=make_user(),
                token=1,
                lease_until=timezone.now(),
            ),
            add(dunk),
        )
    before = rows()
    client.post(reverse("annotation:second-answer", args=[look.pk]), {"answer": said})
    assert rows() != before
    page = client.get(reverse("annotation:second-looks"))
    assert f"Take back: {said} to Slam dunk" in page.text

    undo = reverse("annotation:second-undo", args=[look.pk])
    page = client.post(undo, {"operation": uuid.UUID(int=1)}, follow=True)

    assert rows() == before
    assert page.context["look"] == look
    assert page.context["last"] is None
    assert "was taken back" in client.post(undo, {"operation": uuid.UUID(int=1)}, follow=True).text
    assert rows() == before
    assert Review.objects.filter(kind="undo", reviewer=person).count() == 1
    client.post(reverse("annotation:second-answer", args=[look.pk]), {"answer": "yes"})
    assert "Slam dunk" in given(odd.video, line), "it may be answered again"


def test_an_answer_that_somebody_went_on_from_stays(line, reviewed, dunk, client, sign_in):
    odd = reviewed({dunk: 0.97}, one=("reject", dunk))
    (look,) = found(line)
    person = sign_in(lines=(line,))
    second_answers.answer(look, person, missing=True, operation=uuid.uuid4())
    make_review(
        make_task(
            line, video=odd.video, slot=2, state="claimed", reviewer=make_user(), token=1, lease_until=timezone.now()
        ),
        [],
    )
    before = rows()

    page = client.post(reverse("annotation:second-undo", args=[look.pk]), follow=True)

    assert "somebody reviewed the clip since" in page.text
    assert rows() == before


def test_only_ones_own_answer_is_taken_back_and_within_a_day(line, reviewed, dunk):
    reviewed({dunk: 0.97}, one=("reject", dunk))
    (look,), person = found(line), make_user(lines=(line,))
    second_answers.answer(look, person, missing=True, operation=uuid.uuid4())
    before = rows()

    with pytest.raises(second_answers.Gone):
        second_answers.undo(look, make_user(), uuid.uuid4())
    assert rows() == before
    SecondLook.objects.update(answered_at=timezone.now() - reviews.UNDO_WITHIN)
    with pytest.raises(second_answers.Stays, match="too_late"):
        second_answers.undo(look, person, uuid.uuid4())
    assert second_answers.last(line, person) is None


def test_undo_on_the_review_page_leads_to_the_second_look(line, reviewed, dunk, client, sign_in):
    reviewed({dunk: 0.97}, one=("reject", dunk))
    (look,), person = found(line), sign_in(lines=(line,))
    second_answers.answer(look, person, missing=True, operation=uuid.uuid4())

    told = client.post(reverse("annotation:undo"), headers={"Accept": "application/json"})

    assert (told.status_code, told.json()["error"]) == (409, "in_second_look")
    assert "Take back: yes to Slam dunk" in client.get(told.json()["url"]).text


def test_the_times_of_other_tags_are_kept(line, reviewed, dunk, street, first):
    odd = reviewed({dunk: 0.97, street: 0.6}, one=("reject", dunk), two=("accept", street))
    media = Media.objects.create(content_hash="a" * 64, path="a", size=1, duration=9, width=1, height=1, fps=1)
    Video.objects.filter(pk=odd.video_id).update(media=media, media_state="ready")
    task = reviews.undo(reviewer=first, operation=uuid.uuid4()).task
    said = [Said(dunk.pk, "reject", "wrong"), Said(street.pk, "accept", start=1.5, end=4.0)]
    make_review(task, said, model_version=ModelVersion.objects.active().pk)
    (look,) = found(line)

    second_answers.answer(look, make_user(lines=(line,)), missing=True, operation=uuid.uuid4())

    odd.refresh_from_db()
    assert odd.current_review.verdicts.get(tag=street).plain == said[1]


def test_no_is_remembered(line, reviewed, dunk, street, client, sign_in):
    odd = reviewed({dunk: 0.97, street: 0.6}, one=("reject", dunk), two=("accept", street))
    (look,) = found(line)
    sign_in(lines=(line,))

    client.post(reverse("annotation:second-answer", args=[look.pk]), {"answer": "no"})

    assert given(odd.video, line) == {"Streetball"}
    assert [one.missing for one in found(line)] == [False], "it is not asked again"
    assert "Nothing to look at again" in client.get(reverse("annotation:second-looks")).text


def test_what_is_left_for_later_comes_again_at_the_end(line, reviewed, dunk, client, sign_in):
    for sure in (0.99, 0.98, 0.97):
        reviewed({dunk: sure}, one=("reject", dunk))
    hard, second, third = found(line)
    sign_in(lines=(line,))

    def shown(page):
        return page.context["look"]

    assert shown(client.get(reverse("annotation:second-looks"))) == hard
    assert shown(client.get(reverse("annotation:second-looks"), {"after": hard.pk})) == second
    answered = client.post(reverse("annotation:second-answer", args=[second.pk]), {"answer": "no"}, follow=True)
    assert shown(answered) == third
    answered = client.post(reverse("annotation:second-answer", args=[third.pk]), {"answer": "no"}, follow=True)
    assert shown(answered) == hard


def test_of_two_who_answer_the_second_is_told(line, reviewed, dunk, client, sign_in):
    reviewed({dunk: 0.97}, one=("reject", dunk))
    (look,) = found(line)
    place = reverse("annotation:second-answer", args=[look.pk])
    sign_in(lines=(line,))
    client.post(place, {"answer": "yes"})
    sign_in(lines=(line,))

    assert "Somebody else" in client.post(place, {"answer": "no"}, follow=True).text
    assert Review.objects.count() == 8


def test_a_clip_that_was_reviewed_again_is_no_longer_offered(line, reviewed, dunk, first):
    odd = reviewed({dunk: 0.97}, one=("reject", dunk))
    (look,) = found(line)
    reviews.undo(reviewer=first, operation="0" * 32)

    assert not second_answers.waiting([line], make_user()).exists()
    with pytest.raises(second_answers.Gone):
        second_answers.take(look, make_user())
    assert ReviewTask.objects.get(pk=odd.pk).state == "claimed"


def test_looking_takes_one_statement_however_many_clips(line, reviewed, dunk, django_assert_max_num_queries):
    for _ in range(3):
        reviewed({dunk: 0.97}, one=("reject", dunk))

    with django_assert_max_num_queries(11):
        assert missing.refresh(line) == 3


def review_rain(line):
    """A review that gives no tag, before any model looked."""
    video = make_video(title="Rain over the harbour")
    waiting.open_tasks([waiting.Wanted(video.pk, line.pk)])
    return make_review(queue.claim(make_user(lines=(line,)), line), []).task


def test_a_new_model_looks_at_what_was_reviewed_before_it(line):
    model = stacks.serve()
    task = review_rain(line)

    assert missing.look_back() == 1

    seen = SuggestionSet.objects.get(video=task.video)
    assert (seen.model_version, seen.suggestions.first().tag.name) == (model, "Rain")
    task.refresh_from_db()
    assert (task.state, given(task.video, line)) == ("done", set()), "nothing else changes"
    assert missing.look_back() == 0


def test_new_clips_come_before_a_look_back(line):
    stacks.serve()
    review_rain(line)
    make_video(title="A new one")

    assert missing.look_back() == 0
