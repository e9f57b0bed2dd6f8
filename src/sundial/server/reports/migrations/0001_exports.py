from django.db import migrations, models

from sundial.server.lib.rls import TenantTable


class Migration(migrations.Migration):
    initial = True
    dependencies = [("lib", "0001_scope")]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("report", models.TextField()),
                ("form", models.TextField()),
                ("asked", models.JSONField()),
                ("title", models.TextField()),
                ("state", models.TextField(default="waiting")),
                ("lines", models.IntegerField()),
                ("lines_done", models.IntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("wrapped_key", models.BinaryField(default=b"")),
                ("problem", models.TextField(blank=True, default="")),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "reports_export",
                "indexes": [
                    models.Index(fields=["company_id", "user_id", "-made_at"], name="reports_export_by_person")
                ],
            },
        ),
        TenantTable("reports_export"),
    ]
