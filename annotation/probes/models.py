"""Clips that are shown otherwise than the models' suggestions say, to learn whom and what to trust."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

MOST = 30.0  # per cent of a line's clips for one kind of probe: more would spoil the work itself


class Probe(models.Model):
    """That one reviewer is shown one task otherwise. Made when the task is claimed, and never told to the reviewer."""

    class Kind(models.TextChoices):
        GOLD = "gold", _("gold clip")  # people know its tags already
        BLIND = "blind", _("without suggestions")
        WRONG = "wrong", _("a wrong tag added")
        MISSING = "missing", _("a right tag left out")

    task = models.ForeignKey("annotation.ReviewTask", models.CASCADE, related_name="probes", db_index=False)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reviewer"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    tag = models.ForeignKey(
        "taxonomy.Tag", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tag"), db_index=False
    )
    gold = models.ForeignKey("GoldClip", models.PROTECT, null=True, blank=True, related_name="probes", db_index=False)
    exam = models.ForeignKey("Exam", models.PROTECT, null=True, blank=True, related_name="probes")
    # Of a seeded tag: confidence, recallers and evidence of the suggestion that it was taken from.
    shown = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("probe")
        verbose_name_plural = _("probes")
        constraints = [
            models.UniqueConstraint(fields=["task", "reviewer"], name="one_probe_a_task_and_reviewer"),
            models.CheckConstraint(
                condition=Q(kind__in=["wrong", "missing"], tag__isnull=False)
                | Q(kind__in=["gold", "blind"], tag__isnull=True),
                name="a_probe_names_its_tag",
            ),
            models.CheckConstraint(
                condition=Q(kind="gold", gold__isnull=False) | (~Q(kind="gold") & Q(gold=None, exam=None)),
                name="a_gold_probe_names_its_clip",
            ),
            models.CheckConstraint(
                condition=Q(kind="wrong", shown__isnull=False) | (~Q(kind="wrong") & Q(shown=None)),
                name="a_seeded_tag_looks_like_one",
            ),
        ]
        indexes = [
            models.Index(fields=["reviewer", "kind"], name="probes_of_a_person"),
            models.Index(fields=["gold"], condition=Q(gold__isnull=False), name="probes_of_a_gold_clip"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.task_id} for {self.reviewer_id}"


class ProbeAnswer(models.Model):
    """What a review of a probed task said. It holds as long as nobody took the review back.

    What is said of a seeded tag is kept here and nowhere else: no verdict, tag of a video or snapshot knows of it.
    """

    review = models.OneToOneField("annotation.Review", models.PROTECT, primary_key=True, related_name="probe_answer")
    probe = models.ForeignKey(Probe, models.PROTECT, related_name="answers")
    # Of the tag that was seeded or left out: given (accept, add), not given (reject, replace), or empty: not a word.
    choice = models.CharField(max_length=10, blank=True, db_default="")
    # All verdicts as they were sent, as [tag, choice, reason, replacement, start, end]: what the reviewer finds in
    # their history.
    said = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.choice} by {self.review_id}"


class GoldClip(models.Model):
    """A clip whose tags are known, for one business line. It comes up in the queue like any other."""

    video = models.ForeignKey("tagging.Video", models.PROTECT, related_name="gold", verbose_name=_("video"))
    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="gold", db_index=False)
    note = models.TextField(_("note"), blank=True, help_text=_("What the clip teaches: shown after a qualification."))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("gold clip")
        verbose_name_plural = _("gold clips")
        constraints = [
            models.UniqueConstraint(
                fields=["business_line", "video"], condition=Q(retired_at=None), name="a_clip_is_gold_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.video_id} for {self.business_line_id}"


class GoldTag(models.Model):
    """A tag that a gold clip must get, or must not get. Of others nothing is known."""

    gold = models.ForeignKey(GoldClip, models.CASCADE, related_name="tags", db_index=False)
    tag = models.ForeignKey("taxonomy.Tag", models.PROTECT, related_name="+")
    wanted = models.BooleanField()
    # The root of the tag's tree, by which people are known for what they are good at; none for open tags.
    branch = models.ForeignKey("taxonomy.Tag", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gold", "tag"], name="a_tag_is_gold_once")]

    def __str__(self) -> str:
        return f"{'+' if self.wanted else '-'}{self.tag_id}"


class Qualification(models.Model):
    """Whether a person may work for a line that asks for a qualification."""

    class State(models.TextChoices):
        PASSED = "passed", _("passed")
        WAIVED = "waived", _("waived")
        REVOKED = "revoked", _("revoked")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="qualifications")
    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        constraints = [models.UniqueConstraint(fields=["person", "business_line"], name="one_qualification_a_line")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state} for {self.business_line_id}"


class Exam(models.Model):
    """One attempt to qualify: gold clips reviewed one after the other."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+", db_index=False)
    clips = models.PositiveSmallIntegerField()  # to review
    pass_mark = models.PositiveSmallIntegerField()  # per cent
    right = models.PositiveIntegerField(default=0)  # tags that were to be given and were, or were not and were not
    asked = models.PositiveIntegerField(default=0)  # tags of its clips that are known
    passed = models.BooleanField(null=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "business_line"], condition=Q(finished_at=None), name="one_exam_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, passed=None) | Q(finished_at__isnull=False, passed__isnull=False),
                name="a_finished_exam_is_decided",
            ),
        ]
        indexes = [models.Index(fields=["person", "business_line", "-id"], name="exams_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.business_line_id}: {self.right}/{self.asked}"

    @property
    def percent(self) -> int:
        return round(100 * self.right / self.asked) if self.asked else 0


class Trust(models.Model):
    """How a reviewer did on the gold clips of one branch of a line, and how often gold clips come up for them there."""

    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    business_line = models.ForeignKey("taxonomy.BusinessLine", models.CASCADE, related_name="+", db_index=False)
    branch = models.ForeignKey("taxonomy.Tag", models.PROTECT, null=True, related_name="+", db_index=False)
    right = models.PositiveIntegerField()
    wrong = models.PositiveIntegerField()
    rate = models.FloatField()  # per cent of the clips handed out
    learned_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reviewer", "business_line", "branch"], nulls_distinct=False, name="one_trust_a_branch"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id}: {self.right}/{self.right + self.wrong}"


class TrustPolicy(models.Model):
    """How a business line learns whom to trust. A line without one has the settings' shares and these defaults."""

    business_line = models.OneToOneField(
        "taxonomy.BusinessLine", models.CASCADE, related_name="trust_policy", verbose_name=_("business line")
    )
    # In per cent of the clips that are handed out.
    blind = models.FloatField(_("clips without suggestions, %"), default=1.0, db_default=1.0)
    wrong = models.FloatField(_("clips with a wrong tag added, %"), default=1.0, db_default=1.0)
    missing = models.FloatField(_("clips with a right tag left out, %"), default=1.0, db_default=1.0)
    gold_least = models.FloatField(_("gold clips for who is proven, %"), default=1.0, db_default=1.0)
    gold_most = models.FloatField(_("gold clips for who is in doubt, %"), default=8.0, db_default=8.0)
    qualify_clips = models.PositiveSmallIntegerField(
        _("gold clips to qualify"),
        default=5,
        db_default=5,
        help_text=_("0 lets everybody in. So many gold clips are needed before the line asks anybody."),
    )
    pass_mark = models.PositiveSmallIntegerField(_("right answers to pass, %"), default=80, db_default=80)

    class Meta:
        verbose_name = _("trust policy")
        verbose_name_plural = _("trust policies")
        constraints = [
            models.CheckConstraint(
                condition=Q(blind__gte=0, wrong__gte=0, missing__gte=0)
                & Q(blind__lte=MOST, wrong__lte=MOST, missing__lte=MOST),
                name="probes_stay_rare",
            ),
            models.CheckConstraint(
                condition=Q(gold_least__gte=0, gold_most__gte=F("gold_least"), gold_most__lte=MOST),
                name="gold_stays_rare",
            ),
            models.CheckConstraint(condition=Q(pass_mark__gte=1, pass_mark__lte=100), name="pass_mark_is_1_to_100"),
        ]

    def __str__(self) -> str:
        return str(self.business_line_id)
