"""People, queue, reviews, probes, agreement, groups, learning and sums; what the database itself promises stands first."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# Reviews, verdicts, answers of probes and rulings are never changed or deleted; an undo is a new row.
FORBID = """
CREATE FUNCTION annotation_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annotation_review
    FOR EACH ROW EXECUTE FUNCTION annotation_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annotation_verdict
    FOR EACH ROW EXECUTE FUNCTION annotation_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annotation_probeanswer
    FOR EACH ROW EXECUTE FUNCTION annotation_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annotation_ruling
    FOR EACH ROW EXECUTE FUNCTION annotation_append_only();
"""
ALLOW = """
DROP TRIGGER append_only ON annotation_ruling;
DROP TRIGGER append_only ON annotation_probeanswer;
DROP TRIGGER append_only ON annotation_verdict;
DROP TRIGGER append_only ON annotation_review;
DROP FUNCTION annotation_append_only();
"""
# The sums of the quality pages do not have a new review yet.
NOTE = """
CREATE FUNCTION annotation_note_unfolded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotation_unfolded (review_id) SELECT id FROM arrived WHERE kind <> 'import';
    RETURN NULL;
END $$;
CREATE TRIGGER unfolded AFTER INSERT ON annotation_review REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION annotation_note_unfolded();
"""
FORGET = """
DROP TRIGGER unfolded ON annotation_review;
DROP FUNCTION annotation_note_unfolded();
"""


class Migration(migrations.Migration):
    initial = True

    # Databases that went step by step count as having made this one step.
    replaces = [
        ("annotation", "0001_initial"),
        ("annotation", "0002_append_only"),
        ("annotation", "0003_tasks_held"),
        ("annotation", "0004_first_password"),
        ("annotation", "0005_labels"),
        ("annotation", "0006_guideline_reading"),
        ("annotation", "0007_leaner_indexes"),
        ("annotation", "0008_re_review"),
        ("annotation", "0009_audit_slice"),
        ("annotation", "0010_effort"),
        ("annotation", "0011_agreement"),
        ("annotation", "0012_quality"),
        ("annotation", "0013_probes"),
        ("annotation", "0014_learning"),
        ("annotation", "0015_gold"),
        ("annotation", "0016_agreement_figures"),
        ("annotation", "0017_second_looks"),
        ("annotation", "0018_prospects"),
        ("annotation", "0019_quality_spans"),
        ("annotation", "0020_clip_groups"),
        ("annotation", "0021_temporal_verdicts"),
        ("annotation", "0022_shortcuts"),
        ("annotation", "0023_assignment"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("auth", "__first__"),
        ("registry", "0001_squashed"),
        ("tagging", "0001_squashed"),
        ("taxonomy", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="FirstPassword",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        ),
        migrations.CreateModel(
            name="PriorityScale",
            fields=[
                (
                    "business_line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="taxonomy.businessline",
                    ),
                ),
                ("quantiles", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("review", "review"), ("import", "import"), ("undo", "undo"), ("gold", "gold clip")],
                        default="review",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("operation", models.UUIDField(unique=True, verbose_name="operation")),
                ("seconds", models.FloatField(blank=True, null=True, verbose_name="seconds of work")),
                ("keystrokes", models.PositiveIntegerField(blank=True, null=True, verbose_name="keys pressed")),
                ("edits", models.PositiveIntegerField(blank=True, null=True, verbose_name="changes made")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="sent"),
                ),
                (
                    "model_version",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.modelversion",
                        verbose_name="model version",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewer",
                    ),
                ),
                (
                    "taxonomy_version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.taxonomyversion",
                        verbose_name="taxonomy version",
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="annotation.review",
                        verbose_name="undoes",
                    ),
                ),
            ],
            options={"verbose_name": "review", "verbose_name_plural": "reviews"},
        ),
        migrations.CreateModel(
            name="TagExamples",
            fields=[
                (
                    "tag",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="taxonomy.tag",
                    ),
                ),
                ("examples", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Window",
            fields=[
                (
                    "business_line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="agreement",
                        serialize=False,
                        to="taxonomy.businessline",
                    ),
                ),
                ("clips", models.PositiveIntegerField()),
                ("reviews", models.PositiveIntegerField()),
                ("newest", models.BigIntegerField()),
                ("checksum", models.BigIntegerField()),
                ("since", models.DateTimeField(blank=True, null=True)),
                ("measured_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="ClipGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("likeness", models.FloatField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "business_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="taxonomy.businessline"
                    ),
                ),
            ],
            options={"verbose_name": "group of clips", "verbose_name_plural": "groups of clips"},
        ),
        migrations.CreateModel(
            name="Exam",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clips", models.PositiveSmallIntegerField()),
                ("pass_mark", models.PositiveSmallIntegerField()),
                ("right", models.PositiveIntegerField(default=0)),
                ("asked", models.PositiveIntegerField(default=0)),
                ("passed", models.BooleanField(null=True)),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "business_line", "-id"], name="exams_of_a_person")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("person", "business_line"),
                        name="one_exam_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("passed", None)),
                            models.Q(("finished_at__isnull", False), ("passed__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_finished_exam_is_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(
                        choices=[("alpha", "Krippendorff’s alpha"), ("kappa", "Cohen’s kappa")], max_length=10
                    ),
                ),
                ("value", models.FloatField()),
                ("low", models.FloatField(blank=True, null=True)),
                ("high", models.FloatField(blank=True, null=True)),
                ("clips", models.PositiveIntegerField()),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.tag",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business_line", "measure", "tag", "first", "second"),
                        name="one_figure_of_agreement",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first", None), ("second", None)),
                            models.Q(("first__isnull", False), ("second__isnull", False), ("tag", None)),
                            _connector="OR",
                        ),
                        name="a_pair_has_two_reviewers",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="GoldClip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="What the clip teaches: shown after a qualification.", verbose_name="note"
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gold",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gold",
                        to="tagging.video",
                        verbose_name="video",
                    ),
                ),
            ],
            options={
                "verbose_name": "gold clip",
                "verbose_name_plural": "gold clips",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("business_line", "video"),
                        name="a_clip_is_gold_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GoldTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wanted", models.BooleanField()),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.tag",
                    ),
                ),
                (
                    "gold",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="annotation.goldclip",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxonomy.tag"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("gold", "tag"), name="a_tag_is_gold_once")]},
        ),
        migrations.CreateModel(
            name="GroupedClip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clips",
                        to="annotation.clipgroup",
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tagging.video"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("group", "video"), name="once_in_a_group")]},
        ),
        migrations.CreateModel(
            name="GroupReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation", models.UUIDField(unique=True)),
                ("choices", models.JSONField()),
                ("left_out", models.JSONField(default=list)),
                ("seconds", models.FloatField(blank=True, null=True)),
                ("keystrokes", models.PositiveIntegerField(blank=True, null=True)),
                ("edits", models.PositiveIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("left_alone", models.JSONField(default=list)),
                (
                    "business_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxonomy.businessline"
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "group review",
                "verbose_name_plural": "group reviews",
                "indexes": [models.Index(fields=["reviewer", "-id"], name="group_reviews_of_a_person")],
            },
        ),
        migrations.CreateModel(
            name="GuidelineReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "guideline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="taxonomy.guideline"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "reading of a guideline",
                "verbose_name_plural": "readings of guidelines",
                "constraints": [models.UniqueConstraint(fields=("person", "guideline"), name="read_once")],
            },
        ),
        migrations.CreateModel(
            name="LearningSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "share",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="share of new videos, in percent",
                    ),
                ),
                (
                    "margin",
                    models.FloatField(
                        default=3.0,
                        help_text="A smaller number needs more reviews: half the points, four times the clips.",
                        validators=[
                            django.core.validators.MinValueValidator(0.5),
                            django.core.validators.MaxValueValidator(20.0),
                        ],
                        verbose_name="points of acceptance that count as no worse",
                    ),
                ),
                (
                    "fewest",
                    models.PositiveIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(50),
                            django.core.validators.MaxValueValidator(100000),
                        ],
                        verbose_name="reviewed clips of each version before anything is decided",
                    ),
                ),
                (
                    "audited_only",
                    models.BooleanField(
                        default=False,
                        help_text="Slower, but neither version chooses which of its clips people see.",
                        verbose_name="count the audit slice only",
                    ),
                ),
                (
                    "promotes",
                    models.BooleanField(
                        default=False,
                        help_text="Otherwise an admin is asked to. A version that does worse is rolled back in any case.",
                        verbose_name="promote it as soon as it has shown to be no worse",
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                (
                    "verdicts",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: never for that reason.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(100)],
                        verbose_name="Train after so many new verdicts",
                    ),
                ),
                (
                    "drift",
                    models.BooleanField(
                        default=False,
                        help_text="Watched on the audit slice: how many of its tags are accepted, and how true its confidences are.",
                        verbose_name="Train when the active version gets worse",
                    ),
                ),
                (
                    "drift_reviews",
                    models.PositiveIntegerField(
                        default=300,
                        help_text="With more, smaller changes are found, later.",
                        validators=[
                            django.core.validators.MinValueValidator(100),
                            django.core.validators.MaxValueValidator(100000),
                        ],
                        verbose_name="audited reviews that are looked at together",
                    ),
                ),
                (
                    "alarm_rate",
                    models.FloatField(
                        choices=[
                            (0.05, "at most one in 20 windows"),
                            (0.01, "at most one in 100 windows"),
                            (0.001, "at most one in 1,000 windows"),
                        ],
                        default=0.01,
                        verbose_name="false alarms",
                    ),
                ),
                (
                    "every_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: never for that reason. A day on which nothing new was reviewed is passed over.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="Train every so many days",
                    ),
                ),
                (
                    "hour",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MaxValueValidator(23)],
                        verbose_name="at this hour (0–23)",
                    ),
                ),
                ("stack", models.CharField(blank=True, max_length=50, verbose_name="stack")),
                (
                    "sequel",
                    models.CharField(
                        choices=[
                            ("waits", "It waits for a person."),
                            ("canary", "It becomes a canary."),
                            ("promoted", "It becomes the active version."),
                        ],
                        default="waits",
                        max_length=10,
                        verbose_name="Nothing speaks against the new version",
                    ),
                ),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of the learning",
                "verbose_name_plural": "settings of the learning",
                "ordering": ["-number"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("hour__lte", 23)), name="an_hour_of_the_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProbeAnswer",
            fields=[
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="probe_answer",
                        serialize=False,
                        to="annotation.review",
                    ),
                ),
                ("choice", models.CharField(blank=True, db_default="", max_length=10)),
                ("said", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Unfolded",
            fields=[
                (
                    "review",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="annotation.review",
                    ),
                )
            ],
            options={"verbose_name": "unfolded", "verbose_name_plural": "unfolded"},
        ),
        migrations.CreateModel(
            name="GroupReviewItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("before", models.JSONField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="annotation.groupreview"
                    ),
                ),
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="group_item", to="annotation.review"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Prospect",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "video", "business_line", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("candidates", models.BinaryField()),
                ("novelty", models.FloatField(null=True)),
                ("conflicts", models.PositiveSmallIntegerField()),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tagging.video",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("passed", "passed"), ("waived", "waived"), ("revoked", "revoked")], max_length=10
                    ),
                ),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "business_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="taxonomy.businessline"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="qualifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "qualification",
                "verbose_name_plural": "qualifications",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "business_line"), name="one_qualification_a_line")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "tasks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("seed", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "guideline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="taxonomy.guideline"
                    ),
                ),
            ],
            options={"verbose_name": "repeated review", "verbose_name_plural": "repeated reviews", "ordering": ["-pk"]},
        ),
        migrations.CreateModel(
            name="ReviewTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slot", models.PositiveSmallIntegerField(default=1, verbose_name="slot")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("claimed", "in review"),
                            ("done", "done"),
                            ("skipped", "skipped"),
                            ("spare", "kept for a gold clip"),
                        ],
                        db_default="waiting",
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("priority", models.FloatField(db_default=0.0, default=0.0, verbose_name="priority")),
                ("why", models.JSONField(blank=True, default=dict, verbose_name="reasons for the priority")),
                ("audit", models.BooleanField(db_default=False, default=False, verbose_name="audit slice")),
                ("lease_until", models.DateTimeField(blank=True, null=True, verbose_name="lease until")),
                ("token", models.PositiveBigIntegerField(db_default=0, default=0, verbose_name="lease number")),
                ("skip_reason", models.TextField(blank=True, db_default="", verbose_name="reason for skipping")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="opened"),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="taxonomy.businessline",
                        verbose_name="business line",
                    ),
                ),
                (
                    "current_review",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotation.review",
                        verbose_name="review in force",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewer",
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="tagging.video",
                        verbose_name="video",
                    ),
                ),
            ],
            options={
                "verbose_name": "review task",
                "verbose_name_plural": "review tasks",
                "indexes": [
                    models.Index(
                        models.F("business_line"),
                        models.OrderBy(models.F("priority"), descending=True),
                        models.F("id"),
                        condition=models.Q(("assignee", None), ("state__in", ["waiting", "claimed"])),
                        name="task_queue",
                    ),
                    models.Index(
                        models.F("assignee"),
                        models.F("business_line"),
                        models.OrderBy(models.F("priority"), descending=True),
                        models.F("id"),
                        condition=models.Q(("assignee__isnull", False), ("state__in", ["waiting", "claimed"])),
                        name="tasks_assigned",
                    ),
                    models.Index(
                        condition=models.Q(("state", "done")), fields=["reviewer", "-done_at"], name="tasks_done_by"
                    ),
                    models.Index(condition=models.Q(("state", "claimed")), fields=["reviewer"], name="tasks_held_by"),
                    models.Index(
                        condition=models.Q(("state", "spare")),
                        fields=["business_line", "video"],
                        name="tasks_kept_for_gold",
                    ),
                    models.Index(
                        condition=models.Q(("slot__gt", 1), ("state", "done")),
                        fields=["business_line", "-done_at"],
                        name="overlapping_tasks",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("video", "business_line", "slot"), name="one_task_a_slot"),
                    models.UniqueConstraint(
                        condition=models.Q(("reviewer__isnull", False)),
                        fields=("video", "business_line", "reviewer"),
                        name="one_slot_a_reviewer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "claimed"), _negated=True),
                            models.Q(("lease_until__isnull", False), ("reviewer__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_claim_has_a_lease",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="review",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                to="annotation.reviewtask",
                verbose_name="review task",
            ),
        ),
        migrations.CreateModel(
            name="Probe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("gold", "gold clip"),
                            ("blind", "without suggestions"),
                            ("wrong", "a wrong tag added"),
                            ("missing", "a right tag left out"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("shown", models.JSONField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "exam",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="probes",
                        to="annotation.exam",
                    ),
                ),
                (
                    "gold",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="probes",
                        to="annotation.goldclip",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewer",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.tag",
                        verbose_name="tag",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="probes",
                        to="annotation.reviewtask",
                    ),
                ),
            ],
            options={
                "verbose_name": "probe",
                "verbose_name_plural": "probes",
                "indexes": [
                    models.Index(fields=["reviewer", "kind"], name="probes_of_a_person"),
                    models.Index(
                        condition=models.Q(("gold__isnull", False)), fields=["gold"], name="probes_of_a_gold_clip"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("task", "reviewer"), name="one_probe_a_task_and_reviewer"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["wrong", "missing"]), ("tag__isnull", False)),
                            models.Q(("kind__in", ["gold", "blind"]), ("tag__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_probe_names_its_tag",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("gold__isnull", False), ("kind", "gold")),
                            models.Q(models.Q(("kind", "gold"), _negated=True), ("exam", None), ("gold", None)),
                            _connector="OR",
                        ),
                        name="a_gold_probe_names_its_clip",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "wrong"), ("shown__isnull", False)),
                            models.Q(models.Q(("kind", "wrong"), _negated=True), ("shown", None)),
                            _connector="OR",
                        ),
                        name="a_seeded_tag_looks_like_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "giver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hand_overs",
                        to="annotation.reviewtask",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Ruling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "choice",
                    models.CharField(
                        choices=[("accept", "accept"), ("reject", "reject"), ("undo", "taken back")],
                        max_length=10,
                        verbose_name="ruling",
                    ),
                ),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="ruled"),
                ),
                (
                    "adjudicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="adjudicator",
                    ),
                ),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.businessline",
                        verbose_name="business line",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rulings",
                        to="taxonomy.tag",
                        verbose_name="tag",
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rulings",
                        to="tagging.video",
                    ),
                ),
            ],
            options={
                "verbose_name": "ruling",
                "verbose_name_plural": "rulings",
                "permissions": [("adjudicate", "Can rule on disputed tags and answer questions")],
                "indexes": [models.Index(fields=["business_line", "tag", "-id"], name="rulings_on_a_tag")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("video", "business_line", "tag", "number"), name="one_ruling_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("choice__in", ["accept", "reject"]),
                            models.Q(("choice", "undo"), ("number__gt", 1)),
                            _connector="OR",
                        ),
                        name="an_undo_follows_a_ruling",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("refused", models.BooleanField()),
                ("confidence", models.FloatField()),
                ("gain", models.FloatField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("missing", models.BooleanField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "model_version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registry.modelversion",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="annotation.review",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.tag",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="annotation.reviewtask",
                    ),
                ),
            ],
            options={
                "verbose_name": "second look",
                "verbose_name_plural": "second looks",
                "indexes": [
                    models.Index(
                        models.F("business_line"),
                        models.OrderBy(models.F("gain"), descending=True),
                        models.F("id"),
                        condition=models.Q(("answered_at", None)),
                        name="second_looks",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("task", "tag"), name="one_second_look_a_tag"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("answered_by", None), ("missing", None)),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("missing__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="an_answer_has_its_author",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shortcut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("command", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=20)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "command"), name="one_key_a_command"),
                    models.UniqueConstraint(fields=("person", "key"), name="one_command_a_key"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sensitivity", models.FloatField()),
                ("specificity", models.FloatField()),
                ("share", models.FloatField()),
                ("answers", models.PositiveIntegerField()),
                ("learned_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business_line", "reviewer"), name="one_skill_a_reviewer", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sensitivity__gt", 0),
                            ("sensitivity__lt", 1),
                            ("share__gt", 0),
                            ("share__lt", 1),
                            ("specificity__gt", 0),
                            ("specificity__lt", 1),
                        ),
                        name="nobody_is_infallible",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="TagSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accepted", models.IntegerField()),
                ("rejected", models.IntegerField()),
                ("replaced", models.IntegerField()),
                ("added", models.IntegerField()),
                (
                    "span",
                    models.CharField(
                        choices=[("w", "Week"), ("m", "Month"), ("a", "All"), ("v", "Version")], max_length=1
                    ),
                ),
                ("start", models.DateField(null=True)),
                ("put", models.IntegerField()),
                ("unclear", models.IntegerField()),
                ("found", models.IntegerField()),
                ("missed", models.IntegerField()),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "model_version",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registry.modelversion",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="taxonomy.tag"
                    ),
                ),
            ],
            options={
                "verbose_name": "verdicts on a tag",
                "verbose_name_plural": "verdicts on a tag",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("span", "start", "business_line", "model_version", "tag"),
                        name="one_tag_sum",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TagWeight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weight",
                    models.FloatField(
                        help_text="1 is usual; 2 makes clips that probably show it come earlier, 0 makes it count for nothing.",
                        verbose_name="weight",
                    ),
                ),
                (
                    "business_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tag_weights",
                        to="taxonomy.businessline",
                        verbose_name="business line",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.tag",
                        verbose_name="tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "weight of a tag",
                "verbose_name_plural": "weights of tags",
                "constraints": [
                    models.UniqueConstraint(fields=("business_line", "tag"), name="one_weight_a_tag_and_line"),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 0), ("weight__lte", 10)), name="weight_is_0_to_10"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Trust",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("right", models.PositiveIntegerField()),
                ("wrong", models.PositiveIntegerField()),
                ("rate", models.FloatField()),
                ("learned_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.tag",
                    ),
                ),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reviewer", "business_line", "branch"), name="one_trust_a_branch", nulls_distinct=False
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="TrustPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("blind", models.FloatField(db_default=1.0, default=1.0, verbose_name="clips without suggestions, %")),
                (
                    "wrong",
                    models.FloatField(db_default=1.0, default=1.0, verbose_name="clips with a wrong tag added, %"),
                ),
                (
                    "missing",
                    models.FloatField(db_default=1.0, default=1.0, verbose_name="clips with a right tag left out, %"),
                ),
                (
                    "gold_least",
                    models.FloatField(db_default=1.0, default=1.0, verbose_name="gold clips for who is proven, %"),
                ),
                (
                    "gold_most",
                    models.FloatField(db_default=8.0, default=8.0, verbose_name="gold clips for who is in doubt, %"),
                ),
                (
                    "qualify_clips",
                    models.PositiveSmallIntegerField(
                        db_default=5,
                        default=5,
                        help_text="0 lets everybody in. So many gold clips are needed before the line asks anybody.",
                        verbose_name="gold clips to qualify",
                    ),
                ),
                (
                    "pass_mark",
                    models.PositiveSmallIntegerField(
                        db_default=80, default=80, verbose_name="right answers to pass, %"
                    ),
                ),
                (
                    "business_line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="trust_policy",
                        to="taxonomy.businessline",
                        verbose_name="business line",
                    ),
                ),
            ],
            options={
                "verbose_name": "trust policy",
                "verbose_name_plural": "trust policies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("blind__gte", 0),
                            ("missing__gte", 0),
                            ("wrong__gte", 0),
                            ("blind__lte", 30.0),
                            ("missing__lte", 30.0),
                            ("wrong__lte", 30.0),
                        ),
                        name="probes_stay_rare",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gold_least__gte", 0), ("gold_most__gte", models.F("gold_least")), ("gold_most__lte", 30.0)
                        ),
                        name="gold_stays_rare",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pass_mark__gte", 1), ("pass_mark__lte", 100)), name="pass_mark_is_1_to_100"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Verdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.CharField(
                        choices=[("accept", "accept"), ("reject", "reject"), ("replace", "replace"), ("add", "add")],
                        max_length=10,
                        verbose_name="verdict",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wrong", "not in the clip"),
                            ("minor", "only in passing"),
                            ("general", "too general"),
                            ("guideline", "against the guideline"),
                            ("rule", "against a rule"),
                            ("other", "other"),
                        ],
                        db_default="",
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                ("start", models.FloatField(blank=True, null=True, verbose_name="from second")),
                ("end", models.FloatField(blank=True, null=True, verbose_name="to second")),
                ("confidence", models.FloatField(blank=True, null=True, verbose_name="confidence")),
                (
                    "guideline",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.guideline",
                    ),
                ),
                (
                    "replacement",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.tag",
                        verbose_name="replaced by",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verdicts",
                        to="annotation.review",
                    ),
                ),
                (
                    "suggestion",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tagging.suggestion",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verdicts",
                        to="taxonomy.tag",
                        verbose_name="tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "verdict",
                "verbose_name_plural": "verdicts",
                "indexes": [
                    models.Index(
                        condition=models.Q(("replacement__isnull", False)),
                        fields=["replacement"],
                        name="verdicts_of_replacement",
                    ),
                    models.Index(
                        condition=models.Q(("suggestion__isnull", False)),
                        fields=["suggestion"],
                        name="verdicts_of_suggestion",
                    ),
                    models.Index(
                        condition=models.Q(("guideline__isnull", False)),
                        fields=["guideline"],
                        name="verdicts_of_guideline",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("review", "tag"), name="one_verdict_a_tag"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("choice", "replace"), ("replacement__isnull", False)),
                            models.Q(models.Q(("choice", "replace"), _negated=True), ("replacement", None)),
                            _connector="OR",
                        ),
                        name="a_replacement_is_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end", None), ("start", None)),
                            models.Q(
                                ("end__gt", models.F("start")),
                                ("end__isnull", False),
                                ("start__gte", 0),
                                models.Q(("choice", "reject"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_span_is_a_part_of_the_clip",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accepted", models.IntegerField()),
                ("rejected", models.IntegerField()),
                ("replaced", models.IntegerField()),
                ("added", models.IntegerField()),
                ("day", models.DateField()),
                ("reviews", models.IntegerField()),
                ("timed", models.IntegerField()),
                ("seconds", models.FloatField()),
                ("counted", models.IntegerField()),
                ("keystrokes", models.IntegerField()),
                ("edits", models.IntegerField()),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "work of a day",
                "verbose_name_plural": "work of a day",
                "permissions": [("view_quality", "Can look at the quality of the work")],
                "constraints": [
                    models.UniqueConstraint(fields=("day", "business_line", "reviewer"), name="one_work_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="CanaryLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("sides", models.JSONField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "canary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="registry.canary"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("canary", "number"), name="a_look_has_its_number")],
            },
        ),
        migrations.CreateModel(
            name="ClipLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="looks",
                        to="annotation.clipgroup",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tagging.video"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("group", "reviewer", "video"), name="one_look_a_clip")]
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="text")),
                ("question", models.BooleanField(default=False, verbose_name="question")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("news", models.BooleanField(db_default=False, default=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="written"),
                ),
                (
                    "answers",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers_given",
                        to="annotation.comment",
                        verbose_name="question",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.businessline",
                        verbose_name="business line",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="tagging.video",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "indexes": [
                    models.Index(fields=["video", "business_line", "id"], name="comments_on_a_video"),
                    models.Index(
                        condition=models.Q(("closed_at", None), ("question", True)),
                        fields=["business_line", "id"],
                        name="open_questions",
                    ),
                    models.Index(
                        condition=models.Q(("question", True)), fields=["author", "-id"], name="own_questions"
                    ),
                    models.Index(condition=models.Q(("news", True)), fields=["author"], name="answers_not_seen"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("question", False), ("answers", None), _connector="OR"),
                        name="an_answer_is_no_question",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("closed_by", None)),
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False), ("question", True)),
                            _connector="OR",
                        ),
                        name="only_questions_are_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="a_comment_says_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConfidenceSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "span",
                    models.CharField(
                        choices=[("w", "Week"), ("m", "Month"), ("a", "All"), ("v", "Version")], max_length=1
                    ),
                ),
                ("start", models.DateField(null=True)),
                ("bin", models.PositiveSmallIntegerField()),
                ("shown", models.IntegerField()),
                ("accepted", models.IntegerField()),
                ("confidence", models.FloatField()),
                ("audit_shown", models.IntegerField()),
                ("audit_accepted", models.IntegerField()),
                ("audit_confidence", models.FloatField()),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "model_version",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registry.modelversion",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "proposals by confidence",
                "verbose_name_plural": "proposals by confidence",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("span", "start", "business_line", "reviewer", "model_version", "bin"),
                        name="one_confidence_sum",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConfusionSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "span",
                    models.CharField(
                        choices=[("w", "Week"), ("m", "Month"), ("a", "All"), ("v", "Version")], max_length=1
                    ),
                ),
                ("start", models.DateField(null=True)),
                ("count", models.IntegerField()),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "replacement",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="taxonomy.tag"
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="taxonomy.tag"
                    ),
                ),
            ],
            options={
                "verbose_name": "replacements",
                "verbose_name_plural": "replacements",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("span", "start", "business_line", "tag", "replacement"),
                        name="one_confusion_sum",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consensus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("confidence", models.FloatField()),
                ("given", models.BooleanField()),
                ("yes", models.PositiveSmallIntegerField()),
                ("no", models.PositiveSmallIntegerField()),
                ("silent", models.PositiveSmallIntegerField()),
                ("ruled", models.BooleanField()),
                ("doubt", models.FloatField()),
                ("settled_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "business_line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.tag",
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tagging.video",
                    ),
                ),
            ],
            options={
                "verbose_name": "consensus",
                "verbose_name_plural": "consensus",
                "indexes": [
                    models.Index(
                        models.F("business_line"),
                        models.OrderBy(models.F("doubt"), descending=True),
                        models.F("id"),
                        condition=models.Q(("doubt__gt", 0)),
                        name="disputes",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("video", "business_line", "tag"), name="one_consensus_a_tag"),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0), ("confidence__lte", 1)), name="consensus_is_0_to_1"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DriftWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("reviews", models.PositiveIntegerField()),
                ("last_review", models.PositiveBigIntegerField()),
                ("accepted", models.JSONField()),
                ("brier", models.JSONField()),
                ("acceptance_p", models.FloatField(null=True)),
                ("brier_p", models.FloatField(null=True)),
                ("alarm_rate", models.FloatField(null=True)),
                ("closed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "promotion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.promotion"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("promotion", "number"), name="a_window_is_closed_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="probeanswer",
            name="probe",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="annotation.probe"
            ),
        ),
        migrations.AddIndex(
            model_name="review", index=models.Index(fields=["reviewer", "-id"], name="reviews_of_a_person")
        ),
        migrations.AddIndex(
            model_name="review",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["created_at"], name="reviews_in_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "undo"), ("undoes__isnull", False)),
                    models.Q(models.Q(("kind", "undo"), _negated=True), ("undoes", None)),
                    _connector="OR",
                ),
                name="an_undo_names_its_review",
            ),
        ),
        migrations.RunSQL(FORBID, ALLOW),
        migrations.RunSQL(NOTE, FORGET),
    ]
