"""Attempts at a video are counted, and a failure has a kind that pages can say in words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tagging", "0005_leaner_indexes")]

    operations = [
        migrations.AddField(
            model_name="video",
            name="suggest_attempts",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="attempts at suggestions"),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(condition=models.Q(("suggest_attempts__gt", 0)), fields=["id"], name="video_tried"),
        ),
        migrations.AddField(
            model_name="suggestionset",
            name="failure",
            field=models.CharField(
                blank=True,
                choices=[
                    (
                        "models",
                        "The models could not make anything of this video. Its clip may hold something unusual.",
                    ),
                    (
                        "worker",
                        "Workers stopped again and again while they looked at this video, so it was left alone.",
                    ),
                ],
                db_default="",
                max_length=10,
                verbose_name="failure",
            ),
        ),
        migrations.RunSQL(
            "UPDATE tagging_suggestionset SET failure = 'models' WHERE error <> ''", migrations.RunSQL.noop
        ),
    ]
