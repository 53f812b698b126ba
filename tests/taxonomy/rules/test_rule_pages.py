"""The rules editor: the list, the page of a rule with what it would break and contradict, and proposed rules."""

import uuid

import pytest
from django.urls import reverse

from tagging.models import VideoTag
from taxonomy import changes, own_set, publishing, rule_proposals, versions
from taxonomy.models import ChangeSet, Edit, Rule
from tests.factories import make_video
from tests.taxonomy.rules.weather import make_proposal, named

pytestmark = pytest.mark.django_db


def form(kind, subject, *others, **kw):
    return {"kind": kind, "subject": subject.code, "others": [tag.code for tag in others], **kw}


def show(client, **asked):
    return client.get(reverse("taxonomy:rules"), asked).content.decode()


def test_reviewers_read_the_published_rules(client, sign_in, tags):
    sign_in("annotator")

    page = show(client)

    assert "Rain is never together with Snow." in page
    assert reverse("taxonomy:rule-new") not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "snow"}, True),
        ({"q": "雨"}, True),
        ({"q": "umbrella"}, False),
        ({"kind": "excludes"}, True),
        ({"kind": "requires"}, False),
        ({"line": "-"}, True),
        ({"line": "search"}, False),
    ],
)
def test_the_list_is_searched_by_tag_kind_and_line(client, sign_in, tags, asked, found):
    sign_in("editor")

    assert ("Rain is never together with Snow." in show(client, **asked)) == found


def test_a_new_rule_becomes_an_edit_and_is_shown_to_its_author_only(client, sign_in, tags):
    sign_in("editor")

    answer = client.post(reverse("taxonomy:rule-new"), form("requires", tags["Umbrella"], tags["Rain"], line="search"))

    assert answer.url == reverse("taxonomy:rules")
    edit = Edit.objects.get()
    assert (edit.op, edit.values["subject"], edit.values["line"]) == ("rule_add", tags["Umbrella"].code, "search")
    page = show(client)
    assert "Umbrella needs Rain." in page
    assert "added" in page
    sign_in("editor")
    assert "Umbrella needs Rain." not in show(client)


def test_published_it_holds_for_everybody(client, sign_in, tags):
    editor = sign_in("editor")
    client.post(reverse("taxonomy:rule-new"), form("requires", tags["Umbrella"], tags["Rain"]))
    publishing.publish(own_set.of(editor).pk, editor)
    sign_in("annotator")

    assert "Umbrella needs Rain." in show(client)


def test_a_rule_is_changed_and_removed_in_the_same_change_set(client, sign_in, tags):
    sign_in("editor")
    key = Rule.objects.get().key
    address = reverse("taxonomy:rule", args=[key])
    assert tags["Snow"].code in client.get(address).content.decode()

    client.post(address, form("excludes", tags["Rain"], tags["Umbrella"]))
    assert "Rain is never together with Umbrella." in show(client)
    client.post(reverse("taxonomy:rule-remove", args=[key]))

    assert "removed" in show(client)
    assert [edit.op for edit in Edit.objects.order_by("number")] == ["rule_change", "rule_remove"]
    assert ChangeSet.objects.count() == 1


def test_a_tag_may_be_typed_by_name(client, sign_in, tags):
    sign_in("editor")

    client.post(reverse("taxonomy:rule-new"), {"kind": "requires", "subject": "umbrella", "others": "雨; Snow"})

    assert Edit.objects.get().values["others"] == [tags["Rain"].code, tags["Snow"].code]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"kind": "excludes", "subject": "nothing"}, "No tag is called"),
        ({"kind": "excludes", "subject": "Rain"}, "Name the other tags."),
        ({"kind": "excludes", "subject": "Rain", "others": "Rain"}, "other tags than its own"),
        ({"kind": "excludes", "subject": "Rain", "others": "Snow"}, "such a rule"),
    ],
)
def test_what_is_no_rule_is_told(client, sign_in, tags, sent, reason):
    sign_in("editor")

    answer = client.post(reverse("taxonomy:rule-new"), sent)

    assert (answer.status_code, Edit.objects.count()) == (422, 0)
    assert reason in answer.content.decode()


def test_an_unknown_rule_is_not_found(client, sign_in, tags):
    sign_in("editor")

    assert client.get(reverse("taxonomy:rule", args=[uuid.uuid4()])).status_code == 404
    assert client.post(reverse("taxonomy:rule-remove", args=[uuid.uuid4()])).status_code == 404


