from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tagging", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="suggestionset",
            name="error",
            field=models.TextField(blank=True, db_default=""),
        ),
    ]
