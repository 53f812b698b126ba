"""The API of rules: the list, what a rule would break and contradict, and proposed rules."""

import pytest
from django.urls import reverse

from tagging.models import VideoTag
from taxonomy import changes, own_set
from taxonomy.models import Edit
from tests.factories import make_video
from tests.taxonomy.rules.weather import make_proposal

pytestmark = pytest.mark.django_db
JSON = "application/json"


def test_the_api_lists_rules_and_tells_what_one_would_break(client, sign_in, tags, line):
    sign_in("editor")
    video = make_video()
    for tag in (tags["Rain"], tags["Umbrella"]):
        VideoTag.objects.create(video=video, business_line=line, tag=tag, source="review")

    (rule,) = client.get(reverse("api-rules"), {"q": "snow"}).json()["results"]
    assert (rule["kind"], rule["text"]) == ("excludes", "Rain is never together with Snow.")
    tried = {"kind": "excludes", "subject": tags["Rain"].code, "others": [tags["Umbrella"].code], "line": "search"}
    broken = client.post(reverse("api-rule-breaks"), tried, content_type=JSON).json()
    assert broken == {"sets": 1, "examples": [{"video": video.pk, "line": "search", "tags": ["Rain", "Umbrella"]}]}
    assert client.post(reverse("api-rule-breaks"), tried | {"subject": "x"}, content_type=JSON).status_code == 400


def test_the_api_tells_contradictions_of_a_change_set(client, sign_in, tags):
    editor = sign_in("editor")
    assert client.get(reverse("api-rule-contradictions")).json() == []
    values = {"kind": "requires", "subject": tags["Rain"].code, "others": [tags["Snow"].code]}
    changes.add(own_set.of(editor).pk, "rule_add", values, editor)

    (told,) = client.get(reverse("api-rule-contradictions"), {"change_set": own_set.of(editor).pk}).json()

    assert (told["fault"], len(told["rules"])) == ("impossible", 2)
    assert client.get(reverse("api-rule-contradictions"), {"change_set": "9999"}).status_code == 404


def test_the_api_accepts_and_refuses_proposals(client, sign_in, tags):
    sign_in("editor")
    first, second = make_proposal(tags), make_proposal(tags, kind="requires")
    assert [row["id"] for row in client.get(reverse("api-rule-proposals")).json()["results"]] == [first.pk, second.pk]

    accepted = client.post(reverse("api-rule-proposal-accept", args=[first.pk])).json()
    assert Edit.objects.get().change_set_id == accepted["change_set"]
    assert client.post(reverse("api-rule-proposal-refuse", args=[second.pk])).status_code == 204
    assert client.post(reverse("api-rule-proposal-refuse", args=[second.pk])).status_code == 409
