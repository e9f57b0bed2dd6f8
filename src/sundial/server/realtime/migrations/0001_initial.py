from django.db import migrations, models

from sundial.server.lib.rls import TenantTable


class Migration(migrations.Migration):
    initial = True
    dependencies = [("lib", "0001_scope")]

    operations = [
        migrations.CreateModel(
            name="Room",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=20)),
                ("epoch", models.BigIntegerField()),
                ("offset", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "room",
                        "offset",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("room", models.CharField(max_length=20)),
                ("offset", models.BigIntegerField()),
                ("kind", models.CharField(max_length=60)),
                ("data", models.JSONField()),
                ("actor", models.CharField(max_length=320)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Watcher",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "process",
                        "user_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("process", models.UUIDField()),
                ("user_id", models.BigIntegerField()),
                ("email", models.CharField(max_length=320)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        TenantTable("realtime_room", across=("company_id", "name", "epoch", '"offset"')),
        TenantTable("realtime_event"),
        TenantTable("realtime_watcher"),
    ]