def test_while_it_is_written_the_clips_that_break_it_are_shown(client, sign_in, tags, line):
    sign_in("editor")
    video = make_video(title="Wet street")
    for tag in (tags["Rain"], tags["Umbrella"]):
        VideoTag.objects.create(video=video, business_line=line, tag=tag, source="review")

    page = client.post(reverse("tagging:rule-breaks"), form("excludes", tags["Rain"], tags["Umbrella"]))
    assert 'data-broken="1"' in page.content.decode()
    assert "Wet street" in page.content.decode()
    fine = client.post(reverse("tagging:rule-breaks"), form("excludes", tags["Snow"], tags["Umbrella"]))
    assert "No clip has tags that break it." in fine.content.decode()
    unfinished = client.post(reverse("tagging:rule-breaks"), {"kind": "excludes", "subject": tags["Rain"].code})
    assert "Choose the tags" in unfinished.content.decode()


def test_while_it_is_written_its_contradictions_are_told(client, sign_in, tags):
    sign_in("editor")

    page = client.post(reverse("taxonomy:rule-contradictions"), form("requires", tags["Rain"], tags["Snow"]))
    assert "No clip can be given Rain." in page.content.decode()
    assert "Rain is never together with Snow." in page.content.decode()
    fine = client.post(reverse("taxonomy:rule-contradictions"), form("requires", tags["Umbrella"], tags["Snow"]))
    assert "It contradicts no other rule." in fine.content.decode()


def test_a_tag_is_found_by_another_name_and_says_by_which(client, sign_in, tags):
    sign_in("editor")

    (option,) = client.get(reverse("taxonomy:tag-options"), {"q": "雨"}).json()["options"]
    assert option == {"code": tags["Rain"].code, "name": "Rain", "path": "", "matched": "雨"}


def test_a_tag_that_only_the_change_set_has_can_be_in_a_rule(client, sign_in, tags):
    editor = sign_in("editor")
    changes.add(own_set.of(editor).pk, "create", {"code": "hail", "name": "Hail"}, editor)

    options = client.get(reverse("taxonomy:tag-options"), {"q": "hai"}).json()["options"]
    assert [option["code"] for option in options] == ["hail"]
    sent = {"kind": "requires", "subject": "hail", "others": [tags["Rain"].code]}
    assert "contradicts no other rule" in client.post(reverse("taxonomy:rule-contradictions"), sent).content.decode()
    assert "No clip has tags" in client.post(reverse("tagging:rule-breaks"), sent).content.decode()
    assert client.post(reverse("taxonomy:rule-new"), sent).status_code == 302
    assert "Hail needs Rain." in show(client)


def test_an_accepted_proposal_becomes_an_edit(client, sign_in, tags):
    editor = sign_in("editor")
    proposal = make_proposal(tags)
    assert "Snow is never together with Umbrella." in client.get(reverse("taxonomy:rule-proposals")).content.decode()

    client.post(reverse("taxonomy:rule-proposal", args=[proposal.pk, "accept"]))

    assert Edit.objects.get().values["others"] == [tags["Umbrella"].code]
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("accepted", editor)
    with pytest.raises(rule_proposals.Decided):
        rule_proposals.accept(proposal.pk, editor)


def test_a_refused_proposal_leaves_the_list(client, sign_in, tags):
    sign_in("editor")
    proposal = make_proposal(tags)

    client.post(reverse("taxonomy:rule-proposal", args=[proposal.pk, "refuse"]))

    assert "Snow is never" not in client.get(reverse("taxonomy:rule-proposals")).content.decode()
    assert "Snow is never" in client.get(reverse("taxonomy:rule-proposals"), {"state": "refused"}).content.decode()
    assert not Edit.objects.exists()


def test_the_lists_cost_the_same_however_long(client, sign_in, tags, django_assert_max_num_queries):
    sign_in("editor")
    for n in range(10):
        Rule.objects.create(kind="excludes", subject=named(f"A{n}")).others.add(tags["Snow"])
        make_proposal(tags, subject=named(f"B{n}"))
    versions.publish()
    show(client)

    with django_assert_max_num_queries(10):
        show(client)
    with django_assert_max_num_queries(10):
        client.get(reverse("taxonomy:rule-proposals"))
