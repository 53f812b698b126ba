"""Between the commit of a version and the carrying of its labels: what readers see, and what interrupts it."""

import csv
import io
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from annotation import exports, mined_rules, rereview, snapshots, tag_figures, tasks, workbench
from annotation.models import ReviewTask
from annotation.verdicts import Said
from tagging import carrying, rule_breaks, search, standing, tag_counts, video_page
from tagging.models import CarriedTag, VideoTag
from tagging.tasks import carry_labels
from taxonomy import changes, publishing, versions
from taxonomy.models import BusinessLine, ChangeSet
from taxonomy.rules import Rule
from tests.annotation.factories import claim, make_review, make_task
from tests.factories import make_line, make_tag, make_user, make_video
from tests.taxonomy import drafting
from tests.taxonomy.drafting import make_set
from tests.workers import until

pytestmark = pytest.mark.django_db

MERGE = ("merge", {"tag": "kitten", "into": "cat"})
SPLIT = ("split", {"tag": "cat", "into": ["kitten", "tom"]})


@pytest.fixture
def editor():
    return make_user("editor")


@pytest.fixture
def tags():
    found = {code: make_tag(code.title(), code=code) for code in ("cat", "kitten", "dog", "tom")}
    versions.publish()
    return found


def publish(editor, *edits):
    """Committed, and the process died before it carried anything."""
    change_set = make_set(editor, *edits)
    publishing.publish(change_set.pk, editor)
    return ChangeSet.objects.get(pk=change_set.pk)


def revert(editor, change_set):
    publishing.publish(changes.revert(change_set, editor).pk, editor)


def give(video, line, *tags):
    VideoTag.objects.bulk_create(VideoTag(video=video, business_line=line, tag=tag, source="review") for tag in tags)


def given(video):
    return sorted(video.video_tags.values_list("tag__code", flat=True))


def labels():
    """All that videos have, with where it comes from and since when, but not the ids of rows."""
    return sorted(VideoTag.objects.values_list("video", "business_line", "tag__code", "source", "created_at"))


def stand():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT video_id, business_line_id, tag_id FROM {standing.LABELS} given")  # a constant
        return sorted(cursor.fetchall())


@pytest.fixture
def reviewed(tags):
    """A clip that was said to be of a kitten, and one of a kitten and a cat."""
    line = make_line()
    reviewer = make_user(lines=(line,))
    one, both = make_task(line, priority=2).video, make_task(line, priority=1).video
    make_review(claim(reviewer, line), [Said(tags["kitten"].pk, "add")])
    make_review(claim(reviewer, line), [Said(tags["kitten"].pk, "add"), Said(tags["cat"].pk, "add")])
    return line, one, both


@pytest.mark.parametrize("carried", [False, True])
def test_readers_see_the_heir_before_and_after_it_is_carried(editor, tags, reviewed, carried, client, sign_in):
    line, one, both = reviewed
    cat, dog = tags["cat"], tags["dog"]
    publish(editor, MERGE)
    if carried:
        carrying.carry()
    assert given(one) == (["cat"] if carried else ["kitten"])

    assert {video.pk for video in search.find(search.Query(tag=cat.pk)).videos} == {one.pk, both.pk}
    assert [[tag.code for tag in v.tags()] for v in search.find(search.Query()).videos] == [["cat"], ["cat"]]
    for video in (one, both):
        assert [(g.name, g.line) for g in video_page.given_tags(video_page.load(video.pk))] == [("Cat", str(line))]
    rows = list(csv.DictReader(io.StringIO(b"".join(exports.as_csv([line])).decode())))
    assert [(row["tags"], row["tag_names"]) for row in rows] == [("cat", "Cat")] * 2
    assert tag_figures.load(cat.pk, BusinessLine.objects.all()).videos == 2
    cache.clear()
    assert tag_counts.given().keys() == {cat.pk}
    assert mined_rules._reviewed(None)[1].tolist() == [cat.pk, cat.pk]
    needs = rule_breaks.of(Rule(0, "requires", cat.pk, (dog.pk,)))
    assert (needs.sets, {example.video.pk for example in needs.examples}) == (2, {one.pk, both.pk})
    assert [row["tags"] for row in snapshots._videos({cat.pk})] == [[cat.pk], [cat.pk]]
    sign_in("admin")
    shown = client.get(f"/api/videos/{both.pk}/").json()
    assert [tag["name"] for tag in shown["tags"]] == ["Cat"]


