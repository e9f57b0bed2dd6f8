"""A person's key has a half outside the database: this is its name. Keys of before are parted by a job."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("activity", "0009_in_turn"),)

    operations = (migrations.AddField("personkey", "outside", models.UUIDField(null=True)),)
