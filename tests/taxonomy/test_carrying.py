"""Labels follow the tags they name: merged, split, and taken back."""

import uuid

import pytest

from annotation import reviews, workbench
from annotation.models import ReviewTask, Verdict
from annotation.verdicts import Said
from tagging import carrying
from tagging.models import CarriedTag, VideoTag
from taxonomy import impact, versions
from taxonomy.models import Tag
from tests.annotation.factories import claim, make_review, make_task
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video
from tests.taxonomy.drafting import make_set, publish, revert

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user("editor")


@pytest.fixture
def tags():
    found = {code: make_tag(code.title(), code=code) for code in ("cat", "kitten", "dog", "tom")}
    versions.publish()
    return found


def give(video, line, *tags):
    VideoTag.objects.bulk_create(VideoTag(video=video, business_line=line, tag=tag, source="review") for tag in tags)


def given(video):
    return sorted(video.video_tags.values_list("tag__code", flat=True))


def test_labels_go_to_the_tag_that_theirs_was_merged_into_and_come_back(editor, tags):
    line, one, both = make_line(), make_video(), make_video()
    give(one, line, tags["kitten"])
    give(both, line, tags["kitten"], tags["cat"])

    change_set = publish(editor, ("merge", {"tag": "kitten", "into": "cat"}))
    assert (given(one), given(both)) == (["cat"], ["cat"])

    revert(editor, change_set)
    assert (given(one), given(both)) == (["kitten"], ["cat", "kitten"])
    assert not CarriedTag.objects.exists()


def test_chains_of_merges_are_followed_and_taken_back_one_by_one(editor, tags):
    video = make_video()
    give(video, make_line(), tags["kitten"])
    first = publish(editor, ("merge", {"tag": "kitten", "into": "cat"}))
    second = publish(editor, ("merge", {"tag": "cat", "into": "dog"}))
    assert given(video) == ["dog"]

    revert(editor, second)
    assert given(video) == ["cat"]
    revert(editor, first)
    assert given(video) == ["kitten"]


def test_of_two_tags_merged_into_one_each_comes_back_alone(editor, tags):
    video = make_video()
    give(video, make_line(), tags["kitten"], tags["tom"])
    publish(editor, ("merge", {"tag": "kitten", "into": "cat"}))
    second = publish(editor, ("merge", {"tag": "tom", "into": "cat"}))
    assert given(video) == ["cat"]

    revert(editor, second)
    assert given(video) == ["cat", "tom"]


def test_old_labels_of_a_split_tag_go_to_the_default(editor, tags):
    video = make_video()
    give(video, make_line(), tags["cat"])

    publish(editor, ("split", {"tag": "cat", "into": ["kitten", "tom"], "default": "tom"}))

    assert given(video) == ["tom"]
    assert not ReviewTask.objects.exists()


def test_a_split_without_a_default_is_reviewed_again(editor, tags):
    line = make_line()
    reviewer, other = make_user(lines=(line,)), make_user(lines=(line,))
    video, never_reviewed = make_video(), make_video()
    give(never_reviewed, line, tags["cat"])
    make_task(line, video=video)
    make_review(claim(reviewer, line), [Said(tags["cat"].pk, "add"), Said(tags["dog"].pk, "add")])

    publish(editor, ("split", {"tag": "cat", "into": ["kitten", "tom"]}))

    assert given(video) == ["cat", "dog"]  # it stands until somebody says more
    assert set(ReviewTask.objects.open().values_list("video", flat=True)) == {video.pk, never_reviewed.pk}
    task = ReviewTask.objects.get(video=video)
    assert task.why == {"split_tag": 1}
    ReviewTask.objects.filter(video=never_reviewed).delete()
    make_review(claim(other, line), [Said(tags["kitten"].pk, "add")])
    assert given(video) == ["kitten"]


def test_undoing_a_second_review_leaves_the_first_one(editor, tags):
    line = make_line()
    reviewer = make_user(lines=(line,))
    task = make_task(line)
    make_review(claim(reviewer, line), [Said(tags["cat"].pk, "add")])
    publish(editor, ("split", {"tag": "cat", "into": ["kitten", "tom"]}))
    make_review(claim(reviewer, line), [Said(tags["kitten"].pk, "add")])

    reviews.undo(reviewer=reviewer, operation=uuid.uuid4())

    assert given(task.video) == ["cat"]


def test_what_was_said_since_a_merge_stands_when_it_is_taken_back(editor, tags):
    line = make_line()
    reviewer = make_user(lines=(line,))
    task = make_task(line)
    make_review(claim(reviewer, line), [Said(tags["kitten"].pk, "add")])
    change_set = publish(editor, ("merge", {"tag": "kitten", "into": "cat"}))
    ReviewTask.objects.update(state="waiting", reviewer=None)
    make_review(claim(reviewer, line), [Said(tags["dog"].pk, "add")])

    revert(editor, change_set)

    assert given(task.video) == ["dog"]


def test_only_tags_that_changed_are_touched(editor, tags, django_assert_max_num_queries):
    video = make_video()
    give(video, make_line(), tags["dog"])
    before = list(VideoTag.objects.values())

    publish(editor, ("merge", {"tag": "kitten", "into": "cat"}), ("rename", {"tag": "dog", "name": "Hound"}))

    assert list(VideoTag.objects.values()) == before


