"""The same text acknowledged at the same moment for other kinds of data is another word, kept beside the first."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """What was unique stays so: the new key only adds to the old one."""

    dependencies: ClassVar = [("devices", "0002_numbers_across")]

    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="acknowledgement", name="devices_acknowledged_once"),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.UniqueConstraint(
                fields=["company", "device", "etag", "text_sha256", "at", "kinds"],
                name="devices_acknowledged_once",
            ),
        ),
    ]
