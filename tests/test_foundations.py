"""Promises the database keeps by itself."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError

from annotation.people import ROLES
from taxonomy.models import Tag
from tests.factories import make_model, make_tag, make_video

pytestmark = pytest.mark.django_db


def test_moving_a_branch_moves_the_depth_of_everything_below():
    root, other = make_tag("root"), make_tag("other")
    child = make_tag("child", parent=root)
    leaf = make_tag("leaf", parent=child)

    root.parent = other
    root.save()

    leaf.refresh_from_db()
    assert leaf.depth == 4


def test_a_cycle_is_refused_by_the_database():
    root = make_tag("root")
    child = make_tag("child", parent=root)

    with pytest.raises(IntegrityError):
        Tag.objects.filter(pk=root.pk).update(parent=child, parent_depth=child.depth)


def test_a_used_tag_is_never_deleted():
    root = make_tag("root")
    make_tag("child", parent=root)

    with pytest.raises(IntegrityError):
        Tag.objects.filter(pk=root.pk).delete()


def test_a_video_is_imported_once():
    make_video(source="s", external_id="1")

    with pytest.raises(IntegrityError):
        make_video(source="s", external_id="1")


def test_there_is_one_active_model():
    make_model(state="active")

    with pytest.raises(IntegrityError):
        make_model(state="active")


def test_roles_carry_their_permissions():
    for role, permissions in ROLES.items():
        group = Group.objects.get(name=role)
        assert group.permissions.count() == len(set(permissions))