def test_publishing_takes_as_many_queries_for_many_edits(editor, django_assert_max_num_queries):
    for n in range(40):
        make_tag(f"Tag {n}", code=f"t{n}")
    versions.publish()
    merges = [("merge", {"tag": f"t{n}", "into": "t0"}) for n in range(1, 20)]
    renames = [("rename", {"tag": f"t{n}", "name": f"Renamed {n}"}) for n in range(20, 40)]
    change_set = make_set(editor, *merges, *renames)
    from taxonomy import publishing

    with django_assert_max_num_queries(60):
        publishing.publish(change_set.pk, editor)


def test_the_preview_counts_what_refers_to_changed_tags(editor, tags):
    line = make_line()
    reviewer, video = make_user(lines=(line,)), make_video(title="Two kittens")
    make_task(line, video=video)
    make_review(claim(reviewer, line), [Said(tags["kitten"].pk, "add")])
    model = make_model(state="active")
    waiting = make_video(title="Another kitten")
    make_suggestions(waiting, {tags["kitten"]: 0.9}, model=model, taxonomy=versions.current())
    make_task(line, video=waiting)
    rule = ("rule_add", {"kind": "excludes", "subject": "kitten", "others": ["dog"]})
    publish(editor, rule, ("guideline", {"tag": "kitten", "body": "Small."}))

    counts = {c.name: c for c in impact.of(make_set(editor, ("merge", {"tag": "kitten", "into": "cat"})))}

    numbers = {name: count.count for name, count in counts.items()}
    assert numbers == dict.fromkeys(
        ["labels", "carried", "verdicts", "tasks", "suggestions", "models", "rules", "guidelines"], 1
    )
    assert [example.text for example in counts["labels"].examples] == ["Two kittens"]
    assert [example.text for example in counts["tasks"].examples] == ["Another kitten"]


def test_the_preview_counts_the_sets_that_new_rules_would_break(editor, tags):
    both = make_video(title="A kitten and a dog")
    give(both, make_line(), tags["kitten"], tags["dog"])
    give(make_video(), make_line(), tags["dog"])
    rule = ("rule_add", {"kind": "excludes", "subject": "kitten", "others": ["dog"]})

    broken = next(c for c in impact.of(make_set(editor, rule)) if c.name == "broken")

    assert broken.count == 1
    assert [example.text for example in broken.examples] == ["A kitten and a dog: Dog, Kitten"]


def test_every_label_names_a_tag_that_stands_for_it(editor, tags):
    video = make_video()
    give(video, make_line(), *tags.values())
    publish(
        editor,
        ("merge", {"tag": "kitten", "into": "cat"}),
        ("state", {"tag": "tom", "state": "deprecated"}),
    )
    assert Tag.objects.filter(video_tags__video=video, state="merged").count() == 0
    assert given(video) == ["cat", "dog", "tom"]


def test_the_models_page_says_how_many_tags_are_stale(client, sign_in, editor, tags):
    make_model(state="active", taxonomy_version=versions.current().number)
    publish(
        editor,
        ("merge", {"tag": "kitten", "into": "cat"}),
        ("state", {"tag": "tom", "state": "deprecated"}),
    )
    sign_in("admin")

    assert (
        '<span class="chip bad" title="1 merged, 1 deprecated">2 / 4</span>' in client.get("/models/").content.decode()
    )


def test_a_proposal_of_a_merged_tag_is_shown_and_accepted_as_where_it_went(editor, tags):
    line = make_line()
    reviewer, video = make_user(lines=(line,)), make_video()
    model = make_model(state="active")
    make_suggestions(video, {tags["kitten"]: 0.9, tags["cat"]: 0.7}, model=model, taxonomy=versions.current())
    make_task(line, video=video)
    publish(editor, ("merge", {"tag": "kitten", "into": "cat"}))

    task = claim(reviewer, line)
    shown = workbench.clip(task)
    make_review(task, [Said(tags["cat"].pk, "accept")], model_version=model.pk)

    assert [(proposal.tag, proposal.confidence) for proposal in shown.proposals] == [(tags["cat"].pk, 0.9)]
    assert given(video) == ["cat"]
    assert Verdict.objects.get().suggestion.tag == tags["kitten"]


def test_a_second_review_begins_with_what_stands(editor, tags):
    line = make_line()
    reviewer, other = make_user(lines=(line,)), make_user(lines=(line,))
    make_task(line)
    make_review(claim(reviewer, line), [Said(tags["cat"].pk, "add"), Said(tags["dog"].pk, "add")])
    publish(editor, ("split", {"tag": "cat", "into": ["kitten", "tom"]}))

    shown = workbench.clip(claim(other, line))

    assert [entry.tag for entry in shown.added] == [tags["dog"].pk]
    assert shown.why == ["a tag that it has was split"]


def test_a_label_given_in_the_moment_of_a_merge_is_carried_after_it(editor, tags):
    video = make_video()
    publish(editor, ("merge", {"tag": "kitten", "into": "cat"}))
    give(video, make_line(), tags["kitten"])  # its reviewer had read the version before

    carrying.carry()

    assert given(video) == ["cat"]
