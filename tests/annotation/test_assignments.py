"""Whose a clip is before anybody took it, and handing one to a colleague."""

import uuid

import pytest

from annotation import assignments, figures, people, queue, workbench
from annotation.assignments import Selection
from annotation.models import HandOver, ReviewTask
from tests.annotation.factories import add, claim, make_review, make_task, publish
from tests.factories import make_line, make_user, make_video

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def ann(line):
    return make_user(lines=(line,))


@pytest.fixture
def bob(line):
    return make_user(lines=(line,), first_name="Bob")


def assign(line, person, wanted, **kw):
    return assignments.assign(line, person, wanted, **{"by": make_user("admin"), "operation": uuid.uuid4()} | kw)


def assigned(person):
    return set(ReviewTask.objects.filter(assignee=person))


def test_who_clips_are_assigned_to_gets_them_first_and_nobody_else_gets_them(line, ann, bob):
    urgent, plain = make_task(line, priority=9), make_task(line, priority=1)
    ReviewTask.objects.filter(pk=plain.pk).update(assignee=ann)

    assert queue.claim(ann, line) == plain
    assert queue.claim(bob, line) == urgent
    assert queue.claim(bob, line) is None


def test_an_assigned_clip_whose_lease_ran_out_waits_for_the_same_person(line, ann, bob):
    task = make_task(line, assignee=ann)
    held = queue.claim(ann, line)
    queue.give_back(held.pk, ann, held.token)

    assert queue.claim(bob, line) is None
    assert queue.claim(ann, line) == task


def test_the_most_urgent_clips_of_a_selection_are_assigned(line, ann):
    rain = [make_task(line, video=make_video(title=f"Rain {n}", uploader="Ann"), priority=n) for n in range(3)]
    make_task(line, video=make_video(title="Snow", uploader="Ann"), priority=9)
    make_task(line, video=make_video(title="Rain", uploader="Bob"), priority=9)
    make_task(line, video=make_video(title="RAIN", uploader="Ann"), priority=9, audit=True)
    make_task(make_line(), video=make_video(title="Rain", uploader="Ann"), priority=9)

    assert assign(line, ann, Selection("rain", "test", "Ann", most=2)) == 2

    assert assigned(ann) == {rain[2], rain[1]}
    assert figures.waiting(line) == 4


def test_one_clip_is_assigned_by_its_id(line, ann):
    task = make_task(line, video=make_video(external_id="42"))
    make_task(line)

    assert assign(line, ann, Selection("42")) == 1
    assert assigned(ann) == {task}


def test_neither_claimed_clips_nor_those_of_another_slot_are_assigned(ann, bob):
    line = make_line(overlap=2)
    line.members.add(ann, bob)
    video = make_video()
    for slot in (1, 2):
        make_task(line, video=video, slot=slot)
    claim(bob, line)

    assert assign(line, bob, Selection()) == 0
    assert assign(line, ann, Selection()) == 1
    assert assign(line, ann, Selection()) == 0


def test_released_clips_are_everybodys_again(line, ann, bob):
    make_task(line, assignee=ann)

    assert assignments.release(line, ann) == 1
    assert queue.claim(bob, line) is not None


def test_what_is_done_is_assigned_to_nobody(line, ann):
    publish()
    make_task(line, assignee=ann)

    task = make_review(claim(ann, line), []).task

    task.refresh_from_db()
    assert (task.state, task.assignee) == ("done", None)


def test_admins_assign_on_a_page_and_see_for_whom_clips_wait(client, sign_in, line, ann):
    make_task(line)
    sign_in("admin")
    told = {"line": line.slug, "person": ann.pk, "most": 5}

    page = client.post("/assignments/", told, follow=True).content.decode()
    assert "1 clip now waits for" in page
    assert ann.username in page
    page = client.post("/assignments/", told | {"release": "1"}, follow=True).content.decode()
    assert "Nothing is assigned" in page
    wrong = client.post("/assignments/", told | {"person": make_user().pk})
    assert wrong.status_code == 422


