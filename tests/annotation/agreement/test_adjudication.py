"""Disputed tags: the queue, the page of a clip, and rulings that hold, are told of, and can be taken back."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from annotation import waiting
from annotation.agreement import disputes, rulings
from annotation.models import Consensus, Ruling
from taxonomy.models import ChangeSet, Guideline, Rule
from tests.annotation.agreement.factories import given, make_shared, review
from tests.annotation.factories import publish
from tests.annotation.test_races import together
from tests.factories import make_line, make_model, make_tag, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dunk():
    return make_tag("Slam dunk")


@pytest.fixture
def disputed(line, dunk, street):
    """A clip on which two reviewers do not agree: one tag is disputed, one is not."""
    line.overlap = 2
    line.save()
    video = make_shared(line, {dunk: 0.9, street: 0.8}, model=make_model(), taxonomy=publish())
    ada, bo = (make_user(lines=(line,), first_name=name) for name in ("Ada", "Bo"))
    review(line, accept=[dunk, street], reviewer=ada)
    review(line, accept=[street], reject=[dunk], reviewer=bo)
    return Consensus.objects.get(video=video, tag=dunk)


def rule(disputed, *, accept, by=None, seen=0, **kw):
    return rulings.rule(disputed, accept=accept, adjudicator=by or make_user("editor"), seen=seen, **kw)


def open_tags(line):
    return list(disputes.waiting(line).values_list("tag__name", flat=True))


def test_a_ruling_decides_the_tags_of_the_video(line, disputed):
    assert open_tags(line) == ["Slam dunk"]

    ruling = rule(disputed, accept=False, comment="The ball never goes in.")

    assert given(disputed.video, line) == {"Streetball"}
    assert (ruling.number, open_tags(line)) == (1, [])


def test_a_clip_with_two_disputed_tags_is_counted_once(client, sign_in, line, dunk, street):
    line.overlap = 2
    line.save()
    make_shared(line, {dunk: 0.9, street: 0.8}, model=make_model(), taxonomy=publish())
    review(line, accept=[dunk, street])
    review(line, reject=[dunk, street])
    sign_in("editor")

    assert Consensus.objects.filter(doubt__gt=0).count() == 2
    assert disputes.counts([line]) == {line.pk: 1}
    assert client.get(reverse("annotation:home")).context["decide"]["disputes"] == 1


def test_a_ruling_outlives_further_reviews(line, disputed, dunk, street):
    rule(disputed, accept=False)
    line.overlap = 3
    line.save()
    waiting.open_tasks([waiting.Wanted(disputed.video_id, line.pk)])
    review(line, accept=[dunk, street])

    assert given(disputed.video, line) == {"Streetball"}


def test_taken_back_the_consensus_holds_again(line, disputed):
    ruling = rule(disputed, accept=False)

    undoing = rulings.undo(ruling, make_user("admin"))

    assert (undoing.choice, undoing.number) == ("undo", 2)
    assert given(disputed.video, line) == {"Slam dunk", "Streetball"}
    assert open_tags(line) == ["Slam dunk"]


def test_after_a_ruling_was_taken_back_one_may_rule_anew(line, disputed):
    rulings.undo(rule(disputed, accept=False), make_user("admin"))

    assert rule(disputed, accept=True, seen=2).number == 3
    assert given(disputed.video, line) == {"Slam dunk", "Streetball"}


def test_who_looked_before_somebody_ruled_is_told(line, disputed):
    first = rule(disputed, accept=False)

    with pytest.raises(rulings.Overtaken) as overtaken:
        rule(disputed, accept=True)

    assert overtaken.value.latest == first
    assert given(disputed.video, line) == {"Streetball"}


def test_a_ruling_is_taken_back_once(line, disputed):
    ruling = rule(disputed, accept=False)
    rulings.undo(ruling, make_user("admin"))

    with pytest.raises(rulings.Overtaken):
        rulings.undo(ruling, make_user("admin"))


def test_rulings_are_never_changed(line, disputed):
    rule(disputed, accept=False)

    for statement in ("UPDATE annotation_ruling SET choice = 'accept'", "DELETE FROM annotation_ruling"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_rulings_that_contradict_each_other_are_refused(line, disputed, dunk, street):
    rule_ = Rule.objects.create(kind="excludes", subject=dunk)
    rule_.others.add(street)
    publish()
    rule(Consensus.objects.get(video=disputed.video, tag=street), accept=True)

    with pytest.raises(rulings.Contradicted) as refused:
        rule(disputed, accept=True)

    assert [conflict.reason for conflict in refused.value.conflicts] == ["excludes"]
    assert (given(disputed.video, line), Ruling.objects.count()) == ({"Streetball"}, 1)


def test_the_most_disputed_clip_comes_first(line, disputed, dunk, street):
    model, taxonomy = make_model(), publish()
    calm = make_shared(line, {dunk: 0.9}, model=model, taxonomy=taxonomy)
    review(line, accept=[dunk])
    review(line, accept=[dunk], add=[street])  # the other was not asked about it

    waiting = [row.video for row in disputes.waiting(line)]

    assert waiting == [disputed.video, calm]
    first = disputes.waiting(line).first()
    assert [row.video for row in disputes.after(line, (first.doubt, first.pk))] == [calm]


def test_precedents_are_those_of_the_same_tag_and_line(line, disputed, dunk, street):
    rule(disputed, accept=False, comment="never in")
    model, taxonomy = make_model(), publish()
    video = make_shared(line, {dunk: 0.9, street: 0.9}, model=model, taxonomy=taxonomy)
    review(line, accept=[dunk, street])
    review(line, reject=[dunk, street])

    told = {one.row.tag: one.precedents for one in disputes.of_clip(video.pk, line.pk)}

    assert (told[dunk].accepted, told[dunk].rejected, told[dunk].newest[0].comment) == (0, 1, "never in")
    assert told[street].newest == ()


def test_the_queue_and_the_clip_are_shown(client, sign_in, line, disputed, django_assert_max_num_queries):
    Guideline.objects.create(tag=disputed.tag, body="From above.")
    sign_in("editor")

    queue = client.get(reverse("annotation:disputes") + f"?line={line.slug}").text
    with django_assert_max_num_queries(24):
        page = client.get(reverse("annotation:dispute", args=[line.slug, disputed.video_id])).text

    assert "Slam dunk" in queue
    assert "1 : 1" in queue
    for words in ("Slam dunk", "Ada", "Bo", "From above.", "90%"):
        assert words in page
    assert "data-tag" in page
    assert "Streetball" not in page.split('class="tags"')[1].split("</ol>")[0], "it is not disputed"


def test_ruling_on_the_page(client, sign_in, line, disputed):
    sign_in("admin")
    place = reverse("annotation:rule", args=[disputed.pk])

    answer = client.post(place, {"choice": "reject", "seen": "0", "comment": "no", "at": "0.5:9"}, follow=True)

    assert answer.redirect_chain == [(f"/adjudication/{line.slug}/{disputed.video_id}/?at=0.5:9", 302)]
    assert "does not belong to the clip" in answer.text
    assert given(disputed.video, line) == {"Streetball"}
    late = client.post(place, {"choice": "accept", "seen": "0"}, follow=True)
    assert "was faster" in late.text
    assert given(disputed.video, line) == {"Streetball"}
    client.post(reverse("annotation:ruling-undo", args=[Ruling.objects.get().pk]))
    assert given(disputed.video, line) == {"Slam dunk", "Streetball"}


def test_a_ruling_becomes_an_example_at_one_click(client, sign_in, line, disputed):
    editor = sign_in("editor")
    Guideline.objects.create(tag=disputed.tag, body="From above.", examples=[7])
    publish()
    ruling = rule(disputed, accept=False)
    place = reverse("annotation:ruling-example", args=[ruling.pk])

    client.post(place)
    again = client.post(place, follow=True)

    (edit,) = ChangeSet.objects.get(author=editor).edits.all()
    assert (edit.op, edit.values["line"], edit.values["body"]) == ("guideline", None, "From above.")
    assert (edit.values["examples"], edit.values["counter_examples"]) == ([7], [disputed.video_id])
    assert "already" in again.text


def test_a_tag_without_a_guideline_says_so(client, sign_in, disputed):
    sign_in("editor")
    ruling = rule(disputed, accept=True)

    answer = client.post(reverse("annotation:ruling-example", args=[ruling.pk]), follow=True)

    assert "no guideline of its own" in answer.text
    assert not ChangeSet.objects.exists()


def test_disputes_of_other_lines_are_not_found(client, sign_in, line, disputed):
    sign_in("annotator", lines=(line,))
    assert client.get(reverse("annotation:dispute", args=[line.slug, disputed.video_id])).status_code == 403
    sign_in("editor")
    other = make_line()
    assert client.get(reverse("annotation:dispute", args=[other.slug, disputed.video_id])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_adjudicators_at_once_one_is_told(line, dunk, street, disputed):
    people = [(make_user("editor"), accept) for accept in (True, False)]

    said = together(*(lambda p=p, yes=yes: rule(disputed, accept=yes, by=p) for p, yes in people))

    (ruling,) = Ruling.objects.all()
    told = next(answer for answer in said if isinstance(answer, rulings.Overtaken))
    assert told.latest == ruling
    assert ("Slam dunk" in given(disputed.video, line)) == (ruling.choice == "accept")


def test_without_a_choice_the_queue_opens_where_there_is_most_to_decide(client, sign_in, disputed):
    quiet = make_line(name="A quiet line")
    sign_in("editor")

    page = client.get(reverse("annotation:disputes"))

    assert page.context["line"] == disputed.business_line
    assert f"{disputed.business_line} (1)" in page.content.decode()
    assert f"{quiet} (" not in page.content.decode()


def test_what_was_ruled_on_is_found_again(client, sign_in, line, disputed):
    editor = sign_in("editor", first_name="Inês")
    ruling = rule(disputed, accept=False, by=editor, comment="The ball never goes in.")
    address = reverse("annotation:disputes") + f"?line={line.slug}"

    page = client.get(address).content.decode()
    assert reverse("annotation:dispute", args=[line.slug, disputed.video_id]) in page
    assert "The ball never goes in." in page
    assert "All that was disputed has been ruled on." in page

    rulings.undo(ruling, editor)
    assert client.get(address).context["ruled"] == []


def test_a_ruling_on_a_tag_without_a_guideline_leads_to_writing_one_with_its_clip(
    client, sign_in, line, disputed, dunk
):
    ruling = rule(disputed, accept=True, by=sign_in("editor"))

    page = client.post(reverse("annotation:ruling-example", args=[ruling.pk]), follow=True).content.decode()

    address = f"/taxonomy/guidelines/?tag={dunk.code}&amp;line={line.slug}&amp;example={disputed.video_id}"
    assert address in page
    written = client.get(address.replace("&amp;", "&")).content.decode()
    assert f'name="examples" value="{disputed.video_id}"' in written


def test_an_example_tells_where_it_was_noted(client, sign_in, disputed, dunk):
    Guideline.objects.create(tag=dunk, body="The ball goes in.", version=1)
    publish()
    ruling = rule(disputed, accept=True, by=sign_in("editor"))

    page = client.post(reverse("annotation:ruling-example", args=[ruling.pk]), follow=True).content.decode()

    noted = ChangeSet.objects.get(state="open").get_absolute_url()
    assert f'href="{noted}"' in page
    assert "Guideline of “Slam dunk”: 4 words, 1 clip that shows it" in client.get(noted).content.decode()
