"""What programs send about people's work, and what they are answered."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from rest_framework import serializers

from annotation.forms import LONGEST, MISTAKES, MOST_STEPS, MOST_TAGS
from annotation.models import Review, ReviewTask, Verdict
from annotation.people import ROLE_NAMES
from annotation.person_forms import NewPersonForm
from annotation.verdicts import Effort, Said, mistakes
from taxonomy.models import BusinessLine


class LineField(serializers.SlugRelatedField):
    """A business line that this person may see, by its slug."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="slug", queryset=BusinessLine.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        return BusinessLine.objects.of(self.context["request"].user)


class ClaimSerializer(serializers.Serializer):
    line = LineField()
    leave = serializers.ListField(
        child=serializers.IntegerField(), required=False, max_length=10, help_text="Tasks not to be given."
    )


class TokenSerializer(serializers.Serializer):
    token = serializers.IntegerField(min_value=0, help_text="Of the claim.")


class SkipSerializer(TokenSerializer):
    reason = serializers.CharField(max_length=500)


class LeaseSerializer(serializers.Serializer):
    lease_until = serializers.DateTimeField()


class SaidSerializer(serializers.Serializer):
    tag = serializers.IntegerField()
    choice = serializers.ChoiceField(Verdict.Choice.choices)
    reason = serializers.ChoiceField(Verdict.Reason.choices, required=False, default="", allow_blank=True)
    replacement = serializers.IntegerField(required=False, allow_null=True, default=None)
    start = serializers.FloatField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        help_text="Seconds: where the tag, or its replacement, begins to hold. With `end`; not with reject.",
    )
    end = serializers.FloatField(
        required=False, allow_null=True, default=None, help_text="Seconds: where it ends, within the clip's length."
    )


class SubmitSerializer(TokenSerializer):
    operation = serializers.UUIDField(help_text="Made by the client; sent twice, stored once.")
    verdicts = SaidSerializer(many=True, max_length=MOST_TAGS)  # type: ignore[call-arg]  # the list takes it
    model_version = serializers.IntegerField(required=False, allow_null=True, default=None)
    seconds = serializers.FloatField(required=False, allow_null=True, default=None, min_value=0, max_value=LONGEST)
    keystrokes = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=MOST_STEPS
    )
    edits = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=MOST_STEPS, help_text="Verdicts changed."
    )
    confirmed = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        default=[],
        max_length=MOST_TAGS,
        help_text="Ids of guidelines that the reviewer confirms to have read.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        effort = Effort(*(attrs.pop(name) for name in ("seconds", "keystrokes", "edits")))
        return {**attrs, "effort": effort}

    def validate_verdicts(self, value: list[dict[str, Any]]) -> list[Said]:
        said = [Said(**verdict) for verdict in value]
        if wrong := [f"{field}: {MISTAKES[mistake]}" for field, mistake in mistakes(said)]:
            raise serializers.ValidationError(wrong)
        return said


class UndoSerializer(serializers.Serializer):
    operation = serializers.UUIDField()
    review = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="Empty: the last one.")


class FiguresSerializer(serializers.Serializer):
    today = serializers.IntegerField()
    seconds = serializers.FloatField(allow_null=True)
    waiting = serializers.IntegerField()


class StoredSerializer(serializers.Serializer):
    review = serializers.IntegerField()
    stats = FiguresSerializer()


class RepairSerializer(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field is no attribute
    remove = serializers.ListField(child=serializers.IntegerField())
    add = serializers.ListField(child=serializers.IntegerField())


class ConflictSerializer(serializers.Serializer):
    rule = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    text = serializers.CharField()
    tags = serializers.ListField(child=serializers.IntegerField())
    repairs = RepairSerializer(many=True)


class FieldErrorSerializer(serializers.Serializer):
    field = serializers.CharField()
    text = serializers.CharField()


class RefusedSerializer(serializers.Serializer):
    conflicts = ConflictSerializer(many=True)
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]  # a declared field is no attribute


class ProblemSerializer(serializers.Serializer):
    error = serializers.CharField()
    message = serializers.CharField()


class EvidenceSerializer(serializers.Serializer):
    words = serializers.ListField(child=serializers.CharField())
    moment = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="Seconds: from, to.")
    similar = serializers.ListField(child=serializers.IntegerField(), help_text="Videos.")
    recallers = serializers.DictField(child=serializers.FloatField())
    context = serializers.ListField(  # type: ignore[assignment]  # a declared field is no attribute
        child=serializers.ListField(child=serializers.CharField()), help_text="Field (uploader, program) and words."
    )
    box = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="A face: second; left, top, width, height in per cent of the picture.",
    )
    stretches = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="When the tag holds: from and to in seconds, and how sure it is there.",
    )
    path = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Relation and tag, from a known tag on."
    )

    def to_representation(self, evidence: Any) -> dict[str, Any]:
        return {
            "words": list(evidence.words),
            "moment": evidence.moment and list(evidence.moment),
            "similar": [video.id for video in evidence.similar],
            "recallers": dict(evidence.recallers),
            "context": [list(pair) for pair in evidence.context],
            "box": evidence.box and list(evidence.box),
            "stretches": [list(stretch) for stretch in evidence.stretches],
            "path": [list(step) for step in evidence.path],
        }


class PartSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["same", "gone", "new", "gap"])
    text = serializers.CharField()


class ChangeSerializer(serializers.Serializer):
    asked = serializers.BooleanField(help_text="Verdicts are taken once the reviewer has confirmed it.")
    former = serializers.IntegerField(allow_null=True, help_text="The version this person read last.")
    parts = PartSerializer(many=True)


class GuidelineSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    html = serializers.CharField()
    version = serializers.IntegerField()
    since = serializers.DateTimeField()
    examples = serializers.SerializerMethodField()
    counter_examples = serializers.SerializerMethodField()
    change = ChangeSerializer(source="card.change", allow_null=True)

    def get_examples(self, text: Any) -> list[int]:
        return [clip.id for clip in text.card.examples]

    def get_counter_examples(self, text: Any) -> list[int]:
        return [clip.id for clip in text.card.counter_examples]


class AddedTagSerializer(serializers.Serializer):
    tag = serializers.IntegerField()
    name = serializers.CharField()
    path = serializers.ListField(child=serializers.CharField())
    kind = serializers.CharField()
    guideline = GuidelineSerializer(allow_null=True)


class ProposedTagSerializer(AddedTagSerializer):
    confidence = serializers.FloatField()
    evidence = EvidenceSerializer()
    verdict = serializers.CharField(help_text="Of a review that was undone.")
    reason = serializers.CharField()
    replacement = serializers.IntegerField(allow_null=True)


class ClipSerializer(serializers.Serializer):
    """A task as its reviewer sees it."""

    task = serializers.IntegerField(source="task.pk")
    token = serializers.IntegerField()
    lease_until = serializers.DateTimeField()
    line = serializers.SlugField(source="line.slug")
    video = serializers.IntegerField(source="video.pk")
    title = serializers.CharField(source="video.title")
    description = serializers.CharField(source="video.description")
    cover_text = serializers.CharField(source="video.cover_text")
    uploader = serializers.CharField(source="video.uploader")
    program = serializers.CharField(source="video.program")
    media = serializers.CharField(source="media.clip", default=None, allow_null=True, help_text="Address of the clip.")
    duration = serializers.FloatField(allow_null=True)
    why = serializers.ListField(child=serializers.CharField())
    taxonomy_version = serializers.IntegerField()
    model_version = serializers.IntegerField(allow_null=True)
    proposals = ProposedTagSerializer(many=True)
    added = AddedTagSerializer(many=True)


class VerdictSerializer(serializers.ModelSerializer):
    class Meta:
        model = Verdict
        fields = ("tag", "choice", "reason", "replacement", "start", "end", "confidence")


class ReviewSerializer(serializers.ModelSerializer):
    video = serializers.IntegerField(source="task.video_id")
    line = serializers.SlugField(source="task.business_line.slug")
    reviewer = serializers.CharField(source="reviewer.username")
    kind = serializers.SerializerMethodField()
    undone = serializers.SerializerMethodField()
    verdicts = VerdictSerializer(many=True, source="told")

    class Meta:
        model = Review
        fields = (
            "id",
            "kind",
            "video",
            "line",
            "reviewer",
            "seconds",
            "keystrokes",
            "edits",
            "created_at",
            "undone",
            "verdicts",
        )

    def get_kind(self, review: Review) -> str:
        """To its reviewer a gold clip is a clip like any."""
        return Review.Kind.REVIEW if review.kind == Review.Kind.GOLD else review.kind

    def get_undone(self, review: Review) -> bool:
        return hasattr(review, "undone_by")


class SkippedSerializer(serializers.ModelSerializer):
    line = serializers.SlugField(source="business_line.slug")
    reviewer = serializers.CharField(source="reviewer.username", default=None, allow_null=True)

    class Meta:
        model = ReviewTask
        fields = ("id", "video", "line", "reviewer", "skip_reason", "done_at")


class WaitingSerializer(serializers.Serializer):
    line = serializers.SlugField()
    name = serializers.CharField()
    waiting = serializers.IntegerField()


class PersonSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="first_name")
    roles = serializers.SlugRelatedField[Group](source="groups", slug_field="name", many=True, read_only=True)
    lines = serializers.SlugRelatedField[BusinessLine](
        source="business_lines", slug_field="slug", many=True, read_only=True
    )

    class Meta:
        model = User
        fields = ("id", "username", "name", "roles", "lines", "is_active", "last_login")


class ChangedPersonSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=150, allow_blank=True, default="")
    roles = serializers.MultipleChoiceField(choices=list(ROLE_NAMES.items()))
    lines = serializers.SlugRelatedField(slug_field="slug", queryset=BusinessLine.objects.all(), many=True)


class NewPersonSerializer(ChangedPersonSerializer):
    username = serializers.CharField(max_length=150)

    def validate_username(self, value: str) -> str:
        form = NewPersonForm({"username": value})
        form.is_valid()
        if "username" in form.errors:
            raise serializers.ValidationError([str(error) for error in form.errors["username"]])
        return value


class AccessSerializer(serializers.Serializer):
    active = serializers.BooleanField()


class PasswordSerializer(serializers.Serializer):
    person = PersonSerializer()
    password = serializers.CharField(help_text="Told this once.")
