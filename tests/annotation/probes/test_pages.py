"""The pages of gold clips, of qualification, and of whom to trust."""

import pytest
from django.urls import reverse

from annotation import queue
from annotation.models import GoldClip, Qualification, TrustPolicy
from tagging.models import VideoTag
from taxonomy.models import Guideline
from tests.annotation.factories import add, make_review, make_task, publish
from tests.annotation.probes.factories import make_gold
from tests.factories import make_line, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def dunk():
    tag = make_tag("Slam dunk", parent=make_tag("Basketball"))
    publish()
    return tag


@pytest.fixture
def editor(client):
    editor = make_user("editor")
    client.force_login(editor)
    return editor


def test_without_gold_clips_the_page_says_where_they_come_from(client, editor, line):
    page = client.get("/gold/").content.decode()

    assert "No gold clips yet" in page
    assert "5 more clips before newcomers are asked" in page


def test_an_editor_makes_a_gold_clip_of_a_reviewed_video(client, editor, line, dunk, street):
    publish()
    video = make_video(title="He dunks")
    VideoTag.objects.create(video=video, business_line=line, tag=dunk, source="review")
    VideoTag.objects.create(video=video, business_line=line, tag=street, source="review")
    address = f"{reverse('annotation:gold-new')}?video={video.pk}&line={line.slug}"
    assert "Make it a gold clip" in client.get(f"/videos/{video.pk}/reviews/").content.decode()
    assert client.get(address).content.decode().count(" checked") == 2

    client.post(address, {f"tag-{dunk.pk}": "must", f"tag-{street.pk}": "never", "note": "From above."})

    clip = GoldClip.objects.get()
    assert (clip.video, clip.note, clip.author) == (video, "From above.", editor)
    assert dict(clip.tags.values_list("tag", "wanted")) == {dunk.pk: True, street.pk: False}
    assert {tag.branch for tag in clip.tags.all()} == {dunk.parent, street}
    page = client.get("/gold/").content.decode()
    assert "From above." in page
    assert "Slam dunk" in page
    again = client.post(address, {f"tag-{dunk.pk}": "must"})
    assert again.status_code == 422
    assert "already" in again.content.decode()


def test_a_gold_clip_needs_a_tag(client, editor, line, dunk):
    video = make_video()
    VideoTag.objects.create(video=video, business_line=line, tag=dunk, source="review")

    refused = client.post(f"{reverse('annotation:gold-new')}?video={video.pk}&line={line.slug}", {"note": "kept"})

    assert refused.status_code == 422
    assert "kept" in refused.content.decode()
    assert not GoldClip.objects.exists()


def test_the_list_takes_the_same_queries_however_many_clips(client, editor, line, dunk, django_assert_max_num_queries):
    for _ in range(6):
        make_gold(line, dunk)

    with django_assert_max_num_queries(14):
        client.get("/gold/")


def test_retiring(client, editor, line, dunk):
    clip = make_gold(line, dunk)

    client.post(f"/gold/{clip.pk}/retire/")

    clip.refresh_from_db()
    assert clip.retired_at


@pytest.fixture
def asking(line, dunk):
    TrustPolicy.objects.create(business_line=line, qualify_clips=1, pass_mark=80, gold_least=0, gold_most=0)
    make_gold(line, dunk, note="The ball goes in from above.")
    make_gold(line, dunk)
    Guideline.objects.create(tag=dunk, business_line=line, body="A shot *from above* the rim.")
    publish()
    make_task(line)
    return line


def test_a_newcomer_is_led_to_the_qualification_and_through_it(client, asking, dunk):
    newcomer = make_user(lines=(asking,))
    client.force_login(newcomer)
    where = f"{reverse('annotation:qualify')}?line={asking.slug}"

    assert client.get(f"/review/?line={asking.slug}").url == where
    refused = client.post("/api/queue/claim/", {"line": asking.slug}, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]) == (403, "not_qualified")
    assert "review 1 clip whose tags are known" in client.get(where).content.decode()

    task = client.get(client.post(where).url).url
    assert client.get(task).status_code == 200
    assert "0 of 1 clips done" in client.get(where).content.decode()
    make_review(queue.held(newcomer, asking), [])

    page = client.get(where).content.decode()
    assert "Not passed yet" in page
    assert "missed" in page
    assert "from above" in page
    client.post(where)
    make_review(queue.claim(newcomer, asking), add(dunk))
    page = client.get(where).content.decode()
    assert "given, rightly" in page
    assert "/review/" in client.get(f"/review/?line={asking.slug}").url
    assert "qualify" not in client.get(f"/review/?line={asking.slug}").url


def test_a_line_that_does_not_ask_says_so(client, line, dunk):
    client.force_login(make_user(lines=(line,)))
    make_gold(line, dunk)

    page = client.get(f"{reverse('annotation:qualify')}?line={line.slug}").content.decode()

    assert "1 of the 5 gold clips" in page


def test_admins_see_who_is_qualified_and_decide(client, asking):
    newcomer = make_user(lines=(asking,), first_name="Ann")
    client.force_login(make_user("admin"))

    page = client.get(f"/trust/?line={asking.slug}").content.decode()
    assert "Ann" in page
    assert "not yet" in page
    client.post(f"/trust/{newcomer.pk}/", {"line": asking.slug, "state": "waived"})
    assert Qualification.objects.get().state == "waived"
    client.post(f"/trust/{newcomer.pk}/", {"line": asking.slug, "state": "revoked"})
    assert Qualification.objects.get().state == "revoked"


def test_the_settings_of_a_line(client):
    line = make_line()
    client.force_login(make_user("admin"))
    values = {
        "qualify_clips": 3,
        "pass_mark": 70,
        "gold_least": 2,
        "gold_most": 9,
        "blind": 2,
        "wrong": 2,
        "missing": 0,
    }

    client.post(f"/trust/?line={line.slug}", values)
    refused = client.post(f"/trust/?line={line.slug}", values | {"gold_most": 1})
    too_many = client.post(f"/trust/?line={line.slug}", values | {"wrong": 80})

    policy = TrustPolicy.objects.get()
    assert (policy.qualify_clips, policy.wrong, policy.gold_most) == (3, 2, 9)
    assert (refused.status_code, too_many.status_code) == (422, 422)


def test_programs_make_and_retire_gold_clips(client, editor, line, dunk):
    publish()
    video = make_video()
    told = {"video": video.pk, "line": line.slug, "must": [dunk.pk], "note": "From above."}

    made = client.post("/api/gold/", told, content_type="application/json")
    again = client.post("/api/gold/", told, content_type="application/json")
    unknown = client.post("/api/gold/", told | {"must": [10**6]}, content_type="application/json")

    assert (made.status_code, again.status_code, unknown.status_code) == (201, 409, 400)
    (listed,) = client.get("/api/gold/").json()
    assert listed == made.json()
    assert (listed["must"], listed["never"], listed["right"]["tries"]) == ([dunk.pk], [], 0)
    assert client.post(f"/api/gold/{listed['id']}/retire/").status_code == 204
    assert client.get("/api/gold/").json() == []


def test_programs_read_whom_to_trust_and_decide(client, asking):
    newcomer = make_user(lines=(asking,))
    client.force_login(make_user("admin"))
    decide = {"line": asking.slug, "state": "waived"}

    assert client.post(f"/api/trust/{newcomer.pk}/", decide, content_type="application/json").status_code == 204

    (told,) = client.get(f"/api/trust/?line={asking.slug}").json()
    assert (told["person"], told["qualification"], told["worrying"]) == (newcomer.username, "waived", False)
