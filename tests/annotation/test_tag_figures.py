"""How a tag fares, as the page of the tag tells it."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse

from annotation import tag_figures
from annotation.models import Review, Verdict
from tagging.models import VideoTag
from taxonomy import versions
from taxonomy.models import BusinessLine
from tests.annotation.factories import make_task
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_cache():
    cache.clear()


@pytest.fixture
def line():
    return make_line(name="Search line")


def review(line, *verdicts, suggested=True):
    """One review with (choice, tag, replacement) verdicts of what a model proposed."""
    taxonomy, video = versions.publish(), make_video()
    task = make_task(line, video=video)
    made = Review.objects.create(
        task=task, reviewer=make_user(), operation=uuid4(), taxonomy_version=taxonomy, kind="review"
    )
    stored = {}
    if suggested:
        scores = {tag: 0.5 for _choice, tag, _replacement in verdicts}
        suggestions = make_suggestions(video, scores, model=make_model(), taxonomy=taxonomy).suggestions.all()
        stored = {each.tag_id: each for each in suggestions}
    for choice, tag, replacement in verdicts:
        Verdict.objects.create(
            review=made, tag=tag, choice=choice, replacement=replacement, suggestion=stored.get(tag.pk)
        )
    return made


def load(tag):
    return tag_figures.load(tag.pk, BusinessLine.objects.all())


def test_it_counts_the_videos_of_the_branch_by_line(line):
    ball = make_tag("Ball")
    hoops = make_tag("Hoops", parent=ball)
    video = make_video()
    for tag in (ball, hoops):
        VideoTag.objects.create(video=video, business_line=line, tag=tag, source="review")
    VideoTag.objects.create(video=make_video(), business_line=make_line(), tag=hoops, source="review")

    found = load(ball)

    assert found.videos == 2
    assert [count for _line, count in found.by_line] == [1, 1]


def test_it_tells_how_much_was_accepted_of_what_was_proposed(line):
    tag, other = make_tag(), make_tag()
    review(line, ("accept", tag, None))
    review(line, ("reject", tag, None))
    review(line, ("replace", tag, other))
    review(line, ("add", tag, None), suggested=False)

    found = load(tag)

    assert (found.accepted, found.proposed, found.percent) == (1, 3, 33)
    assert load(make_tag()).percent is None


def test_what_was_taken_back_does_not_count(line):
    tag = make_tag()
    made = review(line, ("reject", tag, None))
    Review.objects.create(
        task=made.task,
        reviewer=made.reviewer,
        operation=uuid4(),
        taxonomy_version=made.taxonomy_version,
        kind="undo",
        undoes=made,
    )

    assert load(tag).proposed == 0


def test_it_tells_what_the_tag_is_confused_with(line):
    street, league, court = make_tag("Street"), make_tag("League"), make_tag("Court")
    for _ in range(2):
        review(line, ("replace", street, league))
    review(line, ("replace", street, court), ("replace", league, make_tag()))

    assert [(pair.name, pair.count) for pair in load(street).replaced_by] == [("League", 2), ("Court", 1)]
    assert [(pair.name, pair.count) for pair in load(league).replaced_from] == [("Street", 2)]


def test_verdicts_on_a_merged_tag_count_for_where_it_went(line):
    street = make_tag("Street")
    old = make_tag("Old", state="merged", merged_into=street)
    review(line, ("accept", old, None))

    assert load(street).accepted == 1


def test_it_costs_the_same_for_any_tag(line, django_assert_max_num_queries):
    tag = make_tag()
    for _ in range(5):
        review(line, ("replace", tag, make_tag()))

    with django_assert_max_num_queries(13):
        load(tag)


def test_a_reviewer_is_told_of_the_verdicts_of_their_lines_only(client, sign_in, line):
    tag = make_tag()
    review(line, ("accept", tag, None))
    address = reverse("annotation:tag-figures", args=[tag.pk])

    sign_in("annotator")
    assert "accepted of 0 proposed" in client.get(address).content.decode()
    sign_in("annotator", lines=(line,))
    assert "accepted of 1 proposed" in client.get(address).content.decode()
    sign_in("editor")
    assert "accepted of 1 proposed" in client.get(address).content.decode()


def test_the_tree_is_told_how_often_categories_are_given(client, sign_in, line, django_assert_max_num_queries):
    sign_in("annotator")
    rain, leo = make_tag("Rain"), make_tag("Leo", kind="person")
    for tag in (rain, leo):
        VideoTag.objects.create(video=make_video(), business_line=line, tag=tag, source="review")

    with django_assert_max_num_queries(6):
        answer = client.get(reverse("tagging:tag-counts"))

    assert answer.json() == {"tags": [rain.pk], "given": [1]}


def test_the_api_tells_the_same(client, sign_in, line):
    street, league = make_tag("Street"), make_tag("League")
    review(line, ("replace", street, league))
    video = make_video()
    VideoTag.objects.create(video=video, business_line=line, tag=street, source="review")
    sign_in("editor")

    told = client.get(reverse("api-tag-figures", args=[street.pk])).json()

    assert (told["videos"], told["by_line"], told["proposed"], told["accepted"]) == (1, {line.slug: 1}, 1, 0)
    assert told["replaced_by"] == [{"tag": league.pk, "name": "League", "count": 1}]
