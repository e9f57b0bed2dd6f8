"""Sessions of people are found without being read, those on computers and those with notes by indexes of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("activity", "0010_halves"),)

    operations = (
        migrations.RemoveIndex("worksession", "activity_worksession_by_end"),
        migrations.AddIndex(
            "worksession",
            models.Index(
                fields=["company", "user", "ended_at"],
                include=("id", "ended_by"),
                name="activity_worksession_by_end",
            ),
        ),
        migrations.AddIndex(
            "worksession", models.Index(fields=["company", "device"], name="activity_worksession_by_device")
        ),
        migrations.AddIndex(
            "worksession",
            models.Index(
                condition=models.Q(("note__gt", "")),
                fields=["company", "started_at"],
                name="activity_worksession_noted",
            ),
        ),
    )
