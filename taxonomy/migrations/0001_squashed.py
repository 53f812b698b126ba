"""Tags, names, rules, guidelines, change sets and versions; what the database itself promises stands first."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

# The keys of a word are those of taxonomy.search_keys.word_keys; a test compares the two. PL/pgSQL, because it builds
# them several times faster than one query a word.
WORD_KEYS = r"""
CREATE FUNCTION taxonomy_word_keys(word text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    keys text[] := '{}';
    size int := length(word);
BEGIN
    IF word ~ '[\u3400-\u9fff\uf900-\ufaff]' THEN
        FOR i IN 1..size LOOP keys := keys || substr(word, i, 1); END LOOP;
        FOR i IN 1..size - 1 LOOP keys := keys || substr(word, i, 2); END LOOP;
    ELSE
        FOR i IN 1..size - 2 LOOP keys := keys || substr(word, i, 3); END LOOP;
        IF size > 2 THEN
            FOR i IN 1..least(size, 5) + 1 LOOP
                keys := keys || ('-' || overlay(left(word, 5) PLACING '' FROM i FOR 1));
            END LOOP;
        END IF;
    END IF;
    RETURN keys;
END $$;
"""
# Every writer of names, COPY included, goes through the trigger, so a name without its words cannot be.
KEEP_WORDS = """
CREATE FUNCTION taxonomy_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO taxonomy_tagword (text)
    SELECT word FROM (SELECT DISTINCT unnest(words) COLLATE "C" AS word FROM written) new
    WHERE NOT EXISTS (SELECT FROM taxonomy_tagword known WHERE known.text = word)
    ORDER BY word
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER words_of_new_names AFTER INSERT ON taxonomy_tagname
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION taxonomy_keep_words();
CREATE TRIGGER words_of_changed_names AFTER UPDATE ON taxonomy_tagname
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION taxonomy_keep_words();
"""
FORGET_WORDS = """
DROP TRIGGER words_of_new_names ON taxonomy_tagname;
DROP TRIGGER words_of_changed_names ON taxonomy_tagname;
DROP FUNCTION taxonomy_keep_words();
"""


class Migration(migrations.Migration):
    initial = True

    # Databases that went step by step count as having made this one step.
    replaces = [
        ("taxonomy", "0001_initial"),
        ("taxonomy", "0003_change_sets"),
        ("taxonomy", "0004_rule_proposals"),
        ("taxonomy", "0005_search_words"),
        ("taxonomy", "0006_labels"),
        ("taxonomy", "0007_guideline_to_confirm"),
    ]

    dependencies = [("auth", "__first__")]

    operations = [
        migrations.RunSQL(WORD_KEYS, "DROP FUNCTION taxonomy_word_keys(text);"),
        migrations.CreateModel(
            name="BusinessLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True, verbose_name="short name")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("name_zh", models.CharField(blank=True, max_length=100, verbose_name="Chinese name")),
                (
                    "overlap",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="How many people review each clip independently.",
                        verbose_name="reviewers a clip",
                    ),
                ),
                (
                    "members",
                    models.ManyToManyField(
                        blank=True, related_name="business_lines", to=settings.AUTH_USER_MODEL, verbose_name="members"
                    ),
                ),
            ],
            options={
                "verbose_name": "business line",
                "verbose_name_plural": "business lines",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("overlap__gte", 1), ("overlap__lte", 9)), name="overlap_is_1_to_9"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("proposed", "waits for approval"),
                            ("published", "published"),
                            ("discarded", "discarded"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0)),
                ("approved_revision", models.PositiveIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="begun")),
                ("proposed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                (
                    "approver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                    "publisher",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reverts",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reverted_by",
                        to="taxonomy.changeset",
                    ),
                ),
            ],
            options={
                "verbose_name": "change set",
                "verbose_name_plural": "change sets",
                "ordering": ["-pk"],
                "permissions": [
                    ("publish_changeset", "Can publish a change set"),
                    ("approve_changeset", "Can approve a change set"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Edit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("removed", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "op",
                    models.CharField(
                        choices=[
                            ("create", "create"),
                            ("rename", "rename"),
                            ("move", "move"),
                            ("merge", "merge"),
                            ("unmerge", "take a merge back"),
                            ("split", "split"),
                            ("unsplit", "take a split back"),
                            ("state", "change the state"),
                            ("assignable", "allow or forbid giving it"),
                            ("delete", "delete"),
                            ("rule_add", "add a rule"),
                            ("rule_change", "change a rule"),
                            ("rule_remove", "remove a rule"),
                            ("relation_add", "add a relation"),
                            ("relation_remove", "remove a relation"),
                            ("guideline", "change a guideline"),
                            ("import", "import"),
                        ],
                        max_length=20,
                    ),
                ),
                ("values", models.JSONField()),
                ("before", models.JSONField(blank=True, null=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
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
                    "change_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="edits", to="taxonomy.changeset"
                    ),
                ),
            ],
            options={
                "verbose_name": "edit",
                "verbose_name_plural": "edits",
                "ordering": ["change_set", "number"],
                "constraints": [models.UniqueConstraint(fields=("change_set", "number"), name="one_edit_a_revision")],
            },
        ),
        migrations.CreateModel(
            name="Governance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "approval",
                    models.BooleanField(
                        default=False,
                        help_text="A change set is published only after somebody else than its author approved it.",
                        verbose_name="a second person approves",
                    ),
                ),
                (
                    "shallowest",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="A leaf outside these levels is pointed out.",
                        verbose_name="least levels of a branch",
                    ),
                ),
                ("deepest", models.PositiveSmallIntegerField(default=5, verbose_name="most levels of a branch")),
            ],
            options={
                "verbose_name": "how the taxonomy is edited",
                "verbose_name_plural": "how the taxonomy is edited",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_governance"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deepest__lte", 6), ("shallowest__gte", 1), ("shallowest__lte", models.F("deepest"))
                        ),
                        name="levels_are_a_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        help_text="Never changes; imports know a tag by it.",
                        max_length=100,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("category", "category"),
                            ("content", "content"),
                            ("person", "person"),
                            ("program", "program"),
                        ],
                        default="category",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("active", "active"),
                            ("deprecated", "deprecated"),
                            ("merged", "merged"),
                        ],
                        default="active",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("parent_depth", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                (
                    "depth",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.functions.comparison.Coalesce(models.F("parent_depth"), 0),
                            "+",
                            models.Value(1),
                        ),
                        output_field=models.PositiveSmallIntegerField(),
                    ),
                ),
                ("assignable", models.BooleanField(default=True, verbose_name="may be given to videos")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="taxonomy.tag",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="taxonomy.tag",
                        verbose_name="parent",
                    ),
                ),
            ],
            options={
                "verbose_name": "tag",
                "verbose_name_plural": "tags",
                "ordering": ["position", "name"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("depth__lte", 6)), name="tag_not_too_deep"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("parent", None), ("parent_depth", None)),
                            models.Q(("parent__isnull", False), ("parent_depth__isnull", False)),
                            _connector="OR",
                        ),
                        name="tag_knows_parent_depth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "category"), ("parent", None), _connector="OR"),
                        name="open_tag_has_no_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into__isnull", False), ("state", "merged")),
                            models.Q(models.Q(("state", "merged"), _negated=True), ("merged_into", None)),
                            _connector="OR",
                        ),
                        name="merged_tag_names_its_target",
                    ),
                    models.UniqueConstraint(models.F("id"), models.F("depth"), name="tag_id_and_depth"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("excludes", "never together"),
                            ("requires", "always together"),
                            ("at_most_one_child", "at most one child"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("accepted", "accepted"), ("refused", "refused")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("sets", models.PositiveIntegerField()),
                ("subject_sets", models.PositiveIntegerField()),
                ("other_sets", models.PositiveIntegerField()),
                ("together", models.PositiveIntegerField()),
                ("expected", models.FloatField()),
                ("bound", models.FloatField()),
                ("strength", models.FloatField()),
                ("counted_at", models.DateTimeField(auto_now=True, verbose_name="counted")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "business_line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="taxonomy.businessline",
                        verbose_name="business line",
                    ),
                ),
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
                (
                    "other",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.tag",
                        verbose_name="other tag",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="taxonomy.tag",
                        verbose_name="tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed rule",
                "verbose_name_plural": "proposed rules",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "subject", "other", "business_line"), name="proposed_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "at_most_one_child"), ("other", None)),
                            models.Q(
                                models.Q(("kind", "at_most_one_child"), _negated=True),
                                models.Q(("other", None), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_proposed_pair_has_two_tags",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("excludes", "excludes"),
                            ("requires", "requires one of"),
                            ("at_most_one_child", "at most one child"),
                            ("co_occurs", "often with"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "weight",
                    models.FloatField(
                        default=0.0, help_text="Only for “often with”: added to the score.", verbose_name="weight"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
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
                    "others",
                    models.ManyToManyField(
                        blank=True, related_name="rules_of_others", to="taxonomy.tag", verbose_name="other tags"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="taxonomy.tag",
                        verbose_name="tag",
                    ),
                ),
            ],
            options={"verbose_name": "rule", "verbose_name_plural": "rules", "ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="Guideline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("body", models.TextField(blank=True, help_text="Markdown.", verbose_name="text")),
                (
                    "examples",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "counter_examples",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "confirm",
                    models.BooleanField(
                        default=False,
                        help_text="Who reviews this tag says that they read the change.",
                        verbose_name="reviewers confirm it",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="since")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
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
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guidelines",
                        to="taxonomy.tag",
                        verbose_name="tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "guideline",
                "verbose_name_plural": "guidelines",
                "ordering": ["tag", "business_line", "-version"],
                "indexes": [
                    models.Index(condition=models.Q(("confirm", True)), fields=["tag"], name="guideline_to_confirm")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tag", "business_line", "version"), name="one_guideline_version", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TagName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(default="en", max_length=10, verbose_name="language")),
                ("text", models.CharField(max_length=200, verbose_name="text")),
                ("preferred", models.BooleanField(default=False, verbose_name="preferred")),
                ("normalised", models.CharField(default="", editable=False, max_length=200)),
                ("pinyin", models.CharField(blank=True, default="", editable=False, max_length=400)),
                ("initials", models.CharField(blank=True, default="", editable=False, max_length=100)),
                (
                    "length",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Length("normalised"),
                        output_field=models.PositiveSmallIntegerField(),
                    ),
                ),
                (
                    "words",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            django.db.models.functions.text.Trim(
                                django.db.models.functions.text.Concat("normalised", models.Value(" "), "pinyin")
                            ),
                            models.Value(" "),
                            function="string_to_array",
                        ),
                        output_field=django.contrib.postgres.fields.ArrayField(
                            base_field=models.TextField(), size=None
                        ),
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="names", to="taxonomy.tag"
                    ),
                ),
            ],
            options={
                "verbose_name": "name of a tag",
                "verbose_name_plural": "names of tags",
                "ordering": ["-preferred", "language", "text"],
                "indexes": [
                    models.Index(fields=["normalised"], name="tagname_normalised", opclasses=["text_pattern_ops"]),
                    models.Index(
                        fields=["length", "normalised"],
                        name="tagname_length",
                        opclasses=["int2_ops", "text_pattern_ops"],
                    ),
                    models.Index(
                        condition=models.Q(("pinyin", ""), _negated=True),
                        fields=["length", "pinyin"],
                        name="tagname_length_pinyin",
                        opclasses=["int2_ops", "text_pattern_ops"],
                    ),
                    models.Index(
                        condition=models.Q(("initials", ""), _negated=True),
                        fields=["length", "initials"],
                        name="tagname_length_initials",
                        opclasses=["int2_ops", "text_pattern_ops"],
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="tagname_words"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tag", "language", "text"), name="one_name_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("preferred", True)), fields=("tag", "language"), name="one_preferred_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TagRelation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("related", "related to"),
                            ("part_of", "part of"),
                            ("plays_in", "plays in"),
                            ("member_of", "member of"),
                            ("made_by", "made by"),
                            ("broader", "also below"),
                            ("split_into", "split into"),
                            ("exact_match", "the same as"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("uri", models.CharField(blank=True, db_default="", default="", max_length=500)),
                (
                    "other",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations_of_others",
                        to="taxonomy.tag",
                        verbose_name="other tag",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations",
                        to="taxonomy.tag",
                        verbose_name="tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "relation",
                "verbose_name_plural": "relations",
                "ordering": ["tag", "kind", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tag", "kind", "other", "uri"), name="one_relation_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "exact_match"), ("other", None), models.Q(("uri", ""), _negated=True)),
                            models.Q(
                                models.Q(("kind", "exact_match"), _negated=True), ("other__isnull", False), ("uri", "")
                            ),
                            _connector="OR",
                        ),
                        name="a_relation_has_one_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tag", models.F("other")), _negated=True), name="no_relation_to_itself"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TagWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(db_collation="C", max_length=400)),
                (
                    "length",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Length("text"),
                        output_field=models.PositiveSmallIntegerField(),
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["length", "text"], name="tagword_length"),
                    django.contrib.postgres.indexes.GinIndex(
                        models.Func("text", function="taxonomy_word_keys"), name="tagword_keys"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("text",), name="one_word_once")],
            },
        ),
        migrations.CreateModel(
            name="TaxonomyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="number")),
                ("content", models.BinaryField()),
                ("annex", models.BinaryField(null=True)),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="comment")),
                ("published_at", models.DateTimeField(auto_now_add=True, verbose_name="published")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
            ],
            options={
                "verbose_name": "taxonomy version",
                "verbose_name_plural": "taxonomy versions",
                "ordering": ["-number"],
            },
        ),
        migrations.AddField(
            model_name="changeset",
            name="base",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="begun_here",
                to="taxonomy.taxonomyversion",
            ),
        ),
        migrations.AddField(
            model_name="changeset",
            name="version",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="change_set",
                to="taxonomy.taxonomyversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="changeset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), ("version__isnull", False)),
                    models.Q(models.Q(("state", "published"), _negated=True), ("version", None)),
                    _connector="OR",
                ),
                name="a_published_set_names_its_version",
            ),
        ),
        migrations.RunSQL(KEEP_WORDS, FORGET_WORDS),
    ]
