"""Names are found by their words: a table of words, kept by the database, with parts and slips of each."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
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
UPDATE taxonomy_tagname SET text = text;
"""
FORGET_WORDS = """
DROP TRIGGER words_of_new_names ON taxonomy_tagname;
DROP TRIGGER words_of_changed_names ON taxonomy_tagname;
DROP FUNCTION taxonomy_keep_words();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("taxonomy", "0004_rule_proposals"),
    ]

    operations = [
        migrations.RunSQL(WORD_KEYS, "DROP FUNCTION taxonomy_word_keys(text);"),
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
        ),
        migrations.RemoveIndex(
            model_name="tagname",
            name="tagname_pinyin",
        ),
        migrations.RemoveIndex(
            model_name="tagname",
            name="tagname_initials",
        ),
        migrations.AddField(
            model_name="tagname",
            name="length",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Length("normalised"),
                output_field=models.PositiveSmallIntegerField(),
            ),
        ),
        migrations.AddField(
            model_name="tagname",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.text.Trim(
                        django.db.models.functions.text.Concat("normalised", models.Value(" "), "pinyin")
                    ),
                    models.Value(" "),
                    function="string_to_array",
                ),
                output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
            ),
        ),
        migrations.AddIndex(
            model_name="tagname",
            index=models.Index(
                fields=["length", "normalised"], name="tagname_length", opclasses=["int2_ops", "text_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="tagname",
            index=models.Index(
                condition=models.Q(("pinyin", ""), _negated=True),
                fields=["length", "pinyin"],
                name="tagname_length_pinyin",
                opclasses=["int2_ops", "text_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="tagname",
            index=models.Index(
                condition=models.Q(("initials", ""), _negated=True),
                fields=["length", "initials"],
                name="tagname_length_initials",
                opclasses=["int2_ops", "text_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="tagname",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="tagname_words"),
        ),
        migrations.AddIndex(
            model_name="tagword",
            index=models.Index(fields=["length", "text"], name="tagword_length"),
        ),
        migrations.AddIndex(
            model_name="tagword",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func("text", function="taxonomy_word_keys"), name="tagword_keys"
            ),
        ),
        migrations.AddConstraint(
            model_name="tagword",
            constraint=models.UniqueConstraint(fields=("text",), name="one_word_once"),
        ),
        migrations.RunSQL(KEEP_WORDS, FORGET_WORDS),
    ]
