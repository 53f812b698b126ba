"""What the models learn from: reviews in force, frozen."""

import json
from collections import Counter
from uuid import uuid4

import pytest

from annotation import snapshots
from annotation.models import Consensus, Review, ReviewTask, Verdict
from taxonomy.models import TagName, TagRelation, TaxonomyVersion
from tests.factories import make_line, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db

SPLITS = ["dev", "train", "train", "train", "train", "train", "test", "dev"]


@pytest.fixture(autouse=True)
def taxonomy(settings, tmp_path):
    settings.SNAPSHOT_ROOT = tmp_path
    return TaxonomyVersion.objects.create(number=7, content=b"", digest="")


def make_review(video, *, line=None, **choices):
    """A review with tags by choice: accept=[...], reject=[...], add=[...], replace=[(old, new), ...]."""
    task = ReviewTask.objects.create(video=video, business_line=line or make_line(), state="done")
    review = Review.objects.create(
        task=task, reviewer=make_user(), operation=uuid4(), taxonomy_version=TaxonomyVersion.objects.get()
    )
    for choice, tags in choices.items():
        for tag in tags:
            old, new = tag if choice == "replace" else (tag, None)
            Verdict.objects.create(review=review, tag=old, choice=choice, replacement=new)
    return review


def lines(taken, name):
    return [json.loads(line) for line in (taken.folder / name).read_text().splitlines()]


def test_accepted_added_and_put_tags_are_learnt_and_rejected_ones_are_counterexamples():
    accepted, rejected, added, old, new = (make_tag() for _ in range(5))
    video = make_video(title="Rain", uploader="lin")
    make_review(video, accept=[accepted], reject=[rejected], add=[added], replace=[(old, new)])

    (row,) = lines(snapshots.take(), "videos.jsonl")

    assert row["tags"] == [accepted.pk, added.pk, new.pk]
    assert row["rejected"] == [rejected.pk, old.pk]
    assert (row["id"], row["title"], row["uploader"], row["media"]) == (video.pk, "Rain", "lin", None)


def test_a_tag_that_one_line_wants_is_no_counterexample_because_another_does_not():
    tag, video = make_tag(), make_video()
    make_review(video, accept=[tag])
    make_review(video, reject=[tag])

    (row,) = lines(snapshots.take(), "videos.jsonl")

    assert (row["tags"], row["rejected"]) == ([tag.pk], [])


def test_each_line_that_reviewed_a_clip_is_told_apart():
    both, one, refused, video = make_tag(), make_tag(), make_tag(), make_video()
    search, adverts = make_line(name="Search", name_zh="搜索"), make_line(name="Adverts")
    make_review(video, line=search, accept=[both, one])
    make_review(video, line=adverts, accept=[both], reject=[one, refused])

    taken = snapshots.take()

    (row,) = lines(taken, "videos.jsonl")
    assert row["lines"] == {str(search.pk): [both.pk, one.pk], str(adverts.pk): [both.pk]}
    assert (row["tags"], row["rejected"]) == ([both.pk, one.pk], [refused.pk])
    named = json.loads((taken.folder / "manifest.json").read_text())["lines"]
    assert named[str(search.pk)] == {"en": "Search", "zh": "搜索"}
    assert named[str(adverts.pk)] == {"en": "Adverts", "zh": "Adverts"}


def test_an_undone_review_is_forgotten():
    kept, undone = make_tag(), make_tag()
    make_review(make_video(), accept=[kept])
    review = make_review(make_video(), accept=[undone])
    Review.objects.create(
        task=review.task,
        reviewer=review.reviewer,
        kind="undo",
        undoes=review,
        operation=uuid4(),
        taxonomy_version=review.taxonomy_version,
    )

    (row,) = lines(snapshots.take(), "videos.jsonl")

    assert row["tags"] == [kept.pk]


def test_verdicts_follow_merged_tags_and_forget_deprecated_ones():
    kept = make_tag()
    merged = make_tag(state="merged", merged_into=kept)
    twice = make_tag(state="merged", merged_into=merged)
    gone = make_tag(state="deprecated")
    make_review(make_video(), accept=[twice, gone])

    taken = snapshots.take()

    assert lines(taken, "videos.jsonl")[0]["tags"] == [kept.pk]
    assert [tag["id"] for tag in lines(taken, "tags.jsonl")] == [kept.pk]


