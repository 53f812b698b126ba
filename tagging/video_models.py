"""Clips, what the models said of them, and the tags they have."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ml.registry.models import Canary, ModelVersion
from tagging import canary_share
from tagging.import_models import Import
from tagging.media_models import Media
from taxonomy.models import BusinessLine, Tag, TaxonomyVersion


class VideoQuerySet(models.QuerySet["Video"]):
    def usable(self) -> VideoQuerySet:
        """Videos the models can look at: media probed, or none given."""
        return self.filter(media_state__in=[Video.MediaState.NONE, Video.MediaState.READY])

    def without_suggestions_of(self, version: ModelVersion, canary: Canary | None = None) -> VideoQuerySet:
        """What there is to do for the active model, and for the canary in its share: a video is looked at by the one
        whose it is. Reviewed videos keep what their reviewers saw.
        """
        done = SuggestionSet.objects.filter(video=models.OuterRef("pk"), model_version=models.OuterRef("suggester"))
        if version.promoted_at:  # a version promoted again (roll-back) looks again: rules and policies have moved on
            by_canary = Q(model_version=canary.version_id) if canary else Q()
            done = done.filter(Q(created_at__gte=version.promoted_at) | by_canary)
        return self.usable().suggested_by(version, canary).filter(~models.Exists(done), reviewed_at=None)

    def suggested_by(self, version: ModelVersion, canary: Canary | None) -> VideoQuerySet:
        """With the id of the version whose each video is, as `suggester`."""
        mine: models.expressions.Combinable = models.Value(version.pk)
        if canary:
            mine = models.Case(models.When(canary_share.in_share(canary), then=canary.version_id), default=mine)
        return self.alias(suggester=mine)

    def to_suggest(self, version: ModelVersion, canary: Canary | None = None) -> VideoQuerySet:
        """Of those, the ones no living worker has in hand."""
        free = Q(suggesting_until=None) | Q(suggesting_until__lt=Now())
        return self.without_suggestions_of(version, canary).filter(free)


class Video(models.Model):
    """One clip with its text, context and media."""

    class MediaState(models.TextChoices):
        NONE = "none", _("text only")
        PENDING = "pending", _("being examined")
        READY = "ready", _("ready")
        BROKEN = "broken", _("broken")

    source = models.CharField(_("source"), max_length=50)
    external_id = models.CharField(_("external id"), max_length=200)
    title = models.TextField(_("title"), blank=True)
    description = models.TextField(_("description"), blank=True)
    cover_text = models.TextField(_("cover text"), blank=True)
    uploader = models.CharField(_("uploader"), max_length=200, blank=True)
    program = models.CharField(_("program"), max_length=200, blank=True)
    media_source = models.TextField(
        _("source of the media"), blank=True
    )  # where intake found it: a path below the import's folder, or a URL
    media = models.ForeignKey(
        Media, models.PROTECT, null=True, blank=True, related_name="videos", verbose_name=_("media file")
    )
    media_state = models.CharField(
        _("state of the media"), max_length=10, choices=MediaState, default=MediaState.NONE, db_default=MediaState.NONE
    )
    media_error = models.TextField(_("error of the media"), blank=True, db_default="")
    probing_until = models.DateTimeField(
        _("examined until"), null=True, blank=True
    )  # lease of the worker that examines the media
    suggesting_until = models.DateTimeField(
        _("suggestions made until"), null=True, blank=True
    )  # lease of the worker that makes suggestions
    # Times a worker took it in hand since suggestions were last stored: more than one means that workers died over it.
    suggest_attempts = models.PositiveSmallIntegerField(_("attempts at suggestions"), default=0, db_default=0)
    reviewed_at = models.DateTimeField(
        _("first reviewed"), null=True, blank=True
    )  # first review; set by annotation in its transaction
    imported_by = models.ForeignKey(
        Import, models.PROTECT, null=True, blank=True, related_name="videos", verbose_name=_("import")
    )
    import_line = models.PositiveIntegerField(_("line of the import"), null=True, blank=True)
    created_at = models.DateTimeField(_("imported"), db_default=Now())

    objects = VideoQuerySet.as_manager()

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="a_video_is_imported_once"),
            models.CheckConstraint(
                condition=~Q(media_state="ready") | Q(media__isnull=False), name="ready_media_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(media_state="pending"), name="video_to_probe"),
            models.Index(fields=["id"], condition=Q(reviewed_at=None), name="video_unreviewed"),
            models.Index(fields=["id"], condition=Q(suggest_attempts__gt=0), name="video_tried"),
            models.Index(fields=["uploader", "-id"], name="video_by_uploader"),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id

    def get_absolute_url(self) -> str:
        return reverse("tagging:video", args=[self.pk])

    def labels(self) -> list[VideoTag]:
        """Its tags by business line, each once: two may stand for one tag until they are carried (tagging.standing)."""
        return list({(given.business_line_id, given.tag_id): given for given in self.video_tags.all()}.values())

    def tags(self) -> list[Tag]:
        """What it is tagged with, each tag once, however many business lines gave it."""
        return list({given.tag_id: given.tag for given in self.video_tags.all()}.values())

    def hush(self) -> None:
        """Let it look as if nobody had said anything of it, in this process: what `tagging.veils` hides."""
        self._prefetched_objects_cache = {
            **getattr(self, "_prefetched_objects_cache", {}),
            "video_tags": self.video_tags.none(),
        }
        self.reviewed_at = None


class SuggestionSet(models.Model):
    """That one model version has looked at one video, also when it found nothing."""

    class Failure(models.TextChoices):
        MODELS = "models", _("The models could not make anything of this video. Its clip may hold something unusual.")
        WORKER = (
            "worker",
            _("Workers stopped again and again while they looked at this video, so it was left alone."),
        )

    video = models.ForeignKey(Video, models.CASCADE, related_name="suggestion_sets")
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    taxonomy_version = models.ForeignKey(TaxonomyVersion, models.PROTECT, related_name="+")
    failure = models.CharField(_("failure"), max_length=10, choices=Failure, blank=True, db_default="")
    error = models.TextField(blank=True, db_default="")  # what the program said of the failure, for administrators
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["video", "model_version"], name="suggested_once_a_model")]

    def __str__(self) -> str:
        return f"{self.video_id} by m{self.model_version_id}"


class Suggestion(models.Model):
    """A stored proposed tag of a video."""

    suggestion_set = models.ForeignKey(SuggestionSet, models.CASCADE, related_name="suggestions")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+")
    confidence = models.FloatField()
    consistent = models.BooleanField()  # in the best set that breaks no global rule
    recallers = models.JSONField()  # name -> score
    # {"spans": [[field, start, end]], "similar": [video], "moment": [from, to]} and, where there is one,
    # "region": [second, left, top, right, bottom] and "path": [[relation, tag]]; see ml.types.Evidence
    evidence = models.JSONField()

    class Meta:
        ordering = ["-confidence", "tag_id"]
        constraints = [
            models.UniqueConstraint(fields=["suggestion_set", "tag"], name="a_tag_is_suggested_once_a_model"),
            models.CheckConstraint(condition=Q(confidence__gte=0, confidence__lte=1), name="confidence_is_0_to_1"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} {self.confidence:.2f}"


class VideoTag(models.Model):
    """The tags a video has for a business line now. Where they come from is told by the append-only reviews."""

    class Source(models.TextChoices):
        REVIEW = "review", _("review")
        IMPORT = "import", _("import")
        AUTO = "auto", _("auto-accepted")

    # Found by the constraint and the index below.
    video = models.ForeignKey(Video, models.CASCADE, related_name="video_tags", db_index=False)
    business_line = models.ForeignKey(BusinessLine, models.PROTECT, related_name="+", db_index=False)
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="video_tags", db_index=False)
    source = models.CharField(max_length=10, choices=Source)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["video", "business_line", "tag"], name="a_tag_is_given_once")]
        indexes = [models.Index(fields=["tag", "-video"], name="videos_of_a_tag")]

    def __str__(self) -> str:
        return f"{self.video_id} {self.tag_id}"


class CarriedTag(models.Model):
    """A tag that a video had before it was merged into another one: what taking the merge back gives it again."""

    # Copied from rows whose keys were checked: checking them again would double what carrying labels costs.
    video = models.ForeignKey(Video, models.CASCADE, related_name="+", db_index=False)
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    heir = models.ForeignKey(Tag, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    beside = models.BooleanField()  # the video had the heir as well
    source = models.CharField(max_length=10, choices=VideoTag.Source)
    given_at = models.DateTimeField()
    carried_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["video", "business_line", "heir"], name="carried_to"),
            models.Index(fields=["tag", "heir", "video"], name="carried_from"),
        ]

    def __str__(self) -> str:
        return f"{self.video_id} {self.tag_id} -> {self.heir_id}"
