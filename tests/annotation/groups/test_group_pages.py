"""The pages of groups: what there is, one grid, and what a verdict did."""

import uuid

import pytest

from annotation.groups import grid, orders, sending
from annotation.models import ClipLook, GoldClip, GroupReview, Qualification, Review, TrustPolicy
from tests.annotation.factories import publish
from tests.annotation.groups.factories import make_alike
from tests.factories import make_tag, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def alike(client):
    alike = make_alike()
    client.force_login(alike.reviewer)
    return alike


def sent(alike, **kw):
    values = {"operation": str(uuid.uuid4()), f"tag-{alike.dunk.pk}": "all", f"tag-{alike.street.pk}": "none"}
    return values | kw


def test_groups_are_listed_the_largest_first(client, alike):
    larger = make_alike(5, alike.line)
    made = make_alike(2, alike.line)
    made.look_at()
    made.send(without=made.videos[1:])

    page = client.get("/groups/")

    assert [(group.pk, group.clips) for group in page.context["groups"]] == [(larger.group.pk, 5), (alike.group.pk, 4)]
    assert "93% alike" in page.content.decode()


def test_without_groups_the_page_says_what_to_do(client, sign_in, line):
    sign_in(lines=(line,))

    assert "No groups now" in client.get("/groups/").content.decode()


def test_the_page_tells_how_far_the_search_is_and_shows_what_it_found(client, sign_in, line):
    sign_in(lines=(line,))
    asked = client.post(f"/groups/gather/?line={line.slug}", follow=True)
    assert "as soon as a worker" in asked.text
    assert 'hx-trigger="every 2s"' in asked.text

    orders.begun(line, 300)
    orders.compared(line, 256)
    part = client.get("/groups/", headers={"HX-Request": "true"}).text
    assert "256 of 300 waiting clips compared" in part
    assert "<main" not in part

    orders.finished(line, 0)
    part = client.get("/groups/", headers={"HX-Request": "true"}).text
    assert "0 groups among 300 waiting clips" in part
    assert "hx-trigger" not in part


def test_the_grid_proposes_what_the_models_say(client, alike):
    page = client.get(alike.group.get_absolute_url())

    told = page.context["grid"]
    assert [(row.label.name, row.clips, row.choice) for row in told.tags] == [
        ("Slam dunk", 4, "all"),
        ("Streetball", 2, "proposed"),
    ]
    assert [tile.title for tile in told.tiles] == ["Dunk 0", "Dunk 1", "Dunk 2", "Dunk 3"]
    assert len(told.unlooked) == 3
    assert not told.ready


def test_a_preview_counts_what_the_verdict_touches(client, alike):
    added = make_tag("Crowd", code="crowd")
    publish()
    values = sent(alike, without=[alike.videos[1]], add=[added.code])

    page = " ".join(client.post(f"/groups/{alike.group.pk}/preview/", values).content.decode().split())

    for part in ("3 clips are reviewed", "6 tags are given", "0 are taken away", "1 suggestion is rejected"):
        assert part in page
    assert "Crowd" in page
    assert "added by you" in page
    assert not Review.objects.exists()


def test_a_preview_of_nonsense_says_so(client, alike):
    for wrong in ({f"tag-{alike.dunk.pk}": "some"}, {"add": ["no such tag"]}, {f"tag-{make_tag().pk}": "all"}):
        assert client.post(f"/groups/{alike.group.pk}/preview/", sent(alike) | wrong).status_code == 422


def test_opening_a_clip_is_noted_and_it_must_be_of_the_group(client, alike):
    other = make_alike(2, alike.line)

    page = client.post(f"/groups/{alike.group.pk}/clips/{alike.videos[0]}/")

    assert "Slam dunk 90%" in " ".join(page.content.decode().split())
    assert [look.video_id for look in ClipLook.objects.all()] == alike.videos[:1]
    assert client.post(f"/groups/{alike.group.pk}/clips/{other.videos[0]}/").status_code == 404


def test_a_verdict_is_sent_told_and_taken_back(client, alike):
    address = alike.group.get_absolute_url()
    too_early = client.post(address, sent(alike))
    assert too_early.status_code == 422
    assert "Open the clips that are marked first." in too_early.content.decode()
    alike.look_at()

    told = client.post(address, sent(alike, without=alike.videos[:1], seconds="9", keystrokes="4"), follow=True)

    event = GroupReview.objects.get()
    assert "3 clips were reviewed" in told.content.decode()
    assert (event.seconds, event.keystrokes, event.items.count()) == (9, 4, 3)
    back = client.post(f"/groups/reviews/{event.pk}/undo/", {"operation": uuid.uuid4()}, follow=True)
    assert "The reviews of 3 clips were taken back" in back.content.decode()


