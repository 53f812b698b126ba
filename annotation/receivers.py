"""What videos that got suggestions or tags mean for people. Runs in the transaction of who sends the signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models.signals import m2m_changed, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from annotation import (
    first_passwords,
    imported_reviews,
    password_middleware,
    rereview,
    tag_impact,
    waiting,
)
from annotation.probes import gold, veil
from annotation.prospects import opening
from tagging import veils
from tagging.models import Import
from tagging.outcomes import Outcome
from tagging.signals import imported, suggested
from taxonomy import impact
from taxonomy.mappings import TagMapping
from taxonomy.models import BusinessLine
from taxonomy.signals import published

impact.COUNTERS["annotation"] = tag_impact.count
veils.VEILS["annotation"] = veil.VEIL


@receiver(suggested)
def open_review_tasks(outcomes: Mapping[int, Outcome], **_kw: Any) -> None:
    opening.open_tasks(outcomes)


@receiver(imported)
def record_imported_tags(import_: Import, **_kw: Any) -> None:
    if import_.business_line is not None:
        imported_reviews.record(import_.business_line)


@receiver(user_logged_in)
def hold_who_has_a_first_password(request: HttpRequest, user: User, **_kw: Any) -> None:
    if first_passwords.waits(user):
        request.session[password_middleware.KEY] = True


@receiver(published)
def review_again_what_no_mapping_covers(mapping: TagMapping, **_kw: Any) -> None:
    if mapping.split:  # a small set at once; beat finds the rest
        transaction.on_commit(lambda: rereview.of_split_tags(rereview.AT_ONCE), robust=True)


@receiver(m2m_changed, sender=BusinessLine.members.through)
def keep_gold_for_new_members(
    instance: BusinessLine | User, action: str, reverse: bool, pk_set: set[int] | None, **_kw: Any
) -> None:
    if action == "post_add":
        gold.stock((pk_set or ()) if reverse else [instance.pk])


@receiver(post_save, sender=BusinessLine)
def follow_the_overlap(instance: BusinessLine, *, created: bool, raw: bool, **_kw: Any) -> None:
    if not created and not raw and instance.overlap > 1:
        waiting.widen(instance)
