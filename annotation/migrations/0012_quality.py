"""Sums of verdicts, and the trigger that notes what they do not have yet."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NOTE = """
CREATE FUNCTION annotation_note_unfolded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotation_unfolded (review_id) SELECT id FROM arrived WHERE kind <> 'import';
    RETURN NULL;
END $$;
CREATE TRIGGER unfolded AFTER INSERT ON annotation_review REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION annotation_note_unfolded();
-- What was reviewed before is added to the sums in the background, as all that comes.
INSERT INTO annotation_unfolded (review_id) SELECT id FROM annotation_review WHERE kind <> 'import';
"""
FORGET = """
DROP TRIGGER unfolded ON annotation_review;
DROP FUNCTION annotation_note_unfolded();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0011_agreement"),
        ("registry", "0002_training_attempt"),
        ("taxonomy", "0007_guideline_to_confirm"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ),
            ],
            options={
                "verbose_name": "unfolded",
                "verbose_name_plural": "unfolded",
            },
        ),
        migrations.CreateModel(
            name="ConfidenceWeek",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField(null=True)),
                ("audit", models.BooleanField()),
                ("bin", models.PositiveSmallIntegerField()),
                ("shown", models.IntegerField()),
                ("accepted", models.IntegerField()),
                ("confidence", models.FloatField()),
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
                "verbose_name": "confidences of a week",
                "verbose_name_plural": "confidences of a week",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("week", "business_line", "reviewer", "model_version", "audit", "bin"),
                        name="one_confidence_week",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConfusionWeek",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField(null=True)),
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
                "verbose_name": "replacements of a week",
                "verbose_name_plural": "replacements of a week",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("week", "business_line", "tag", "replacement"),
                        name="one_confusion_week",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TagWeek",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accepted", models.IntegerField()),
                ("rejected", models.IntegerField()),
                ("replaced", models.IntegerField()),
                ("added", models.IntegerField()),
                ("week", models.DateField(null=True)),
                ("audit", models.BooleanField()),
                ("put", models.IntegerField()),
                ("unclear", models.IntegerField()),
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
                "verbose_name": "verdicts of a week",
                "verbose_name_plural": "verdicts of a week",
                "indexes": [models.Index(fields=["tag", "week"], name="weeks_of_a_tag")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("week", "business_line", "tag", "audit", "model_version"),
                        name="one_tag_week",
                        nulls_distinct=False,
                    )
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
        migrations.RunSQL(NOTE, FORGET),
    ]
