"""The review page: claims, submits, refuses, undoes; as a plain form and for scripts."""

import uuid

import pytest
from django.urls import reverse

from annotation import figures, queue, workbench
from annotation.models import Review, ReviewTask
from annotation.serializers.clips import ClipSerializer
from ml.registry.models import ModelVersion
from tagging.models import LinePolicy, Media, Suggestion, Video
from taxonomy import names, rulebook
from taxonomy.models import Guideline, Rule, Tag, TagName
from tests.annotation.factories import claim, make_task, publish
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def reviewer(sign_in, line):
    return sign_in("annotator", lines=(line,))


@pytest.fixture
def dunk():
    return make_tag("Slam dunk", parent=make_tag("Basketball"))


@pytest.fixture
def task(line, reviewer, dunk, street):
    """A clip with two proposed tags, claimed by the reviewer."""
    video = make_video(title="He dunks at the street court")
    make_suggestions(video, {dunk: 0.9, street: 0.6}, model=make_model(), taxonomy=publish())
    make_task(line, video=video, why={"unsure": 2})
    return claim(reviewer, line)


def entries(task, **kw):
    """What the page sends when nothing was touched."""
    clip = workbench.clip(task)
    values = {"operation": str(clip.operation), "token": task.token, "action": "submit", "seconds": "4.2"}
    values |= {"model_version": clip.model_version, "taxonomy_version": clip.taxonomy_version}
    return values | {f"verdict-{p.tag}": "" for p in clip.proposals} | kw


def test_confidences_are_those_that_the_lines_own_reviewers_bear_out(line, task, dunk, street):
    before = {p.tag: p.confidence for p in workbench.clip(task).proposals}
    lines = {str(line.pk): {"slope": 1.0, "offset": -1.0}, "0": {"slope": 9.0, "offset": 9.0}}
    ModelVersion.objects.update(metrics={"lines": lines})

    after = {p.tag: p.confidence for p in workbench.clip(task).proposals}

    assert before == {dunk.pk: 0.9, street.pk: 0.6}
    assert after == {dunk.pk: pytest.approx(0.768, abs=1e-3), street.pk: pytest.approx(0.356, abs=1e-3)}
    LinePolicy.objects.create(business_line=line, threshold=0.5)
    assert [p.tag for p in workbench.clip(task).proposals] == [dunk.pk]


def test_entering_claims_a_task(client, line, reviewer):
    task = make_task(line)

    assert client.get("/review/").url == task.get_absolute_url()
    assert list(ReviewTask.objects.claimed_by(reviewer)) == [task]


def test_entering_again_resumes_the_task_held(client, line, reviewer, task):
    make_task(line, priority=9)

    assert client.get("/review/").url == task.get_absolute_url()


def test_the_line_is_remembered(client, sign_in):
    first, second = make_line(), make_line()
    sign_in(lines=(first, second))
    make_task(first)
    task = make_task(second)

    client.get(f"/review/?line={second.slug}")

    assert client.get("/review/").url == task.get_absolute_url()


def test_a_line_of_others_is_not_found(client, reviewer):
    assert client.get(f"/review/?line={make_line().slug}").status_code == 404


def test_a_clip_held_but_not_on_the_screen_comes_before_a_new_one(client, line, reviewer, task):
    left_behind = make_task(line)
    claim(reviewer, line)
    make_task(line, priority=9)

    page = client.get(reverse("annotation:next"), {"line": line.slug, "not": task.pk})

    assert page.context["clip"].task == left_behind


def test_an_empty_queue_says_so(client, line, reviewer):
    page = client.get("/review/")

    assert page.status_code == 200
    assert "Nothing is waiting" in page.content.decode()


def test_the_page_shows_the_clip(client, task):
    page = client.get(task.get_absolute_url())

    assert page.status_code == 200
    assert [p.name for p in page.context["clip"].proposals] == ["Slam dunk", "Streetball"]
    assert page.context["clip"].proposals[0].path == ("Basketball",)


def test_a_task_of_another_line_is_not_found(client, reviewer):
    assert client.get(make_task(make_line()).get_absolute_url()).status_code == 404


def test_a_task_not_held_leads_to_one_that_is(client, line, reviewer):
    assert client.get(make_task(line).get_absolute_url()).url == reverse("annotation:enter")


