"""What is kept of a person besides the user's row."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class FirstPassword(models.Model):
    """That a person's password was made by an admin, and they have not chosen their own yet."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return f"first password of {self.person_id}"


class Shortcut(models.Model):
    """That a person has another key than everybody for a command of the review page."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    command = models.CharField(max_length=20)
    key = models.CharField(max_length=20)  # as browsers name it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "command"], name="one_key_a_command"),
            models.UniqueConstraint(fields=["person", "key"], name="one_command_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.command}: {self.key}"
