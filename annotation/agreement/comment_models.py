"""What people tell and ask each other about a clip."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Comment(models.Model):
    """What somebody says or asks about a video, for one line, or the answer to a question."""

    video = models.ForeignKey("tagging.Video", models.CASCADE, related_name="comments", db_index=False)
    business_line = models.ForeignKey(
        "taxonomy.BusinessLine", models.PROTECT, related_name="+", verbose_name=_("business line"), db_index=False
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    text = models.TextField(_("text"))
    question = models.BooleanField(_("question"), default=False)
    answers = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="answers_given", verbose_name=_("question")
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    # Made by a program that may send it twice; stored once. Pages send none.
    operation = models.UUIDField(null=True, blank=True, unique=True)
    news = models.BooleanField(default=False, db_default=False)  # of a question: its asker has not seen what came
    created_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(condition=Q(question=False) | Q(answers=None), name="an_answer_is_no_question"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(question=True, closed_at__isnull=False, closed_by__isnull=False),
                name="only_questions_are_closed",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something"),
        ]
        indexes = [
            models.Index(fields=["video", "business_line", "id"], name="comments_on_a_video"),
            models.Index(
                fields=["business_line", "id"], condition=Q(question=True, closed_at=None), name="open_questions"
            ),
            models.Index(fields=["author", "-id"], condition=Q(question=True), name="own_questions"),
            models.Index(fields=["author"], condition=Q(news=True), name="answers_not_seen"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