def test_groups_and_events_of_others_are_not_found(client, alike, sign_in):
    alike.look_at()
    event = alike.send()
    sign_in()

    assert client.get(alike.group.get_absolute_url()).status_code == 404
    assert client.get(event.get_absolute_url()).status_code == 404
    assert client.post(f"/groups/reviews/{event.pk}/undo/").status_code == 404


def test_the_grid_is_read_with_the_same_statements_however_many_clips(alike, django_assert_max_num_queries):
    large = make_alike(40, alike.line)
    grid.load(alike.group, alike.reviewer)
    for group in (alike.group, large.group):
        with django_assert_max_num_queries(9):
            grid.load(group, alike.reviewer)
    with django_assert_max_num_queries(2):
        assert [group.clips for group in grid.listing(alike.line, alike.reviewer)] == [40, 4]


def test_the_story_names_clips_that_were_left_out(client, alike):
    alike.look_at()
    event = alike.send()
    event.left_alone, event.undone_at = [{"video": alike.videos[0], "why": sending.SINCE}], event.created_at
    event.save()

    page = client.get(event.get_absolute_url()).content.decode()

    assert "The reviews of 3 clips were taken back" in page
    assert "Dunk 0" in page


def test_groups_open_to_who_has_qualified(client, alike):
    TrustPolicy.objects.create(business_line=alike.line, qualify_clips=1)
    GoldClip.objects.create(business_line=alike.line, video_id=alike.videos[0])

    assert "Qualify first" in client.get("/groups/").content.decode()
    assert client.get(alike.group.get_absolute_url()).status_code == 403
    Qualification.objects.create(person=alike.reviewer, business_line=alike.line, state="passed")
    tiles = client.get(alike.group.get_absolute_url()).context["grid"].tiles
    assert [tile.title for tile in tiles] == ["Dunk 1", "Dunk 2", "Dunk 3"]  # gold clips are reviewed one by one
    assert grid.listing(alike.line, alike.reviewer)[0].clips == 3


def test_ones_own_clips_of_a_group_are_said_to_be_reviewed_not_in_other_hands(client, alike):
    alike.look_at()
    alike.send(without=alike.videos[2:])

    page = client.get(alike.group.get_absolute_url())

    assert [tile.reviewed for tile in page.context["grid"].tiles] == [True, True, False, False]
    text = page.content.decode()
    assert "You have reviewed 2 of these clips already." in text
    assert "in other hands" not in text


def test_a_group_that_one_has_judged_is_not_offered_again_for_its_other_slots(client, alike):
    alike.line.overlap = 2
    alike.line.save()
    alike.look_at()
    alike.send()

    assert client.get("/groups/").context["groups"] == []
    colleague = make_user("annotator", lines=(alike.line,))
    assert [group.clips for group in grid.listing(alike.line, colleague)] == [4]


def test_after_a_group_the_next_one_is_one_key_away(client, alike):
    other = make_alike(3, alike.line)
    alike.look_at()

    page = client.get(alike.send().get_absolute_url()).content.decode()

    assert f'id="on" href="{other.group.get_absolute_url()}"' in page
    assert "Next group: 3 clips" in page


def test_the_way_back_from_a_group_is_where_one_looks_for_it(client, alike):
    alike.look_at()
    event = alike.send()

    history = client.get("/history/").content.decode()
    undone = client.post("/review/undo/", {"next": "history"}, follow=True)
    told = client.post("/review/undo/", headers={"accept": "application/json"})

    assert history.count(f'href="{event.get_absolute_url()}"') == 4
    assert undone.redirect_chain == [(event.get_absolute_url(), 302)]
    assert "It is taken back as a whole." in undone.content.decode()
    assert (told.status_code, told.json()["url"]) == (409, event.get_absolute_url())
    assert Review.objects.filter(kind="undo").count() == 0


def test_a_button_without_a_clip_comes_first_in_the_form(client, alike):
    """Enter in a field presses a form's first button."""
    page = client.get(alike.group.get_absolute_url()).content.decode()

    form = page[page.index('<form id="group"') :]
    assert form.index("<button hidden") < form.index('<button class="open"')
