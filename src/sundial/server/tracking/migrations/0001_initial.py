import django.db.models.deletion
from django.db import migrations, models

from sundial.server.lib.rls import AppendOnly, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("lib", "0001_scope"),
        ("companies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("scope", models.TextField(default="company")),
                ("epoch", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
                ("etag", models.TextField()),
                ("document", models.TextField()),
                ("config_json", models.TextField()),
                ("saved_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
            ],
            options={
                "db_table": "tracking_policy_head",
                "constraints": [models.UniqueConstraint(fields=("company", "scope"), name="tracking_head_once")],
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("scope", models.TextField(default="company")),
                ("epoch", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
                ("etag", models.TextField()),
                ("settings", models.JSONField()),
                ("sections", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                ("saved_by_kind", models.TextField()),
                ("saved_by_id", models.BigIntegerField(null=True)),
                ("saved_by_role", models.TextField()),
                ("restored_from", models.BigIntegerField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
            ],
            options={
                "db_table": "tracking_policy_version",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "scope", "epoch", "version"), name="tracking_version_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="tracking_version_from_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyEndorsement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField(default=0)),
                ("key_id", models.TextField()),
                ("public_key", models.TextField()),
                ("by", models.TextField()),
                ("signature", models.TextField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "tracking_key_endorsement",
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "key_id", "by"), name="tracking_endorsed_once")
                ],
            },
        ),
        TenantTable("tracking_key_endorsement"),
        AppendOnly("tracking_key_endorsement"),
        TenantTable("tracking_policy_version"),
        AppendOnly("tracking_policy_version"),
        TenantTable("tracking_policy_head", across=("company_id", "scope", "version"), gateway="select"),
    ]