def test_a_clip_that_is_reviewed_again_begins_with_the_heir(editor, tags, reviewed):
    line, one, _both = reviewed
    publish(editor, MERGE)
    ReviewTask.objects.filter(video=one).update(state="waiting", reviewer=None)

    shown = workbench.clip(claim(make_user(lines=(line,)), line))

    assert [entry.tag for entry in shown.added] == [tags["cat"].pk]


def test_lists_ask_for_heirs_once_however_many_clips(editor, tags, django_assert_max_num_queries):
    line = make_line()
    for _ in range(12):
        give(make_video(), line, tags["kitten"])
    publish(editor, MERGE)
    with django_assert_max_num_queries(10):
        assert [tag.code for video in search.find(search.Query()).videos for tag in video.tags()] == ["cat"] * 12


def test_what_is_left_half_way_is_carried_on_once(editor, tags, monkeypatch):
    line, videos = make_line(), [make_video() for _ in range(7)]
    for video in videos:
        give(video, line, tags["kitten"])
    before = labels()
    change_set = publish(editor, MERGE)
    monkeypatch.setattr(carrying, "BATCH", 2)

    assert not carrying.carry(most=3)
    assert [given(video) for video in videos].count(["cat"]) == 3
    carry_labels()
    carry_labels()

    assert [given(video) for video in videos] == [["cat"]] * 7
    assert CarriedTag.objects.count() == 7
    assert carrying.waiting() == []
    revert(editor, change_set)
    carrying.carry(most=5)
    carry_labels()
    assert labels() == before
    assert not CarriedTag.objects.exists()


@pytest.mark.parametrize("most", [0, 1, 2, None])
def test_taken_back_at_any_moment_it_is_as_it_was(editor, tags, most):
    line, one, both = make_line(), make_video(), make_video()
    give(one, line, tags["kitten"])
    give(both, line, tags["kitten"], tags["cat"])
    before = labels()
    change_set = publish(editor, MERGE)
    carrying.carry(most=most)
    revert(editor, change_set)
    carrying.carry()
    assert labels() == before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_merges_into_one_are_taken_back_in_any_order(editor, tags, order):
    video = make_video()
    give(video, make_line(), tags["kitten"], tags["tom"])
    before = labels()
    sets = []
    for tag in ("kitten", "tom"):
        sets.append(publish(editor, ("merge", {"tag": tag, "into": "cat"})))
        carrying.carry()
    for n in order:
        revert(editor, sets[n])
        carrying.carry()
    assert labels() == before


@pytest.mark.parametrize("seed", range(6))
def test_however_late_labels_are_carried_they_end_the_same(editor, seed):
    chance = random.Random(seed)
    codes = [f"t{n}" for n in range(6)]
    tags = [make_tag(code, code=code) for code in codes]
    versions.publish()
    line = make_line()
    for _ in range(6):
        give(make_video(), line, *chance.sample(tags, 3))
    before, standing_tags, made = labels(), list(codes), []
    for _ in range(4):
        tag, into = chance.sample(standing_tags, 2)
        standing_tags.remove(tag)
        made.append(publish(editor, ("merge", {"tag": tag, "into": into})))
        expected = stand()
        carrying.carry(most=chance.choice([0, 2, None]))
        assert stand() == expected  # readers see no difference
    for change_set in reversed(made):
        revert(editor, change_set)
        carrying.carry(most=chance.choice([0, 2, None]))
    carrying.carry()
    assert labels() == before
    assert not CarriedTag.objects.exists()