def test_accepting_the_rest_accepts_what_is_undecided(client, task, street):
    values = entries(task, **{f"verdict-{street.pk}": "reject", f"reason-{street.pk}": "minor"})

    answer = client.post(task.get_absolute_url(), values, **JSON).json()

    review = Review.objects.get(pk=answer["review"])
    assert answer["stored"]
    assert answer["stats"]["today"] == 1
    assert sorted(review.verdicts.values_list("choice", "reason")) == [("accept", ""), ("reject", "minor")]
    assert review.seconds == 4.2


def test_a_plain_form_goes_on_with_the_next_clip(client, line, task):
    answer = client.post(task.get_absolute_url(), entries(task))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("annotation:enter"))


def test_added_tags_are_stored(client, task):
    third, fourth = make_tag(), make_tag()
    publish()

    client.post(task.get_absolute_url(), entries(task, add=[third.pk, fourth.pk]), **JSON)

    assert set(Review.objects.get().verdicts.filter(choice="add").values_list("tag", flat=True)) == {
        third.pk,
        fourth.pk,
    }


def name(tag, text):
    names.make(tag, text, language="en").save()
    publish()
    return tag


def test_without_scripts_a_tag_is_added_by_its_name(client, task):
    crowd = name(make_tag("Crowd cheering"), "crowd cheering")

    client.post(task.get_absolute_url(), entries(task, add_name="Crowd  cheering"))

    assert Review.objects.get().verdicts.get(choice="add").tag == crowd


def test_without_scripts_several_matching_tags_become_a_choice(client, task):
    first, second = name(make_tag("Crowd cheering"), "crowd cheering"), name(make_tag("Crowd"), "crowds")

    page = client.post(task.get_absolute_url(), entries(task, add_name="crow"))

    assert page.status_code == 422
    assert {choice.tag for choice in page.context["clip"].choices} == {first.pk, second.pk}
    assert Review.objects.count() == 0


def test_sent_again_it_gets_the_same_answer(client, task):
    values = entries(task)

    first, second = (client.post(task.get_absolute_url(), values, **JSON).json() for _ in range(2))

    assert first["review"] == second["review"]


def test_a_lost_lease_is_told_and_the_work_kept(client, task, line, dunk):
    queue.give_back(task.pk, task.reviewer, task.token)
    claim(make_user(), line)
    values = entries(task, **{f"verdict-{dunk.pk}": "reject"})

    refused = client.post(task.get_absolute_url(), values, **JSON)
    page = client.post(task.get_absolute_url(), values)

    assert (refused.status_code, refused.json()["error"], page.status_code) == (409, "lease_lost", 409)
    assert page.context["clip"].proposals[0].verdict == "reject"


def test_a_clip_that_one_has_sent_from_another_window_is_not_somebody_elses(client, task, dunk):
    values = entries(task)
    client.post(task.get_absolute_url(), values, **JSON)

    other = values | {"operation": str(uuid.uuid4()), f"verdict-{dunk.pk}": "reject"}
    refused = client.post(task.get_absolute_url(), other, **JSON)

    assert (refused.status_code, refused.json()["error"]) == (409, "lease_lost")
    assert "You have sent this clip already" in refused.json()["message"]


def test_conflicts_come_with_repairs_and_the_work_is_kept(client, task, line, dunk, street):
    rule = Rule.objects.create(kind="excludes", subject=dunk)
    rule.others.add(street)
    publish()
    values = entries(task, **{f"verdict-{dunk.pk}": "accept", f"verdict-{street.pk}": "accept"})

    refused = client.post(task.get_absolute_url(), values, **JSON)
    page = client.post(task.get_absolute_url(), values)

    (conflict,) = refused.json()["conflicts"]
    assert refused.status_code == page.status_code == 422
    assert conflict["text"] == "Slam dunk and Streetball exclude each other."
    assert {repair["label"] for repair in conflict["repairs"]} == {"keep Slam dunk", "keep Streetball"}
    assert [p.verdict for p in page.context["clip"].proposals] == ["accept", "accept"]
    assert Review.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"), [("verdict", "maybe"), ("verdict", "replace"), ("reason", "because"), ("operation", "x")]
)
def test_nonsense_is_refused(client, task, dunk, field, value):
    values = entries(task)
    if field == "reason":
        values |= {f"verdict-{dunk.pk}": "reject"}
    values |= {"operation": value} if field == "operation" else {f"{field}-{dunk.pk}": value}

    refused = client.post(task.get_absolute_url(), values, **JSON)

    assert refused.status_code == 422
    assert refused.json()["errors"]