def test_who_clips_are_assigned_to_is_told_on_the_first_page(client, line, ann, bob):
    for _ in range(2):
        make_task(line, assignee=ann)
    make_task(line)

    client.force_login(ann)
    text = " ".join(client.get("/").content.decode().split())
    assert f"<b>2</b><span>assigned to you for {line}</span>" in text
    client.force_login(bob)
    assert "assigned to you" not in client.get("/").content.decode()


def test_people_are_called_by_their_names_when_clips_are_assigned(client, sign_in, line, bob):
    make_task(line)
    sign_in("admin", lines=(line,))

    values = {"line": line.slug, "person": bob.pk, "most": 5}
    text = client.post("/assignments/", values, follow=True).content.decode()

    assert "1 clip now waits for Bob." in text
    assert f"Bob ({bob.username})" in text


def test_a_clip_is_handed_to_a_colleague_who_sees_the_note(client, line, ann, bob):
    publish()
    make_task(line)
    task = claim(ann, line)
    client.force_login(ann)
    told = {
        "operation": str(uuid.uuid4()),
        "token": task.token,
        "action": "hand_over",
        "to": bob.pk,
        "note": "Which league?",
    }

    assert client.post(task.get_absolute_url(), told, **JSON).json()["stored"]

    theirs = queue.claim(bob, line)
    assert theirs == task
    assert theirs.token > task.token
    assert workbench.clip(theirs).handed_over == (ann.username, "Which league?")
    client.force_login(bob)
    assert "Which league?" in client.get(task.get_absolute_url()).content.decode()
    assert client.post(task.get_absolute_url(), told, **JSON).status_code == 409  # it is no longer hers


def test_the_page_counts_before_anything_is_assigned(client, sign_in, line, ann):
    make_task(line, video=make_video(uploader="Ann"))
    make_task(line)
    sign_in("admin")
    told = {"line": line.slug, "person": ann.pk, "uploader": "Ann"}

    part = client.post("/assignments/", told, headers={"HX-Request": "true"}).content.decode()
    page = client.post("/assignments/", told | {"count": "1"}).content.decode()
    unfinished = client.post("/assignments/", {"line": line.slug}, headers={"HX-Request": "true"})

    assert "1 waiting clip is like that." in part
    assert "<form" not in part
    assert "1 waiting clip is like that." in page
    assert (unfinished.status_code, "waiting" in unfinished.content.decode()) == (200, False)
    assert not assigned(ann)
    client.post("/assignments/", told | {"tag": "no such tag"})
    assert not assigned(ann)


@pytest.mark.parametrize("to", ["nobody", "a stranger", "who reviewed it"])
def test_a_clip_is_handed_only_to_who_can_review_it(client, ann, bob, to):
    publish()
    line = make_line(overlap=2)
    line.members.add(ann, bob)
    video = make_video()
    for slot in (1, 2):
        make_task(line, video=video, slot=slot)
    make_review(claim(bob, line), add())
    task = claim(ann, line)
    client.force_login(ann)
    person = {"nobody": "", "a stranger": make_user().pk, "who reviewed it": bob.pk}[to]
    told = {"operation": str(uuid.uuid4()), "token": task.token, "action": "hand_over", "to": person}

    answer = client.post(task.get_absolute_url(), told, **JSON)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["to"]
    assert not HandOver.objects.exists()
    assert queue.heartbeat(task.pk, ann, task.token)


def test_who_leaves_a_line_leaves_its_clips(client, sign_in, line, ann):
    admin = sign_in("admin")
    task = make_task(line, assignee=ann)
    people.change(ann, admin, name="Ann", roles=["annotator"], lines=[])

    task.refresh_from_db()
    assert task.assignee is None


def test_colleagues_are_the_annotators_of_the_line(line, ann, bob):
    make_user("editor", lines=(line,))

    assert list(assignments.colleagues(line, ann)) == [bob]
