from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="reviewtask",
            index=models.Index(fields=["reviewer"], condition=models.Q(state="claimed"), name="tasks_held_by"),
        ),
    ]