def test_skipping_needs_a_reason(client, task):
    refused = client.post(task.get_absolute_url(), entries(task, action="skip"), **JSON)
    assert refused.status_code == 422

    client.post(task.get_absolute_url(), entries(task, action="skip", skip_reason="no sound"), **JSON)

    task.refresh_from_db()
    assert (task.state, task.skip_reason) == ("skipped", "no sound")


def test_giving_back_lets_others_have_it(client, task, line):
    client.post(task.get_absolute_url(), entries(task, action="give_back"), **JSON)

    assert queue.claim(make_user(), line) == task


def test_one_more_clip_is_claimed_ahead(client, task, line):
    ahead = make_task(line)

    page = client.get("/review/next/", {"line": line.slug, "not": task.pk})

    assert page.context["clip"].task == ahead
    assert "<html" not in page.content.decode()


def test_nothing_more_to_claim_is_an_empty_answer(client, task, line):
    assert client.get("/review/next/", {"line": line.slug, "not": task.pk}).status_code == 204


def test_the_answer_to_a_review_brings_the_next_clip(client, task, line):
    shown, ahead = make_task(line, priority=2), make_task(line, priority=1)

    answer = client.post(task.get_absolute_url(), entries(task, next="1", **{"not": [shown.pk, task.pk]}), **JSON)

    assert f'data-task="{ahead.pk}"' in answer.json()["clip"]
    ahead.refresh_from_db()
    assert (ahead.state, ahead.token) == ("claimed", 1)


def test_a_clip_that_got_lost_on_the_way_is_brought_again(client, task, line):
    ahead = make_task(line)
    values = entries(task, next="1", **{"not": task.pk})
    client.post(task.get_absolute_url(), values, **JSON)

    again = client.post(task.get_absolute_url(), values, **JSON)

    assert f'data-task="{ahead.pk}"' in again.json()["clip"]
    ahead.refresh_from_db()
    assert ahead.token == 1
    assert Review.objects.count() == 1


def test_the_last_review_brings_nothing(client, task):
    answer = client.post(task.get_absolute_url(), entries(task, next="1"), **JSON).json()

    assert (answer["stored"], answer["clip"]) == (True, None)


def test_a_review_with_its_next_clip_takes_few_statements(client, task, line, django_assert_num_queries):
    for _ in range(2):
        make_task(line, video=make_video(uploader="Ann"))
    values = entries(task, next="1")  # from the clip on the screen: the names of its tags are known
    figures.waiting(line)

    # session, person, task and line | savepoint, lock, write, release | figures | held, claim, clip
    with django_assert_num_queries(11):
        assert client.post(task.get_absolute_url(), values, **JSON).json()["clip"]


def test_a_heartbeat_says_until_when(client, task):
    address = reverse("annotation:heartbeat", args=[task.pk])

    assert "lease_until" in client.post(address, {"token": task.token}).json()
    assert client.post(address, {"token": task.token - 1}).status_code == 409


def test_undo_brings_the_clip_back_with_the_verdicts(client, task, dunk, street):
    third = make_tag("Crowd")
    publish()
    values = entries(task, add=[third.pk], **{f"verdict-{dunk.pk}": "replace", f"replacement-{dunk.pk}": street.pk})
    client.post(task.get_absolute_url(), values, **JSON)

    page = client.post("/review/undo/", {"operation": str(uuid.uuid4())}, **JSON)

    clip = page.context["clip"]
    assert f'data-task="{task.pk}"' in page.json()["clip"]
    assert page.json()["stats"]["today"] == 0
    assert clip.task == task
    assert clip.token > task.token
    assert [(p.verdict, p.replacement_name) for p in clip.proposals] == [("replace", "Streetball"), ("accept", "")]
    assert [a.name for a in clip.added] == ["Crowd"]


def test_undo_without_scripts_leads_to_the_clip(client, task):
    client.post(task.get_absolute_url(), entries(task))

    assert client.post("/review/undo/", {"operation": str(uuid.uuid4())}).url == task.get_absolute_url()


def test_nothing_to_undo_is_told(client, reviewer):
    refused = client.post("/review/undo/", {"operation": str(uuid.uuid4())}, **JSON)

    assert (refused.status_code, refused.json()["error"]) == (409, "nothing_to_undo")


def test_the_page_speaks_the_readers_language(client, task, dunk):
    TagName.objects.create(tag=dunk, language="zh", text="扣篮", preferred=True)

    page = client.get(task.get_absolute_url(), headers={"accept-language": "zh-hans"})

    assert page.context["clip"].proposals[0].name == "扣篮"


