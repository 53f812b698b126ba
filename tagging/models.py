"""Videos in, suggestions out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ml.registry.models import Canary, ModelVersion
from tagging import canary_share
from tagging.face_models import FacePhoto, KnownPerson  # noqa: F401 - Django looks for models here
from tagging.phrase_models import NewPhrase, PhraseSighting  # noqa: F401 - and here
from taxonomy.models import BusinessLine, Tag, TaxonomyVersion


class Media(models.Model):
    """One media file, known by its content: the same clip imported twice is stored once."""

    content_hash = models.CharField(_("content hash"), max_length=64, unique=True)  # sha256
    path = models.CharField(_("path"), max_length=300)  # below MEDIA_ROOT: "clips/ab/abcd….mp4"
    size = models.PositiveBigIntegerField(_("bytes"))  # bytes
    duration = models.FloatField(_("seconds"))  # seconds
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    fps = models.FloatField(_("frames a second"))
    video_codec = models.CharField(_("picture codec"), max_length=30, blank=True)
    audio_codec = models.CharField(_("sound codec"), max_length=30, blank=True)  # empty: the clip has no sound
    peaks = ArrayField(models.FloatField(), default=list, blank=True)  # of the sound, 0..1, for the waveform
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("media file")
        verbose_name_plural = _("media files")

    def __str__(self) -> str:
        return self.content_hash[:12]

    @property
    def poster(self) -> str:
        return f"posters/{self.content_hash[:2]}/{self.content_hash}.jpg"

    @property
    def filmstrip(self) -> str:
        return f"filmstrips/{self.content_hash[:2]}/{self.content_hash}.jpg"


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
        "Import", models.PROTECT, null=True, blank=True, related_name="videos", verbose_name=_("import")
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
            "video_tags": VideoTag.objects.none(),
        }
        self.reviewed_at = None


class Import(models.Model):
    """One intake: a folder, a table of rows, or a call of the API."""

    class Kind(models.TextChoices):
        FOLDER = "folder", _("folder of media")
        CSV = "csv", _("CSV file")
        JSONL = "jsonl", _("JSONL file")
        API = "api", _("API")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")
        DONE = "done", _("done")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    source = models.CharField(_("source"), max_length=50)
    name = models.CharField(_("file"), max_length=300)  # as its user knows it
    path = models.TextField(_("path"))  # of the table or folder on this machine
    media_folder = models.TextField(_("media folder"), blank=True)  # nothing outside it is read
    mapping = models.JSONField(_("columns"), default=dict)  # our field -> their column
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, null=True, blank=True, verbose_name=_("business line")
    )  # that existing tags belong to
    position = models.PositiveBigIntegerField(
        _("rows read"), default=0
    )  # rows read and committed; a restart goes on from here
    total = models.PositiveBigIntegerField(_("rows"), null=True, blank=True)  # rows, when they could be counted cheaply
    imported = models.PositiveBigIntegerField(_("new videos"), default=0)
    known = models.PositiveBigIntegerField(_("known videos"), default=0)  # rows whose video was already there
    failed = models.PositiveBigIntegerField(_("rows refused"), default=0)
    error = models.TextField(_("error"), blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tagging:import", args=[self.pk])


class RowError(models.Model):
    """Why one row of an import, or its media, was not taken."""

    imported_by = models.ForeignKey(Import, models.CASCADE, related_name="errors")
    line = models.PositiveBigIntegerField(_("line"))
    field = models.CharField(_("column"), max_length=50, blank=True)
    reason = models.TextField(_("reason"))
    value = models.TextField(_("value"), blank=True)

    class Meta:
        ordering = ["line", "pk"]
        constraints = [
            # An import that starts again after a crash must not say the same thing twice.
            models.UniqueConstraint(fields=["imported_by", "line", "field"], name="one_error_a_field")
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


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


class LinePolicy(models.Model):
    """What one business line wants shown. The numbers of `tagging.policy.Policy`."""

    business_line = models.OneToOneField(
        BusinessLine, models.CASCADE, related_name="policy", verbose_name=_("business line")
    )
    threshold = models.FloatField(_("least confidence"), default=0.3)
    limit = models.PositiveSmallIntegerField(_("most tags"), default=10)
    auto_accept = models.FloatField(
        _("accept without a person from"), null=True, blank=True, help_text=_("Empty: a person sees each clip.")
    )
    audit_share = models.FloatField(
        _("audit slice"),
        null=True,
        blank=True,
        help_text=_(
            "Share of clips (0 to 1) that a person sees in any case, drawn at random. Quality is measured on them. "
            "Empty: as everywhere in this installation."
        ),
    )
    subtrees = models.ManyToManyField(
        Tag, blank=True, related_name="+", verbose_name=_("only these branches"), help_text=_("Empty: all.")
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=0, threshold__lte=1), name="threshold_is_0_to_1"),
            models.CheckConstraint(
                condition=Q(auto_accept=None) | Q(auto_accept__gte=0.5, auto_accept__lte=1), name="auto_accept_is_sure"
            ),
            models.CheckConstraint(
                condition=Q(audit_share=None) | Q(audit_share__gte=0, audit_share__lte=1), name="audit_share_is_0_to_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.business_line}"
