"""Reviews and verdicts are never changed or deleted; an undo is a new row."""

from django.db import migrations

FORBID = """
CREATE FUNCTION annotation_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annotation_review
    FOR EACH ROW EXECUTE FUNCTION annotation_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annotation_verdict
    FOR EACH ROW EXECUTE FUNCTION annotation_append_only();
"""

ALLOW = """
DROP TRIGGER append_only ON annotation_verdict;
DROP TRIGGER append_only ON annotation_review;
DROP FUNCTION annotation_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("annotation", "0001_initial")]

    operations = [migrations.RunSQL(FORBID, ALLOW)]
