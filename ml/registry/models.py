"""Bundles known to the product, and the training runs that made them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ml.registry import trigger_words
from ml.registry.canary_models import Canary, Trial
from ml.registry.part_names import notes, reason, stage_name

__all__ = ["Canary", "ModelVersion", "Promotion", "TrainingRun", "Trial"]


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    def active(self) -> ModelVersion | None:
        return self.filter(state=ModelVersion.State.ACTIVE).first()

    def on_duty(self) -> ModelVersionQuerySet:
        """The active version and the canary."""
        canary = Canary.objects.filter(outcome=Canary.Outcome.RUNNING).values("version")
        return self.filter(Q(state=ModelVersion.State.ACTIVE) | Q(pk__in=canary))


class ModelVersion(models.Model):
    """A bundle known to the registry."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CANDIDATE)
    stack = models.CharField(_("stack"), max_length=500)
    bundle = models.CharField(max_length=200, unique=True)  # folder below BUNDLE_ROOT
    snapshot_hash = models.CharField(max_length=64)
    taxonomy_version = models.PositiveIntegerField(_("taxonomy version"))  # its number; taxonomies are not known here
    metrics = models.JSONField(default=dict)  # metrics.json of the bundle
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("trained"), auto_now_add=True)
    promoted_at = models.DateTimeField(_("promoted"), null=True, blank=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        permissions = [("promote_modelversion", "Can promote a model version")]
        constraints = [models.UniqueConstraint(fields=["state"], condition=Q(state="active"), name="one_active_model")]

    def __str__(self) -> str:
        return f"m{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("registry:version", args=[self.pk])

    @property
    def stack_name(self) -> str:
        """A stack is named, or a file of the installation's own."""
        return Path(self.stack).stem

    @property
    def notes(self) -> list[str]:
        """What its training did without or did not have to do, in the reader's words."""
        return notes(self.metrics.get("notes", ()))

    @property
    def folder(self) -> Path:
        return Path(settings.BUNDLE_ROOT) / self.bundle


class TrainingRunQuerySet(models.QuerySet["TrainingRun"]):
    def unfinished(self) -> TrainingRunQuerySet:
        return self.filter(state__in=TrainingRun.UNFINISHED)


class TrainingRun(models.Model):
    """One training: what it was asked for, how far it is, what came out."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        CANCELLING = "cancelling", _("stopping")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")
        DONE = "done", _("done")

    class Trigger(models.TextChoices):
        HAND = "hand", _("by hand")
        VERDICTS = "verdicts", _("new verdicts")
        DRIFT = "drift", _("drift")
        SCHEDULE = "schedule", _("schedule")

    class Sequel(models.TextChoices):
        WAITS = "waits", _("It waits for a person.")
        CANARY = "canary", _("It became a canary by itself.")
        PROMOTED = "promoted", _("It became the active version by itself, for nothing spoke against it.")

    UNFINISHED = (State.QUEUED, State.RUNNING, State.CANCELLING)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    stack = models.CharField(_("stack"), max_length=500)
    snapshot = models.CharField(max_length=200, blank=True)  # folder below SNAPSHOT_ROOT, once it is made
    stage = models.CharField(_("stage"), max_length=100, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    losses = models.JSONField(default=dict)  # stage -> [[step, loss], ...]
    error = models.TextField(blank=True)
    attempt = models.PositiveIntegerField(default=0)  # workers that had it; one that is not the last has lost it
    version = models.OneToOneField(ModelVersion, models.PROTECT, null=True, blank=True, related_name="run")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    trigger = models.CharField(
        _("asked for by"), max_length=10, choices=Trigger, default=Trigger.HAND, db_default=Trigger.HAND
    )
    figures = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))  # that the trigger saw
    sequel = models.CharField(
        _("what became of its version"), max_length=10, choices=Sequel, blank=True, db_default=""
    )  # decided once, after a training that nobody asked for by hand
    snapshot_at = models.DateTimeField(null=True, blank=True)  # reviews since then taught it nothing
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("training run")
        verbose_name_plural = _("training runs")
        constraints = [
            # One at a time: a boolean expression that is the same for all unfinished runs may occur once.
            models.UniqueConstraint(
                models.Case(models.When(state__in=["queued", "running", "cancelling"], then=1)),
                name="one_training_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("registry:run", args=[self.pk])

    @property
    def stack_name(self) -> str:
        """A stack is named, or a file of the installation's own."""
        return Path(self.stack).stem

    @property
    def stage_name(self) -> str:
        """In the reader's words."""
        return stage_name(self.stage)

    @property
    def why(self) -> str:
        """It was asked for by whom or what, in the reader's words; empty for a person."""
        return trigger_words.sentence(self.trigger, self.figures)

    @property
    def reason(self) -> str:
        """Why it failed, in the reader's words."""
        return reason(self.error)

    @property
    def percent(self) -> int | None:
        """Of the stage it is in; None before anything is known."""
        return 100 * self.done // self.total if self.total else None


class Promotion(models.Model):
    """That a version became the active one, and what spoke against it. Append-only."""

    class Why(models.TextChoices):
        HAND = "hand", _("by hand")
        CANARY = "canary", _("no worse as a canary")
        TRAINING = "training", _("nothing spoke against it after its training")

    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="promotions")
    former = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="+")
    objections = models.JSONField(default=list)
    why = models.CharField(_("reason"), max_length=10, choices=Why, default=Why.HAND, db_default=Why.HAND)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.version} at {self.at}"
