from django.db import migrations, models

from sundial.server.lib.rls import TenantTable


class Migration(migrations.Migration):
    initial = True
    dependencies = [("lib", "0001_scope")]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("key", models.TextField()),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("status", models.IntegerField(default=0)),
                ("body", models.BinaryField(default=b"")),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "portal_kept_answer",
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "user_id", "key"), name="portal_kept_answer_once")
                ],
            },
        ),
        TenantTable("portal_kept_answer"),
    ]