def test_tags_come_with_all_their_names_and_their_place():
    sport = make_tag("Sport", assignable=False)
    ball = make_tag("Basketball", parent=sport)
    TagName.objects.create(tag=ball, language="zh", text="篮球", preferred=True)
    make_review(make_video(), accept=[ball])

    rows = lines(snapshots.take(), "tags.jsonl")

    assert rows[0] | {"names": ["Sport"], "parent": None, "assignable": False} == rows[0]
    assert rows[1] | {"names": ["Basketball", "篮球"], "parent": sport.pk, "kind": "category"} == rows[1]


def test_the_same_state_gives_the_same_snapshot():
    tag = make_tag()
    make_review(make_video(), accept=[tag])

    one, other = snapshots.take(), snapshots.take()

    assert one == other
    assert [path.name for path in one.folder.parent.iterdir()] == [one.hash]


def test_another_verdict_gives_another_snapshot():
    tag = make_tag()
    make_review(make_video(), accept=[tag])
    before = snapshots.take()

    make_review(make_video(), reject=[tag])

    assert snapshots.take().hash != before.hash


def test_the_manifest_counts_its_splits_and_knows_its_taxonomy(settings):
    tag = make_tag()
    for n in range(40):
        make_review(make_video(source="split", external_id=str(n)), accept=[tag])

    taken = snapshots.take()

    manifest = json.loads((taken.folder / "manifest.json").read_text())
    assert Counter(row["split"] for row in lines(taken, "videos.jsonl")) == manifest["splits"]
    assert (manifest["videos"], manifest["taxonomy_version"], manifest["hash"]) == (40, 7, taken.hash)
    assert manifest["media_root"] == str(settings.MEDIA_ROOT)


def test_a_video_never_changes_its_split():
    # Written down, not computed: a change of the rule would leak test videos into training.
    assert [snapshots.split("demo", str(n)) for n in range(8)] == SPLITS


def test_about_a_sixth_of_all_videos_is_for_testing():
    counted = Counter(snapshots.split("demo", str(n)) for n in range(10_000))

    assert 1400 < counted["test"] < 1600
    assert 1400 < counted["dev"] < 1600


def test_without_reviews_there_is_nothing_to_learn():
    make_video()

    with pytest.raises(snapshots.NothingToLearn):
        snapshots.take()


def test_tags_come_with_what_they_have_to_do_with_others():
    anna, film, gone = make_tag("Anna", kind="person"), make_tag("Film"), make_tag("Gone", state="deprecated")
    for other in (film, gone):
        TagRelation.objects.create(tag=anna, kind="plays_in", other=other)
    TagRelation.objects.create(tag=film, kind="exact_match", uri="https://example.org/film")
    TagRelation.objects.create(tag=film, kind="split_into", other=anna)
    make_review(make_video(), accept=[film])

    rows = {row["name"]: row["relations"] for row in lines(snapshots.take(), "tags.jsonl")}

    assert rows == {"Anna": [["plays_in", film.pk]], "Film": []}


def test_what_several_reviewers_say_together_is_learnt_not_all_they_said():
    line, video = make_line(), make_video()
    kept, dropped, doubtful = (make_tag() for _ in range(3))
    make_review(video, line=line, accept=[kept, dropped], add=[doubtful])
    ReviewTask.objects.update(slot=2)
    make_review(video, line=line, accept=[kept], reject=[dropped])
    for tag, given, no in ((kept, True, 0), (dropped, False, 1), (doubtful, False, 0)):
        Consensus.objects.create(
            video=video, business_line=line, tag=tag, given=given, no=no, yes=1, silent=0, confidence=0.5, ruled=False,
            doubt=0.5,
        )  # fmt: skip

    (row,) = lines(snapshots.take(), "videos.jsonl")

    assert (row["tags"], row["rejected"], row["lines"]) == ([kept.pk], [dropped.pk], {str(line.pk): [kept.pk]})


def test_a_clip_that_was_reviewed_again_is_learnt_as_it_was_said_last():
    wrong, right, video = make_tag(), make_tag(), make_video()
    first = make_review(video, accept=[wrong])
    again = Review.objects.create(
        task=first.task, reviewer=make_user(), operation=uuid4(), taxonomy_version=TaxonomyVersion.objects.get()
    )
    Verdict.objects.create(review=again, tag=wrong, choice="reject")
    Verdict.objects.create(review=again, tag=right, choice="add")
    ReviewTask.objects.update(current_review=again)

    (row,) = lines(snapshots.take(), "videos.jsonl")

    assert (row["tags"], row["rejected"]) == ([right.pk], [wrong.pk])
