"""The list of videos, the page of one, and its clip in pieces."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tagging import clips, search
from tagging.models import Media, SuggestionSet, Video, VideoTag
from taxonomy.models import TaxonomyVersion
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_video
from tests.ml.media_files import make_clip

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "one.mp4", seconds=2)


@pytest.fixture
def media(settings, tmp_path, clip) -> Media:
    settings.MEDIA_ROOT = tmp_path / "media"
    return clips.store(clip)


def taxonomy() -> TaxonomyVersion:
    return TaxonomyVersion.objects.get_or_create(number=1, defaults={"content": b"", "digest": ""})[0]


def shown(client, **asked) -> list[str]:
    page = client.get("/videos/", asked).context["page"]
    return [video.title for video in page.videos]


def test_the_newest_videos_come_first_and_pages_go_on_by_key(client, sign_in):
    sign_in()
    for n in range(search.PAGE + 2):
        make_video(title=f"T{n}")

    first = client.get("/videos/").context
    second = client.get(f"/videos/?{first['older']}").context

    assert first["page"].videos[0].title == f"T{search.PAGE + 1}"
    assert [video.title for video in second["page"].videos] == ["T1", "T0"]
    assert second["older"] == ""


def test_words_are_found_anywhere_in_the_texts(client, sign_in):
    sign_in()
    make_video(title="晚饭后，运动一下！")
    make_video(title="Street ball", description="Summer finals")
    make_video(title="Other", uploader="city_ballers")
    make_video(title="100% sure_thing")

    assert shown(client, q="运动") == ["晚饭后，运动一下！"]
    assert shown(client, q="STREET final") == ["Street ball"]
    assert shown(client, q="ball") == ["Other", "Street ball"]
    assert shown(client, q="100%") == ["100% sure_thing"]
    assert shown(client, q="nothing like it") == []


def test_filters_stand_together(client, sign_in, media):
    sign_in()
    sport = make_tag("Sport")
    ball = make_tag("Ball", parent=sport)
    line = make_line()
    tagged = make_video(title="tagged", uploader="ann", reviewed_at="2026-01-01T00:00Z")
    tagged.video_tags.create(business_line=line, tag=ball, source="review")
    make_video(title="broken", uploader="ann", media_state="broken", source="other")
    suggested = make_video(title="suggested", media=media, media_state="ready")
    make_suggestions(suggested, {ball: 0.5}, model=make_model(state="active"), taxonomy=taxonomy())

    assert shown(client, tag="sport") == ["tagged"]
    assert shown(client, tag=ball.code) == ["tagged"]
    assert shown(client, uploader="ann") == ["broken", "tagged"]
    assert shown(client, uploader="ann", state="broken") == ["broken"]
    assert shown(client, state="reviewed") == ["tagged"]
    assert shown(client, state="unreviewed") == ["suggested", "broken"]
    assert shown(client, state="suggested") == ["suggested"]
    assert shown(client, state="text") == ["tagged"]
    assert shown(client, source="other") == ["broken"]
    assert "There is no such tag." in client.get("/videos/", {"tag": "sprot"}).content.decode()


def test_a_card_names_each_tag_once_and_four_at_most(client, sign_in):
    sign_in()
    video, lines = make_video(), (make_line(), make_line())
    tags = [make_tag(f"Tag {n}") for n in range(6)]
    VideoTag.objects.bulk_create(
        VideoTag(video=video, business_line=line, tag=tag, source=VideoTag.Source.REVIEW)
        for tag in tags
        for line in lines
    )

    page = client.get("/videos/").content.decode()

    assert [page.count(f">{tag.name}<") for tag in tags] == [1, 1, 1, 1, 0, 0]
    assert ">+2<" in page


def test_a_search_goes_on_beyond_its_window(client, sign_in, monkeypatch):
    monkeypatch.setattr(search, "WINDOW", 5)
    sign_in()
    for n in range(12):
        make_video(title="needle" if n in (0, 6, 11) else "hay")

    found, query = [], search.Query(text="needle")
    for _step in range(4):
        page = search.find(query)
        found.append(len(page.videos))
        if page.next is None:
            break
        query = search.Query(text="needle", before=page.next)

    assert found == [1, 1, 1]
    assert Video.objects.count() == 12


@pytest.mark.parametrize("asked", ["", "?q=t", "?tag=Sport", "?state=suggested"])
def test_the_list_takes_a_constant_number_of_queries(client, sign_in, media, asked):
    sign_in()
    tag, line = make_tag("Sport"), make_line()

    client.get("/videos/", {"tag": "sport"})  # what is cached from then on

    def queries(count):
        for _ in range(count):
            video = make_video(title="T", media=media, media_state="ready")
            video.video_tags.create(business_line=line, tag=tag, source="review")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/videos/{asked}").status_code == 200
        return len(captured)

    few = queries(2)
    assert queries(20) <= few + 1
    assert few <= 16


def test_the_page_of_a_video_shows_all_there_is(client, sign_in, media):
    sign_in("admin")
    tag = make_tag("Slam dunk", parent=make_tag("Sports"))
    tag.names.create(language="zh-hans", text="扣篮", preferred=True)
    like = make_video(title="A clip like it")
    video = make_video(
        title="He <dunks>", description="d", cover_text="c", uploader="u", media=media, media_state="ready"
    )
    video.video_tags.create(business_line=make_line(), tag=tag, source="review")
    stored = make_suggestions(video, {tag: 0.914}, model=make_model(state="active"), taxonomy=taxonomy())
    evidence = {
        "spans": [["title", 4, 9], ["uploader", 0, 1]],
        "similar": [like.pk],
        "moment": [0.5, 1.25],
        "region": [0.5, 0.1, 0.2, 0.3, 0.5],
        "path": [["", tag.parent_id], ["^parent", tag.pk]],
    }
    stored.suggestions.update(evidence=evidence, recallers={"mentions.v1": 0.8})

    page = client.get(video.get_absolute_url()).content.decode()

    for text in (
        "He &lt;dunks&gt;",
        "Slam dunk",
        "Sports",
        "91%",
        "<q>dunks</q>",
        "uploader <q>u</q>",
        'data-box="10 20 20 30">face at 0:00',
        "<i>above</i>",
        "A clip like it",
        "named in the text",
        "320×180",
    ):
        assert text in page
    assert reverse("tagging:media", args=[video.pk, "filmstrip"]) in page
    assert "<path d=" in page
    stored.suggestions.update(evidence={"windows": [1.0, [0.1, 0.9, 0.8]]})
    assert f'data-seek="1.00">0:01–0:0{int(media.duration)}' in client.get(video.get_absolute_url()).content.decode()
    client.cookies["django_language"] = "zh-hans"
    assert "扣篮" in client.get(video.get_absolute_url()).content.decode()
    assert "扣篮" in client.get("/videos/").content.decode()


def test_the_page_of_a_video_takes_a_constant_number_of_queries(client, sign_in):
    sign_in()
    model, line = make_model(state="active"), make_line()

    def queries(count):
        video = make_video()
        tags = [make_tag(parent=make_tag()) for _ in range(count)]
        make_suggestions(video, dict.fromkeys(tags, 0.5), model=model, taxonomy=taxonomy())
        for tag in tags:
            video.video_tags.create(business_line=line, tag=tag, source="review")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(video.get_absolute_url()).status_code == 200
        return len(captured)

    assert queries(1) == queries(15)


def test_a_broken_video_says_why_and_is_examined_again(client, sign_in):
    video = make_video(media_state="broken", media_error="The file is empty.", media_source="a.mp4")
    sign_in("annotator")
    assert "The file is empty." in client.get(video.get_absolute_url()).content.decode()
    assert client.post(f"/videos/{video.pk}/examine-again/").status_code == 403

    sign_in("admin")
    client.post(f"/videos/{video.pk}/examine-again/")
    video.refresh_from_db()
    assert video.media_state == "pending"


@pytest.fixture
def ask(client, sign_in, media):
    """GET the clip of a video with the given headers."""
    video = make_video(media=media, media_state="ready")
    sign_in()
    url = reverse("tagging:media", args=[video.pk, "clip"])
    return lambda **headers: client.get(url, headers=headers)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-99", slice(0, 100)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-50", slice(-50, None)),
        ("bytes=5-5", slice(5, 6)),
        ("bytes=10-99999999", slice(10, None)),
        ("bytes=-99999999", slice(0, None)),
    ],
)
def test_a_player_gets_the_bytes_it_asks_for(ask, clip, header, part):
    response, whole = ask(range=header), clip.read_bytes()

    assert response.status_code == 206
    assert body(response) == whole[part]
    assert response["Content-Length"] == str(len(whole[part]))
    start = range(len(whole))[part].start
    assert response["Content-Range"] == f"bytes {start}-{start + len(whole[part]) - 1}/{len(whole)}"
    assert response["Content-Type"] == "video/mp4"


@pytest.mark.parametrize("header", ["", "bytes=", "bytes=-", "bytes=9-5", "bytes=0-1,4-5", "items=0-1", "bytes=x-y"])
def test_a_range_that_makes_no_sense_gets_the_whole_clip(ask, clip, header):
    response = ask(range=header)

    assert response.status_code == 200
    assert response["Accept-Ranges"] == "bytes"
    assert body(response) == clip.read_bytes()


@pytest.mark.parametrize("header", ["bytes=99999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(ask, clip, header):
    response = ask(range=header)

    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{clip.stat().st_size}"


def test_a_part_is_only_given_of_the_same_clip(ask):
    etag = ask()["ETag"]

    assert ask(range="bytes=0-9", **{"if-range": etag}).status_code == 206
    assert ask(range="bytes=0-9", **{"if-range": '"another"'}).status_code == 200
    assert ask(**{"if-none-match": etag}).status_code == 304


def test_pictures_are_for_people_who_may_see_videos(client, sign_in, media):
    video = make_video(media=media, media_state="ready")
    url = reverse("tagging:media", args=[video.pk, "poster"])

    assert client.get(url).status_code == 302
    sign_in(None)
    assert client.get(url).status_code == 403
    sign_in("editor")
    response = client.get(url)
    assert (response.status_code, response["Content-Type"], body(response)[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert client.get(reverse("tagging:media", args=[make_video().pk, "poster"])).status_code == 404


def test_a_failure_is_told_in_words_and_can_be_tried_again(client, sign_in):
    model = make_model(state="active")
    video = make_video()
    SuggestionSet.objects.create(
        video=video, model_version=model, taxonomy_version=taxonomy(), failure="models", error="RuntimeError: tensor"
    )

    sign_in("annotator")
    page = client.get(video.get_absolute_url()).content.decode()
    assert "The models could not make anything of this video." in page
    assert "RuntimeError" not in page

    sign_in("admin")
    assert "RuntimeError: tensor" in client.get(video.get_absolute_url()).content.decode()
    client.post(reverse("tagging:suggest-again", args=[video.pk]))
    assert not video.suggestion_sets.exists()


def test_the_api_tries_again_too(client, sign_in):
    video = make_video()
    SuggestionSet.objects.create(
        video=video, model_version=make_model(state="active"), taxonomy_version=taxonomy(), failure="worker"
    )
    sign_in("admin")

    assert client.post(f"/api/videos/{video.pk}/suggest-again/").status_code == 204
    assert not video.suggestion_sets.exists()
