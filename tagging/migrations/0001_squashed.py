"""Videos, their import, suggestions, policies, faces and new phrases."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # Databases that went step by step count as having made this one step.
    replaces = [
        ("tagging", "0001_initial"),
        ("tagging", "0002_suggestionset_error"),
        ("tagging", "0003_carried_tags"),
        ("tagging", "0004_labels"),
        ("tagging", "0005_leaner_indexes"),
        ("tagging", "0006_failing_videos"),
        ("tagging", "0007_lighter_carried_tags"),
        ("tagging", "0008_find_what_to_carry"),
        ("tagging", "0009_gallery_of_faces"),
        ("tagging", "0010_new_phrases"),
        ("tagging", "0011_audit_share"),
    ]

    dependencies = [("auth", "__first__"), ("registry", "0001_squashed"), ("taxonomy", "0001_squashed")]

    operations = [
        migrations.CreateModel(
            name="Media",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_hash", models.CharField(max_length=64, unique=True, verbose_name="content hash")),
                ("path", models.CharField(max_length=300, verbose_name="path")),
                ("size", models.PositiveBigIntegerField(verbose_name="bytes")),
                ("duration", models.FloatField(verbose_name="seconds")),
                ("width", models.PositiveIntegerField(verbose_name="width")),
                ("height", models.PositiveIntegerField(verbose_name="height")),
                ("fps", models.FloatField(verbose_name="frames a second")),
                ("video_codec", models.CharField(blank=True, max_length=30, verbose_name="picture codec")),
                ("audio_codec", models.CharField(blank=True, max_length=30, verbose_name="sound codec")),
                (
                    "peaks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), blank=True, default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"verbose_name": "media file", "verbose_name_plural": "media files"},
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("folder", "folder of media"),
                            ("csv", "CSV file"),
                            ("jsonl", "JSONL file"),
                            ("api", "API"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("running", "running"),
                            ("cancelled", "cancelled"),
                            ("failed", "failed"),
                            ("done", "done"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("source", models.CharField(max_length=50, verbose_name="source")),
                ("name", models.CharField(max_length=300, verbose_name="file")),
                ("path", models.TextField(verbose_name="path")),
                ("media_folder", models.TextField(blank=True, verbose_name="media folder")),
                ("mapping", models.JSONField(default=dict, verbose_name="columns")),
                ("position", models.PositiveBigIntegerField(default=0, verbose_name="rows read")),
                ("total", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="rows")),
                ("imported", models.PositiveBigIntegerField(default=0, verbose_name="new videos")),
                ("known", models.PositiveBigIntegerField(default=0, verbose_name="known videos")),
                ("failed", models.PositiveBigIntegerField(default=0, verbose_name="rows refused")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True, verbose_name="last sign of life")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "business_line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="taxonomy.businessline",
                        verbose_name="business line",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
            ],
            options={"verbose_name": "import", "verbose_name_plural": "imports", "ordering": ["-pk"]},
        ),
        migrations.CreateModel(
            name="KnownPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consent", models.TextField(max_length=2000, verbose_name="consent")),
                ("consent_on", models.DateField(verbose_name="agreed on")),
                ("opted_out", models.BooleanField(default=False, verbose_name="does not want to be recognised")),
                ("erasing_since", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tag",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="known_person",
                        to="taxonomy.tag",
                        verbose_name="tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "person who may be recognised",
                "verbose_name_plural": "people who may be recognised",
                "ordering": ["tag__name", "pk"],
                "permissions": [("manage_gallery", "Can manage the gallery of faces")],
            },
        ),
        migrations.CreateModel(
            name="NewPhrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("text", models.CharField(max_length=200, verbose_name="phrase")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("category", "category"),
                            ("content", "content"),
                            ("person", "person"),
                            ("program", "program"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("clips", models.PositiveIntegerField(default=0, verbose_name="clips")),
                ("sure", models.FloatField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("named", "in a change set"), ("ignored", "ignored")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "decided_by",
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
                "verbose_name": "new phrase",
                "verbose_name_plural": "new phrases",
                "ordering": ["-clips", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["-clips", "id"], name="commonest_new_phrases"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RowError",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveBigIntegerField(verbose_name="line")),
                ("field", models.CharField(blank=True, max_length=50, verbose_name="column")),
                ("reason", models.TextField(verbose_name="reason")),
                ("value", models.TextField(blank=True, verbose_name="value")),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="errors", to="tagging.import"
                    ),
                ),
            ],
            options={
                "ordering": ["line", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("imported_by", "line", "field"), name="one_error_a_field")
                ],
            },
        ),
        migrations.CreateModel(
            name="SuggestionSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "failure",
                    models.CharField(
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
                ("error", models.TextField(blank=True, db_default="")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "model_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.modelversion"
                    ),
                ),
                (
                    "taxonomy_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxonomy.taxonomyversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("confidence", models.FloatField()),
                ("consistent", models.BooleanField()),
                ("recallers", models.JSONField()),
                ("evidence", models.JSONField()),
                (
                    "tag",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxonomy.tag"),
                ),
                (
                    "suggestion_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suggestions",
                        to="tagging.suggestionset",
                    ),
                ),
            ],
            options={
                "ordering": ["-confidence", "tag_id"],
                "constraints": [
                    models.UniqueConstraint(fields=("suggestion_set", "tag"), name="a_tag_is_suggested_once_a_model"),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0), ("confidence__lte", 1)), name="confidence_is_0_to_1"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Video",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=50, verbose_name="source")),
                ("external_id", models.CharField(max_length=200, verbose_name="external id")),
                ("title", models.TextField(blank=True, verbose_name="title")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("cover_text", models.TextField(blank=True, verbose_name="cover text")),
                ("uploader", models.CharField(blank=True, max_length=200, verbose_name="uploader")),
                ("program", models.CharField(blank=True, max_length=200, verbose_name="program")),
                ("media_source", models.TextField(blank=True, verbose_name="source of the media")),
                (
                    "media_state",
                    models.CharField(
                        choices=[
                            ("none", "text only"),
                            ("pending", "being examined"),
                            ("ready", "ready"),
                            ("broken", "broken"),
                        ],
                        db_default="none",
                        default="none",
                        max_length=10,
                        verbose_name="state of the media",
                    ),
                ),
                ("media_error", models.TextField(blank=True, db_default="", verbose_name="error of the media")),
                ("probing_until", models.DateTimeField(blank=True, null=True, verbose_name="examined until")),
                (
                    "suggesting_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="suggestions made until"),
                ),
                (
                    "suggest_attempts",
                    models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="attempts at suggestions"),
                ),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="first reviewed")),
                ("import_line", models.PositiveIntegerField(blank=True, null=True, verbose_name="line of the import")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="imported"),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="videos",
                        to="tagging.import",
                        verbose_name="import",
                    ),
                ),
                (
                    "media",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="videos",
                        to="tagging.media",
                        verbose_name="media file",
                    ),
                ),
            ],
            options={
                "verbose_name": "video",
                "verbose_name_plural": "videos",
                "indexes": [
                    models.Index(condition=models.Q(("media_state", "pending")), fields=["id"], name="video_to_probe"),
                    models.Index(condition=models.Q(("reviewed_at", None)), fields=["id"], name="video_unreviewed"),
                    models.Index(condition=models.Q(("suggest_attempts__gt", 0)), fields=["id"], name="video_tried"),
                    models.Index(fields=["uploader", "-id"], name="video_by_uploader"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "external_id"), name="a_video_is_imported_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("media_state", "ready"), _negated=True), ("media__isnull", False), _connector="OR"
                        ),
                        name="ready_media_is_known",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="suggestionset",
            name="video",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="suggestion_sets", to="tagging.video"
            ),
        ),
        migrations.CreateModel(
            name="PhraseSighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=20)),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                (
                    "phrase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sightings", to="tagging.newphrase"
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
                "verbose_name": "sighting of a phrase",
                "verbose_name_plural": "sightings of phrases",
                "constraints": [
                    models.UniqueConstraint(fields=("phrase", "video"), name="a_phrase_is_seen_once_a_clip")
                ],
            },
        ),
        migrations.CreateModel(
            name="FacePhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.CharField(blank=True, max_length=200)),
                ("second", models.FloatField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "being examined"),
                            ("choose", "several faces: choose one"),
                            ("ready", "known"),
                            ("refused", "not usable"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_face", "No face was found in it."),
                            ("broken", "It is not a picture that can be read."),
                            ("no_moment", "The clip has no picture at that moment."),
                            ("no_networks", "The networks for faces are not installed on the worker."),
                            ("worker", "It made the program end without an answer."),
                        ],
                        max_length=20,
                    ),
                ),
                ("boxes", models.JSONField(blank=True, default=list)),
                ("chosen", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "embedding",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), blank=True, null=True, size=128
                    ),
                ),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="tagging.knownperson",
                        verbose_name="person",
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tagging.video",
                    ),
                ),
            ],
            options={
                "verbose_name": "photo of a face",
                "verbose_name_plural": "photos of faces",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(models.F("id"), condition=models.Q(("state", "waiting")), name="photos_to_examine")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("embedding__isnull", False), ("state", "ready")),
                            models.Q(models.Q(("state", "ready"), _negated=True), ("embedding", None)),
                            _connector="OR",
                        ),
                        name="a_known_face_is_described",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CarriedTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("beside", models.BooleanField()),
                (
                    "source",
                    models.CharField(
                        choices=[("review", "review"), ("import", "import"), ("auto", "auto-accepted")], max_length=10
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("carried_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "business_line",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.businessline",
                    ),
                ),
                (
                    "heir",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.tag",
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
                "indexes": [
                    models.Index(fields=["video", "business_line", "heir"], name="carried_to"),
                    models.Index(fields=["tag", "heir", "video"], name="carried_from"),
                ]
            },
        ),
        migrations.CreateModel(
            name="VideoTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.CharField(
                        choices=[("review", "review"), ("import", "import"), ("auto", "auto-accepted")], max_length=10
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="video_tags",
                        to="taxonomy.tag",
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="video_tags",
                        to="tagging.video",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["tag", "-video"], name="videos_of_a_tag")],
                "constraints": [
                    models.UniqueConstraint(fields=("video", "business_line", "tag"), name="a_tag_is_given_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LinePolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("threshold", models.FloatField(default=0.3, verbose_name="least confidence")),
                ("limit", models.PositiveSmallIntegerField(default=10, verbose_name="most tags")),
                (
                    "auto_accept",
                    models.FloatField(
                        blank=True,
                        help_text="Empty: a person sees each clip.",
                        null=True,
                        verbose_name="accept without a person from",
                    ),
                ),
                (
                    "audit_share",
                    models.FloatField(
                        blank=True,
                        help_text="Share of clips (0 to 1) that a person sees in any case, drawn at random. Quality is measured on them. Empty: as everywhere in this installation.",
                        null=True,
                        verbose_name="audit slice",
                    ),
                ),
                (
                    "business_line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy",
                        to="taxonomy.businessline",
                        verbose_name="business line",
                    ),
                ),
                (
                    "subtrees",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Empty: all.",
                        related_name="+",
                        to="taxonomy.tag",
                        verbose_name="only these branches",
                    ),
                ),
            ],
            options={
                "verbose_name": "policy",
                "verbose_name_plural": "policies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gte", 0), ("threshold__lte", 1)), name="threshold_is_0_to_1"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("auto_accept", None),
                            models.Q(("auto_accept__gte", 0.5), ("auto_accept__lte", 1)),
                            _connector="OR",
                        ),
                        name="auto_accept_is_sure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("audit_share", None),
                            models.Q(("audit_share__gte", 0), ("audit_share__lte", 1)),
                            _connector="OR",
                        ),
                        name="audit_share_is_0_to_1",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="suggestionset",
            constraint=models.UniqueConstraint(fields=("video", "model_version"), name="suggested_once_a_model"),
        ),
    ]
