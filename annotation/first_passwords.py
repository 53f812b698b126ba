"""A password that an admin made is for one sign-in: whoever it is for chooses their own before anything else."""

from __future__ import annotations

from django.contrib.auth.models import User

from annotation.models import FirstPassword


def given(person: User) -> None:
    """An admin has just set this person's password."""
    FirstPassword.objects.get_or_create(person=person)


def waits(person: User) -> bool:
    return FirstPassword.objects.filter(person=person).exists()


def chosen(person: User) -> None:
    FirstPassword.objects.filter(person=person).delete()
