"""A person's sessions are found by when they ended: of a year, those that touch a day are at its end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("activity", "0005_keeping"),)

    operations = (
        migrations.AddIndex(
            model_name="worksession",
            index=models.Index(fields=["company", "user", "ended_at"], name="activity_worksession_by_end"),
        ),
    )
