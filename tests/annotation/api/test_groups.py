"""Programs judge groups of clips, look first, and take it back."""

import pytest

from annotation.models import ClipLook, GroupReview, Review
from tests.annotation.groups.factories import make_alike
from tests.factories import make_line, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def alike():
    return make_alike()


@pytest.fixture
def reviewer(program, alike):
    return program(alike.reviewer)


def test_a_group_is_looked_at_previewed_judged_and_taken_back(reviewer, alike, django_assert_max_num_queries):
    place, said = f"groups/{alike.group.pk}", {"choices": {alike.dunk.pk: "all", alike.street.pk: "none"}}
    with django_assert_max_num_queries(13):
        (listed,) = reviewer.get("groups", line=alike.line.slug)
    with django_assert_max_num_queries(20):
        told = reviewer.get(place)
    assert (listed["id"], listed["clips"]) == (alike.group.pk, 4)
    assert [(tag["name"], tag["clips"], tag["choice"]) for tag in told["tags"]] == [
        ("Slam dunk", 4, "all"),
        ("Streetball", 2, "proposed"),
    ]
    status, refused = reviewer.post(f"{place}/verdict", operation="0" * 32, **said)
    assert (status, refused["error"], len(refused["videos"])) == (409, "unlooked", 3)
    for video in alike.videos:
        assert reviewer.post(f"{place}/clips/{video}")[1][0] == {"name": "Slam dunk", "percent": 90}
    status, preview = reviewer.post(f"{place}/preview", without=[alike.videos[0]], **said)
    assert (status, preview["judged"], preview["given"], preview["rejected"], preview["ready"]) == (200, 3, 3, 2, True)
    assert not Review.objects.exists()

    status, event = reviewer.twice(f"{place}/verdict", without=[alike.videos[0]], **said)

    assert (status, event["clips"], event["left_out"]) == (200, 3, [])
    assert GroupReview.objects.count() == 1
    assert reviewer.get(f"group-reviews/{event['id']}")["undone_at"] is None
    assert reviewer.twice(f"group-reviews/{event['id']}/undo")[1]["undone_at"]
    assert Review.objects.filter(kind="undo").count() == 3


@pytest.mark.parametrize("choices", [{"dunk": "all"}, {"1": "maybe"}, {"9" * 30: "all"}])
def test_nonsense_is_refused(reviewer, alike, choices):
    assert reviewer.post(f"groups/{alike.group.pk}/preview", choices=choices)[0] == 400


def test_groups_of_other_lines_are_not_found(program, alike):
    stranger = program(make_user(lines=(make_line(),)))

    assert stranger.post(f"groups/{alike.group.pk}/clips/{alike.videos[0]}")[0] == 404
    assert stranger.client.get("/api/groups/", {"line": alike.line.slug}).status_code == 404
    assert not ClipLook.objects.exists()
