"""Two editors, and editors beside reviewers, in the same moment on a real database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from annotation.verdicts import Said
from tagging import carrying
from taxonomy import changes, publishing, versions
from taxonomy.models import ChangeSet, Edit, Tag, TaxonomyVersion
from tests.annotation.factories import claim, make_review, make_task
from tests.factories import make_line, make_tag, make_user
from tests.taxonomy.drafting import frozen_as_live, make_set

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run each in a thread of its own, all let go together; what each returned or raised."""
    start = Barrier(len(works))

    def run(work):
        try:
            start.wait()
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.fixture
def tags():
    found = {code: make_tag(code.title(), code=code) for code in ("cat", "dog", "kitten")}
    versions.publish()
    return found


def test_two_sets_published_at_once_both_arrive(tags):
    one, other = make_user("editor"), make_user("editor")
    first = make_set(one, ("rename", {"tag": "cat", "name": "Feline"}))
    second = make_set(other, ("rename", {"tag": "dog", "name": "Hound"}))

    answers = at_once(lambda: publishing.publish(first.pk, one), lambda: publishing.publish(second.pk, other))

    assert sorted(version.number for version in answers) == [2, 3]
    assert set(Tag.objects.values_list("name", flat=True)) == {"Feline", "Hound", "Kitten"}
    assert frozen_as_live()


def test_of_two_that_clash_the_second_is_told_and_loses_nothing(tags):
    one, other = make_user("editor"), make_user("editor")
    first = make_set(one, ("rename", {"tag": "cat", "name": "Feline"}))
    second = make_set(other, ("rename", {"tag": "cat", "name": "Puss"}), ("rename", {"tag": "dog", "name": "Hound"}))

    answers = at_once(lambda: publishing.publish(first.pk, one), lambda: publishing.publish(second.pk, other))

    [stopped] = [answer for answer in answers if isinstance(answer, Exception)]
    assert isinstance(stopped, publishing.Stopped)
    [clash] = stopped.clashes
    assert clash.edit.op == "rename"
    loser = ChangeSet.objects.get(state="open")
    assert loser.edits.standing().count() == (1 if loser == first else 2)
    assert TaxonomyVersion.objects.count() == 2


def test_one_set_published_twice_at_once_is_one_version(tags):
    editor = make_user("editor")
    change_set = make_set(editor, ("rename", {"tag": "cat", "name": "Feline"}))

    answers = at_once(*[lambda: publishing.publish(change_set.pk, editor)] * 2)

    assert sorted(type(answer).__name__ for answer in answers) == ["NotPossible", "TaxonomyVersion"]


def test_edits_sent_at_once_get_numbers_of_their_own(tags):
    people = [make_user("editor") for _ in range(4)]
    change_set = changes.open(people[0])

    at_once(
        *[
            lambda n=n: changes.add(change_set.pk, "create", {"code": f"new-{n}", "name": "New"}, people[n])
            for n in range(4)
        ]
    )

    assert list(Edit.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert ChangeSet.objects.get().revision == 4


def test_of_two_edits_of_the_same_with_one_revision_seen_one_is_told(tags):
    one, other = make_user("editor"), make_user("editor")
    change_set = changes.open(one)

    answers = at_once(
        lambda: changes.add(change_set.pk, "rename", {"tag": "cat", "name": "Feline"}, one, seen=0),
        lambda: changes.add(change_set.pk, "rename", {"tag": "cat", "name": "Puss"}, other, seen=0),
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Edit", "Outdated"]


def test_reviews_submitted_while_a_merge_is_published_keep_their_labels(tags):
    line, editor = make_line(), make_user("editor")
    reviewers = [make_user(lines=(line,)) for _ in range(3)]
    for _ in range(9):
        make_task(line)
    change_set = make_set(editor, ("merge", {"tag": "kitten", "into": "cat"}))

    def review(reviewer):
        for _ in range(3):
            make_review(claim(reviewer, line), [Said(tags["kitten"].pk, "add")])

    answers = at_once(
        lambda: publishing.publish(change_set.pk, editor),
        *[lambda reviewer=reviewer: review(reviewer) for reviewer in reviewers],
    )
    carrying.carry()

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert tags["cat"].video_tags.count() == 9
    assert tags["kitten"].video_tags.count() == 0
