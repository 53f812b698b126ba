"""Model versions, training runs, promotions and canaries; what the database itself promises stands first."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import ml.registry.canary_models

KEEP = """
CREATE FUNCTION registry_canary_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND (OLD.version_id, OLD.rival_id, OLD.share, OLD.key, OLD.margin, OLD.fewest, OLD.audited_only, OLD.promotes,
             OLD.started_at)
            IS NOT DISTINCT FROM
            (NEW.version_id, NEW.rival_id, NEW.share, NEW.key, NEW.margin, NEW.fewest, NEW.audited_only, NEW.promotes,
             NEW.started_at)
        AND (OLD.outcome = 'running'
             OR (OLD.outcome, OLD.figures, OLD.error, OLD.ended_at)
                IS NOT DISTINCT FROM (NEW.outcome, NEW.figures, NEW.error, NEW.ended_at))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a canary is kept as it was; only its end is written, once'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON registry_canary
    FOR EACH ROW EXECUTE FUNCTION registry_canary_kept();
"""
FREE = """
DROP TRIGGER kept ON registry_canary;
DROP FUNCTION registry_canary_kept();
"""


class Migration(migrations.Migration):
    initial = True

    # Databases that went step by step count as having made this one step.
    replaces = [
        ("registry", "0001_initial"),
        ("registry", "0002_training_attempt"),
        ("registry", "0003_canary"),
        ("registry", "0004_triggers"),
    ]

    dependencies = [("auth", "__first__")]

    operations = [
        migrations.CreateModel(
            name="ModelVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("candidate", "candidate"), ("active", "active"), ("retired", "retired")],
                        default="candidate",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("stack", models.CharField(max_length=50, verbose_name="stack")),
                ("bundle", models.CharField(max_length=200, unique=True)),
                ("snapshot_hash", models.CharField(max_length=64)),
                ("taxonomy_version", models.PositiveIntegerField(verbose_name="taxonomy version")),
                ("metrics", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="trained")),
                ("promoted_at", models.DateTimeField(blank=True, null=True, verbose_name="promoted")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.modelversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "model version",
                "verbose_name_plural": "model versions",
                "ordering": ["-pk"],
                "permissions": [("promote_modelversion", "Can promote a model version")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")), fields=("state",), name="one_active_model"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Canary",
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
                ("key", models.CharField(default=ml.registry.canary_models._key, editable=False, max_length=32)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("promoted", "became the active version"),
                            ("rolled_back", "rolled back"),
                            ("overtaken", "overtaken by another promotion"),
                            ("failed", "failed"),
                        ],
                        default="running",
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                ("figures", models.JSONField(default=dict)),
                ("error", models.TextField(blank=True)),
                (
                    "started_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="began"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rival",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.modelversion"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="canaries", to="registry.modelversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "canary",
                "verbose_name_plural": "canaries",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "running")), fields=("outcome",), name="one_canary"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("outcome", "running")),
                            models.Q(models.Q(("outcome", "running"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_canary_that_ended_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share__gte", 1), ("share__lte", 50)), name="a_canary_has_the_smaller_share"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version", models.F("rival")), _negated=True), name="a_canary_has_a_rival"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("objections", models.JSONField(default=list)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("hand", "by hand"),
                            ("canary", "no worse as a canary"),
                            ("training", "nothing spoke against it after its training"),
                        ],
                        db_default="hand",
                        default="hand",
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
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
                    "former",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.modelversion",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promotions",
                        to="registry.modelversion",
                    ),
                ),
            ],
            options={"ordering": ["-pk"]},
        ),
        migrations.CreateModel(
            name="TrainingRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("running", "running"),
                            ("cancelling", "stopping"),
                            ("cancelled", "cancelled"),
                            ("failed", "failed"),
                            ("done", "done"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("stack", models.CharField(max_length=50, verbose_name="stack")),
                ("snapshot", models.CharField(blank=True, max_length=200)),
                ("stage", models.CharField(blank=True, max_length=100, verbose_name="stage")),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("losses", models.JSONField(default=dict)),
                ("error", models.TextField(blank=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("hand", "by hand"),
                            ("verdicts", "new verdicts"),
                            ("drift", "drift"),
                            ("schedule", "schedule"),
                        ],
                        db_default="hand",
                        default="hand",
                        max_length=10,
                        verbose_name="asked for by",
                    ),
                ),
                ("figures", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                (
                    "sequel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("waits", "It waits for a person."),
                            ("canary", "It became a canary by itself."),
                            ("promoted", "It became the active version by itself, for nothing spoke against it."),
                        ],
                        db_default="",
                        max_length=10,
                        verbose_name="what became of its version",
                    ),
                ),
                ("snapshot_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked for")),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="run",
                        to="registry.modelversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "training run",
                "verbose_name_plural": "training runs",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.Case(models.When(state__in=["queued", "running", "cancelling"], then=1)),
                        name="one_training_at_a_time",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP, FREE),
    ]
