from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Minute",
            fields=[
                ("at", models.DateTimeField(primary_key=True, serialize=False)),
                ("requests", models.BigIntegerField(default=0)),
                ("errors", models.BigIntegerField(default=0)),
                ("facts", models.BigIntegerField(default=0)),
                ("facts_waiting", models.IntegerField(default=0)),
                ("agents", models.IntegerField(null=True)),
                ("jobs_waiting", models.IntegerField(null=True)),
                ("jobs_failed", models.IntegerField(null=True)),
                ("database_ms", models.FloatField(null=True)),
                ("database_bytes", models.BigIntegerField(null=True)),
                ("storage_bytes", models.BigIntegerField(null=True)),
                ("storage_free", models.FloatField(null=True)),
            ],
            options={"db_table": "portal_minute"},
        ),
    ]
