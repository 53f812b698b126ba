"""Staged rows need no write-ahead log: a crash loses at most a chunk, which is read again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tagging", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE tagging_stagedrow SET UNLOGGED;",
            "ALTER TABLE tagging_stagedrow SET LOGGED;",
        )
    ]
