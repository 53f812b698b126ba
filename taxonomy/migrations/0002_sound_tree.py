"""The tree stays sound: a child's depth follows its parent's, in the database itself."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0001_squashed")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE taxonomy_tag ADD CONSTRAINT tag_depth_follows_parent
                FOREIGN KEY (parent_id, parent_depth) REFERENCES taxonomy_tag (id, depth)
                ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
            """,
            "ALTER TABLE taxonomy_tag DROP CONSTRAINT tag_depth_follows_parent;",
        )
    ]