def test_a_label_given_in_the_moment_of_a_split_is_reviewed_again(editor, tags):
    line = make_line()
    reviewer, video = make_user(lines=(line,)), make_video()
    publish(editor, SPLIT)
    give(video, line, tags["cat"])  # its reviewer had read the version before
    task = make_task(line, video=video, state="done", reviewer=reviewer)

    tasks.review_split_tags()
    task.refresh_from_db()
    assert (task.state, task.why) == ("waiting", {"split_tag": 1})

    make_review(claim(reviewer, line), [Said(tags["tom"].pk, "add")])
    tasks.review_split_tags()
    task.refresh_from_db()
    assert task.state == "done"
    assert given(video) == ["tom"]


def test_a_large_split_is_sent_in_parts(editor, tags, monkeypatch):
    line, videos = make_line(), [make_video() for _ in range(5)]
    for video in videos:
        give(video, line, tags["cat"])
    publish(editor, SPLIT)
    monkeypatch.setattr(rereview, "BATCH", 2)
    assert not rereview.of_split_tags(most=3)
    assert ReviewTask.objects.open().count() == 3
    assert rereview.of_split_tags()
    assert ReviewTask.objects.open().count() == 5


def test_a_small_set_is_carried_with_its_commit(editor, tags):
    video = make_video()
    give(video, make_line(), tags["kitten"])
    drafting.publish(editor, MERGE)
    assert given(video) == ["cat"]


def apart(work):
    """In a thread with a connection that waits for no lock longer than three seconds."""

    def run():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")
            return work()
        finally:
            connection.close()

    return run


@pytest.mark.django_db(transaction=True)
def test_reviewers_do_not_wait_for_the_publisher(editor, tags):
    line = make_line()
    reviewer = make_user(lines=(line,))
    task = make_task(line, priority=1)
    slow = make_task(line).video
    give(task.video, line, tags["kitten"])
    change_set = make_set(editor, MERGE)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        publishing.publish(change_set.pk, editor)
        pool.submit(apart(lambda: make_review(claim(reviewer, line), [Said(tags["dog"].pk, "add")]))).result(20)
        # The version before is still the newest one to this reviewer.
        pool.submit(apart(lambda: make_review(claim(reviewer, line), [Said(tags["kitten"].pk, "add")]))).result(20)
    assert (given(task.video), given(slow)) == (["dog"], ["cat"])


@pytest.mark.django_db(transaction=True)
def test_reviewers_wait_for_one_batch_at_most_and_what_they_say_stands(editor, tags, monkeypatch):
    line = make_line()
    reviewer = make_user(lines=(line,))
    first, held = make_video(), make_video()
    last = make_task(line).video
    for video in (first, held, last):
        give(video, line, tags["kitten"])
    monkeypatch.setattr(carrying, "AT_ONCE", 0)
    monkeypatch.setattr(carrying, "BATCH", 1)
    publish(editor, MERGE)
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            type(held).objects.select_for_update().get(pk=held.pk)
            carried = pool.submit(lambda: (carry_labels(), connection.close()))
            until(lambda: given(first) == ["cat"], "the first batch is committed", 20)
            pool.submit(apart(lambda: make_review(claim(reviewer, line), [Said(tags["dog"].pk, "add")]))).result(20)
            assert not carried.done()
        carried.result(20)
    assert [given(video) for video in (first, held, last)] == [["cat"], ["cat"], ["dog"]]


@pytest.mark.django_db(transaction=True)
def test_many_carry_at_once_and_each_label_goes_once(editor, tags, monkeypatch):
    line, videos = make_line(), [make_video() for _ in range(30)]
    for video in videos:
        give(video, line, tags["kitten"])
    monkeypatch.setattr(carrying, "AT_ONCE", 0)
    monkeypatch.setattr(carrying, "BATCH", 3)
    publish(editor, MERGE)
    with ThreadPoolExecutor(3) as pool:
        works = [pool.submit(lambda: (carrying.carry(), connection.close())) for _ in range(3)]
        for work in works:
            work.result(60)
    assert [given(video) for video in videos] == [["cat"]] * 30
    assert CarriedTag.objects.count() == 30
