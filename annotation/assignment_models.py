"""Whose clips were said to be: what admins assigned, and what reviewers handed to a colleague."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Assignment(models.Model):
    """That an admin assigned waiting clips of a line to a person. The tasks tell which are theirs still."""

    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    operation = models.UUIDField(unique=True)  # made by page or program: sent twice, done once
    clips = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.clips} clips to {self.person_id}"


class HandOver(models.Model):
    """That a reviewer gave a clip in hand to a colleague, with a note for them."""

    task = models.ForeignKey("annotation.ReviewTask", models.CASCADE, related_name="hand_overs")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=500, blank=True)
    # Made by a program that may send it twice; stored once. Pages send none.
    operation = models.UUIDField(null=True, blank=True, unique=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.task_id} to {self.receiver_id}"
