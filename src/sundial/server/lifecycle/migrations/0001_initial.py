"""Warnings before the end of a trial, exports of whole companies, and closing."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from sundial.server.lib.rls import TenantTable

_COMPANY: dict[str, Any] = {
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "to": "companies.company",
}


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("companies", "0002_plan_and_ways"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrialWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ends_at", models.DateTimeField()),
                ("days", models.SmallIntegerField()),
                ("sent_at", models.DateTimeField()),
                ("company", models.ForeignKey(**_COMPANY)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "ends_at", "days"), name="lifecycle_trialwarning_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CompanyExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=8)),
                ("asked_at", models.DateTimeField()),
                ("asked_by_owner", models.BooleanField()),
                ("done", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("bytes", models.BigIntegerField(default=0)),
                ("wrapped", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("fetched_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=200)),
                ("company", models.ForeignKey(**_COMPANY)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["ASKED", "MAKING"])),
                        fields=("company",),
                        name="lifecycle_export_one_making",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Closing",
            fields=[
                (
                    "company",
                    models.OneToOneField(primary_key=True, serialize=False, **_COMPANY),
                ),
                ("closed_at", models.DateTimeField()),
                ("delete_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
            ],
        ),
        TenantTable("lifecycle_trialwarning"),
        TenantTable("lifecycle_companyexport", across=("id", "company_id", "state", "expires_at")),
        TenantTable("lifecycle_closing", across=("company_id", "closed_at", "delete_at", "deleted_at")),
    ]
