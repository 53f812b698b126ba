from django.db import migrations, models

# The draw as it was when this was written; annotation/audit_slice.py has it as it is now.
LOT = """(('x' || encode(substr(sha256(convert_to(%(key)s::text || ':' || {line} || ':' || {video}, 'UTF8')),
          {byte}, 6), 'hex'))::bit(48)::bigint / 281474976710656::float8)"""
SHARE = "coalesce((SELECT audit_share FROM tagging_linepolicy WHERE business_line_id = {line}), %(share)s)"
DRAWN = f"{LOT} < {SHARE}"
OF_TASK = {"line": "task.business_line_id", "video": "task.video_id"}
OF_LABEL = {"line": "given.business_line_id", "video": "given.video_id"}
# Done ones too: the slice is what the hash says, whether or not its clips have been looked at. Only what waits and was
# never reviewed gets its place in the order of the slice; the rest was put where it is for reasons of its own.
MARK = f"""
UPDATE annotation_reviewtask task
SET audit = true, priority = CASE WHEN task.state = 'waiting' AND task.current_review_id IS NULL
                             THEN {LOT.format(**OF_TASK, byte=7)} ELSE task.priority END
WHERE {DRAWN.format(**OF_TASK, byte=1)}
"""  # noqa: S608  # constants
# What lines took without a person has no task yet.
OPEN = f"""
INSERT INTO annotation_reviewtask (video_id, business_line_id, slot, priority, why, audit)
SELECT given.video_id, given.business_line_id, slot, {LOT.format(**OF_LABEL, byte=7)}, '{{}}', true
FROM (SELECT DISTINCT video_id, business_line_id FROM tagging_videotag WHERE source = 'auto') AS given
JOIN taxonomy_businessline line ON line.id = given.business_line_id
CROSS JOIN LATERAL generate_series(1, line.overlap) AS slot
WHERE {DRAWN.format(**OF_LABEL, byte=1)}
ON CONFLICT (video_id, business_line_id, slot) DO NOTHING
"""  # noqa: S608  # constants


def draw(apps, schema_editor):
    from annotation import audit_slice

    with schema_editor.connection.cursor() as cursor:
        for statement in (MARK, OPEN):
            cursor.execute(statement, audit_slice.values())


class Migration(migrations.Migration):
    dependencies = [("annotation", "0008_re_review"), ("tagging", "0011_audit_share")]

    operations = [
        migrations.AddField(
            model_name="reviewtask",
            name="audit",
            field=models.BooleanField(db_default=False, default=False, verbose_name="audit slice"),
        ),
        migrations.RunPython(draw, migrations.RunPython.noop),
    ]