def test_guidelines_are_shown_without_scripts_in_them(client, task, line, dunk):
    Guideline.objects.create(tag=dunk, business_line=line, body="*from above* <script>alert(1)</script>")

    html = client.get(task.get_absolute_url()).context["clip"].proposals[0].guideline.html

    assert "<em>from above</em>" in html
    assert "<script" not in html


@pytest.mark.parametrize("tags", [1, 9])
def test_the_clip_loads_with_the_same_queries_however_many_tags(line, tags, django_assert_max_num_queries):
    others = [make_video() for _ in range(3)]
    video = make_video()
    scores = {make_tag(parent=make_tag()): 0.5 + n / 20 for n in range(tags)}
    stored = make_suggestions(video, scores, model=make_model(), taxonomy=publish())
    stored.suggestions.update(
        evidence={"similar": [v.pk for v in others], "spans": [["title", 0, 1]], "moment": [0, 2]}
    )
    task = make_task(line, video=video)

    rulebook.load(line=line.pk)

    # a review undone, the clip's rows; two for new names and two for new guidelines
    with django_assert_max_num_queries(6):
        clip = workbench.clip(task)
    with django_assert_max_num_queries(2):
        assert workbench.clip(task) is not clip

    assert len(clip.proposals) == tags
    assert len(clip.proposals[0].evidence.similar) == 3


def test_a_new_name_and_a_new_guideline_are_seen_at_once(task, dunk):
    workbench.clip(task)
    Tag.objects.filter(pk=dunk.pk).update(name="Slam dunk")
    publish()
    Guideline.objects.create(tag=dunk, body="with both hands")

    proposed = workbench.clip(task).proposals[0]

    assert proposed.name == "Slam dunk"
    assert "both hands" in proposed.guideline.html


def test_the_stretches_in_which_a_tag_holds_are_shown(client, task, dunk):
    media = Media.objects.create(
        content_hash="f" * 64, path="clips/f.mp4", duration=33.0, size=1, width=1, height=1, fps=25
    )
    Video.objects.filter(pk=task.video_id).update(media=media)
    task.refresh_from_db()
    windows = [5.0, [0.9, 0.8, 0.2, 0.0, 0.5, 0.1, 0.46]]
    Suggestion.objects.filter(tag=dunk).update(evidence={"windows": windows})

    clip = workbench.clip(task)
    page = client.get(task.get_absolute_url()).content.decode()

    stretches = [(0, 10, 0.9), (20, 25, 0.5), (30, 33, 0.46)]
    assert list(clip.proposals[0].evidence.stretches) == stretches
    assert [round(piece.start) for piece in clip.lanes[0].pieces] == [0, 61, 91]
    assert [piece.faint for piece in clip.lanes[0].pieces] == [False, True, True]
    assert 'data-seek="20.00">0:20–0:25' in page
    assert page.count('class="faint" data-from=') == 2
    Suggestion.objects.filter(tag=dunk).update(evidence={"windows": [5.0, [0.9] * 7]})
    page = client.get(task.get_absolute_url()).content.decode()
    assert "<span>throughout</span>" in page
    assert "0:00–0:33" not in page
    assert ClipSerializer(clip).data["proposals"][0]["evidence"]["stretches"] == [list(s) for s in stretches]


def test_a_face_a_program_and_the_way_through_the_graph_are_shown(client, task, dunk, street):
    dunk_parent = dunk.parent_id
    path = [["", street.pk], ["^parent", dunk_parent], ["related", dunk.pk]]
    task.video.program = "Street Masters"
    task.video.save()
    Suggestion.objects.filter(tag=dunk).update(
        evidence={"spans": [["program", 0, 6]], "region": [2.0, 0.5, 0.25, 0.75, 0.5], "path": path}
    )

    page = client.get(task.get_absolute_url()).content.decode()

    assert 'data-seek="2.00" data-box="50 25 25 25">face at 0:02' in page
    assert "program “Street”" in page
    assert "<i>related to</i>" in page
    proposed = ClipSerializer(workbench.clip(task)).data["proposals"][0]["evidence"]
    assert proposed["box"] == [2, 50, 25, 25, 25]
    assert proposed["path"] == [["", "Streetball"], ["above", "Basketball"], ["related to", "Slam dunk"]]
    assert proposed["context"] == [["program", "Street"]]
