"""Sums over weeks, months and all time, so that no page reads more than a few spans. They are counted anew."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

COUNT_ANEW = """
DELETE FROM annotation_workday;
DELETE FROM annotation_unfolded;
INSERT INTO annotation_unfolded (review_id) SELECT id FROM annotation_review WHERE kind <> 'import';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0018_prospects"),
        ("registry", "0004_triggers"),
        ("taxonomy", "0007_guideline_to_confirm"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name="confusionweek",
            name="business_line",
        ),
        migrations.RemoveField(
            model_name="confusionweek",
            name="replacement",
        ),
        migrations.RemoveField(
            model_name="confusionweek",
            name="tag",
        ),
        migrations.RemoveField(
            model_name="tagweek",
            name="business_line",
        ),
        migrations.RemoveField(
            model_name="tagweek",
            name="model_version",
        ),
        migrations.RemoveField(
            model_name="tagweek",
            name="tag",
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
            },
        ),
        migrations.DeleteModel(
            name="ConfidenceWeek",
        ),
        migrations.DeleteModel(
            name="ConfusionWeek",
        ),
        migrations.DeleteModel(
            name="TagWeek",
        ),
        migrations.AddConstraint(
            model_name="confidencesum",
            constraint=models.UniqueConstraint(
                fields=("span", "start", "business_line", "reviewer", "model_version", "bin"),
                name="one_confidence_sum",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="confusionsum",
            constraint=models.UniqueConstraint(
                fields=("span", "start", "business_line", "tag", "replacement"),
                name="one_confusion_sum",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="tagsum",
            constraint=models.UniqueConstraint(
                fields=("span", "start", "business_line", "model_version", "tag"),
                name="one_tag_sum",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(COUNT_ANEW, migrations.RunSQL.noop),
    ]
