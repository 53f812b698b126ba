"""Change sets: gathered, published in one go, and taken back."""

import uuid

import pytest

from taxonomy import changes, publishing, versions
from taxonomy.drafting.edits import EditRefused
from taxonomy.models import Guideline, Rule, Tag, TaxonomyVersion
from tests.factories import make_line, make_tag, make_user, make_video
from tests.taxonomy.drafting import frozen_as_live, make_set, meaning, publish, revert

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user("editor")


@pytest.fixture
def tree():
    """animal > cat > kitten; animal > dog; the open tag Tom."""
    animal = make_tag("Animal", code="animal")
    cat = make_tag("Cat", code="cat", parent=animal, position=1)
    make_tag("Kitten", code="kitten", parent=cat)
    make_tag("Dog", code="dog", parent=animal, position=2)
    make_tag("Tom", code="tom", kind="person")
    return versions.publish()


RULE = str(uuid.UUID(int=7))

EDITS = {
    "create": ("create", {"code": "bird", "name": "鸟", "parent": "animal", "after": "cat"}),
    "create open": ("create", {"code": "ann", "name": "Ann", "kind": "person", "names": [["zh", "安", True]]}),
    "rename": ("rename", {"tag": "cat", "name": "House cat", "names": [["en", "House cat", True], ["zh", "猫", True]]}),
    "rename only": ("rename", {"tag": "cat", "name": "House cat"}),
    "move": ("move", {"tag": "dog", "parent": "cat", "after": "kitten"}),
    "reorder": ("move", {"tag": "dog", "parent": "animal", "after": None}),
    "to the root": ("move", {"tag": "cat", "parent": None}),
    "merge": ("merge", {"tag": "kitten", "into": "cat"}),
    "merge a branch": ("merge", {"tag": "cat", "into": "dog"}),
    "split": ("split", {"tag": "kitten", "into": ["dog", "tom"], "default": "dog"}),
    "split to review": ("split", {"tag": "kitten", "into": ["dog", "tom"]}),
    "deprecate": ("state", {"tag": "dog", "state": "deprecated"}),
    "not assignable": ("assignable", {"tag": "animal", "value": False}),
    "delete": ("delete", {"tag": "kitten"}),
    "rule": ("rule_add", {"rule": RULE, "kind": "excludes", "subject": "cat", "others": ["dog"], "note": "chase"}),
    "relation": ("relation_add", {"tag": "tom", "kind": "plays_in", "to": "cat"}),
    "match": ("relation_add", {"tag": "cat", "kind": "exact_match", "to": "http://example.org/cat"}),
    "guideline": ("guideline", {"tag": "cat", "body": "Purrs.", "confirm": True}),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_each_edit_is_published_as_drafted_and_taken_back(editor, tree, edit):
    before = meaning()

    change_set = publish(editor, edit)

    assert frozen_as_live()
    assert change_set.version.number == 2
    assert edit[0] == "guideline" or meaning() != before

    revert(editor, change_set)

    assert frozen_as_live()
    assert meaning() == before


def test_edits_may_speak_of_what_earlier_edits_make(editor, tree):
    before = meaning()
    change_set = publish(
        editor,
        ("create", {"code": "bird", "name": "Bird", "parent": "animal"}),
        ("create", {"code": "owl", "name": "Owl", "parent": "bird"}),
        ("rule_add", {"rule": RULE, "kind": "excludes", "subject": "owl", "others": ["cat"]}),
        ("rule_change", {"rule": RULE, "kind": "excludes", "subject": "owl", "others": ["cat", "dog"]}),
        ("move", {"tag": "bird", "parent": "cat", "after": None}),
        ("guideline", {"tag": "owl", "body": "Hoots."}),
        ("merge", {"tag": "cat", "into": "dog"}),
    )

    assert frozen_as_live()
    assert Tag.objects.get(code="owl").depth == 4
    revert(editor, change_set)
    assert meaning() == before
    assert frozen_as_live()


def test_a_revert_can_be_reverted(editor, tree):
    first = publish(editor, EDITS["merge a branch"], ("rename", {"tag": "dog", "name": "Pet"}))
    there = meaning()
    second = changes.revert(first, editor)
    publishing.publish(second.pk, editor)
    second.refresh_from_db()

    revert(editor, second)

    assert meaning() == there


def test_a_used_tag_is_deprecated_where_its_creation_is_taken_back(editor, tree):
    change_set = publish(editor, EDITS["create"])
    make_video().video_tags.create(business_line=make_line(), tag=Tag.objects.get(code="bird"), source="review")

    revert(editor, change_set)

    assert Tag.objects.get(code="bird").state == "deprecated"


def test_a_used_tag_is_not_deleted(editor, tree):
    change_set = make_set(editor, EDITS["delete"])
    make_video().video_tags.create(business_line=make_line(), tag=Tag.objects.get(code="kitten"), source="review")

    with pytest.raises(publishing.Stopped) as stopped:
        publishing.publish(change_set.pk, editor)
    assert [reason.code for _edit, reason in stopped.value.refused] == ["used"]
    with pytest.raises(EditRefused, match="used"):
        changes.add(changes.open(editor).pk, *EDITS["delete"], editor)


def test_versions_can_be_restored(editor, tree):
    before = meaning()
    rule = ("rule_add", {"kind": "requires", "subject": "tom", "others": ["dog"]})
    publish(editor, EDITS["merge a branch"], EDITS["create"], rule)
    publish(editor, ("relation_add", {"tag": "tom", "kind": "related", "to": "bird"}), EDITS["guideline"])

    publishing.publish(changes.restore(1, editor).pk, editor)

    assert meaning() == before
    assert frozen_as_live()
    publishing.publish(changes.restore(3, editor).pk, editor)
    assert Guideline.objects.filter(tag__code="cat").latest("version").body == "Purrs."
    assert Rule.objects.get().subject.code == "tom"


def test_what_was_published_since_is_kept(editor, tree):
    mine, theirs = make_set(editor, EDITS["rename only"]), make_set(make_user("editor"), EDITS["reorder"])
    publishing.publish(theirs.pk, theirs.author)

    publishing.publish(mine.pk, editor)

    assert frozen_as_live()
    assert Tag.objects.get(code="cat").name == "House cat"
    assert Tag.objects.get(code="dog").position < Tag.objects.get(code="cat").position


def test_a_clash_with_what_was_published_stops_the_set_and_keeps_it(editor, tree):
    mine = make_set(editor, EDITS["rename only"], EDITS["create"])
    publish(make_user("editor"), ("rename", {"tag": "cat", "name": "Feline"}))

    with pytest.raises(publishing.Stopped) as stopped:
        publishing.publish(mine.pk, editor)

    [clash] = stopped.value.clashes
    assert clash.edit.op == "rename"
    assert [(op, values["name"]) for op, values in clash.theirs] == [("rename", "Feline")]
    assert mine.edits.standing().count() == 2
    changes.carry_over(mine.pk)
    publishing.publish(mine.pk, editor)
    assert Tag.objects.get(code="cat").name == "House cat"


def test_an_edit_sent_with_an_old_revision_is_stored_where_nobody_touched_the_same(editor, tree):
    other = make_user("editor")
    change_set = changes.open(editor)
    changes.add(change_set.pk, "rename", {"tag": "cat", "name": "Feline"}, other, seen=0)

    changes.add(change_set.pk, "rename", {"tag": "dog", "name": "Hound"}, editor, seen=0)
    with pytest.raises(changes.Outdated) as outdated:
        changes.add(change_set.pk, "rename", {"tag": "cat", "name": "Puss"}, editor, seen=0)

    assert [edit.values["name"] for edit in outdated.value.edits] == ["Feline"]
    assert outdated.value.revision == 2
    changes.add(change_set.pk, "rename", {"tag": "cat", "name": "Puss"}, editor, seen=2)


def test_the_last_edit_is_undone(editor, tree):
    change_set = make_set(editor, EDITS["rename only"], EDITS["create"])

    changes.undo(change_set.pk, editor)

    assert [edit.op for edit in change_set.edits.standing()] == ["rename"]
    assert [edit.op for edit in changes.since(change_set, 2)] == ["create"]


def test_an_edit_that_another_needed_is_pointed_out_when_it_is_gone(editor, tree):
    bird = ("create", {"code": "owl", "name": "Owl", "parent": "bird"})
    change_set = make_set(editor, EDITS["create"], bird)

    changes.remove(change_set.pk, 1, editor)

    _draft, [(edit, reason)] = changes.problems(change_set)
    assert (edit.number, reason.code) == (2, "unknown_tag")
    with pytest.raises(publishing.Stopped):
        publishing.publish(change_set.pk, editor)
    assert TaxonomyVersion.objects.count() == 1


def test_a_second_person_approves_where_the_site_asks_for_it(editor, tree):
    from taxonomy.models import Governance

    Governance.objects.create(pk=1, approval=True)
    change_set, second = make_set(editor, EDITS["create"]), make_user("editor")

    with pytest.raises(changes.NotPossible, match="not_approved"):
        publishing.publish(change_set.pk, editor)
    changes.propose(change_set.pk, editor)
    with pytest.raises(changes.NotPossible, match="own"):
        changes.approve(change_set.pk, editor)
    changes.approve(change_set.pk, second)
    changes.add(change_set.pk, *EDITS["rename"], editor)
    with pytest.raises(changes.NotPossible, match="not_approved"):
        publishing.publish(change_set.pk, editor)
    changes.approve(change_set.pk, second)

    assert publishing.publish(change_set.pk, editor).number == 2


@pytest.mark.parametrize("close", [lambda s, e: changes.discard(s.pk), lambda s, e: publishing.publish(s.pk, e)])
def test_a_closed_set_takes_no_edits(editor, tree, close):
    change_set = make_set(editor, EDITS["create"])
    close(change_set, editor)

    with pytest.raises(changes.NotPossible, match="closed"):
        changes.add(change_set.pk, *EDITS["rename"], editor)
