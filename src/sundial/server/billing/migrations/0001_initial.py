"""Plans, who is on which, invoices, and each company's sums by day."""

from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
import django.db.models.functions.text
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from sundial.server.lib.rls import TenantTable

# What every platform begins with; its owner changes them, and makes others.
PLANS: tuple[dict[str, Any], ...] = (
    {
        "name": "Free",
        "description": "For a small team that wants to try it.",
        "seats": 5,
        "storage_mb": 1_000,
        "retention_days": 90,
        "features": [],
        "price_cents": 0,
    },
    {
        "name": "Pro",
        "description": "For a company that works with it every day.",
        "seats": 100,
        "storage_mb": 100_000,
        "retention_days": 400,
        "features": ["pdf", "branding"],
        "price_cents": 500,
    },
    {
        "name": "Enterprise",
        "description": "Without limits.",
        "features": ["pdf", "branding"],
        "price_cents": 900,
    },
)
SUBSCRIPTION_FACTS = ("id", "company_id", "plan_id", "plan_name", "price_cents", "currency", "since", "until")
INVOICE_FACTS = (
    "id",
    "company_id",
    "year",
    "number",
    "state",
    "period_start",
    "period_end",
    "currency",
    "cents",
    "made_at",
    "sent_at",
    "paid_at",
    "voided_at",
)
DAY_FACTS = (
    "company_id",
    "day",
    "active_ms",
    "worked_ms",
    "seats",
    "working",
    "screenshots",
    "storage_bytes",
    "last_sync_at",
    "versions",
    "as_of",
)


def seed(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The three plans of the first day."""
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    model = apps.get_model("billing", "Plan")
    for plan in PLANS:
        model.objects.create(made_at=made_at, **plan)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("companies", "0002_plan_and_ways"),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("description", models.CharField(blank=True, default="", max_length=200)),
                ("seats", models.IntegerField(null=True)),
                ("storage_mb", models.IntegerField(null=True)),
                ("retention_days", models.IntegerField(null=True)),
                ("features", models.JSONField(default=list)),
                ("price_cents", models.IntegerField(default=0)),
                ("currency", models.CharField(default="EUR", max_length=3)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="billing_plan_name_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceCounter",
            fields=[
                ("year", models.IntegerField(primary_key=True, serialize=False)),
                ("last", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plan_id", models.BigIntegerField()),
                ("plan_name", models.CharField(max_length=40)),
                ("price_cents", models.IntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("company",),
                        name="billing_subscription_one_running",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.IntegerField(null=True)),
                ("number", models.IntegerField(null=True)),
                ("state", models.CharField(default="DRAFT", max_length=8)),
                ("period_start", models.DateField()),
                ("period_end", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("cents", models.BigIntegerField()),
                ("lines", models.JSONField()),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                ("voided_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "-made_at"], name="billing_invoice_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "year", "number"), name="billing_invoice_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number__isnull", True), ("state", "DRAFT")),
                            models.Q(models.Q(("state", "DRAFT"), _negated=True), ("number__isnull", False)),
                            _connector="OR",
                        ),
                        name="billing_invoice_numbered_when_sent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompanyDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("active_ms", models.BigIntegerField(default=0)),
                ("worked_ms", models.BigIntegerField(default=0)),
                ("seats", models.IntegerField(default=0)),
                ("working", models.IntegerField(default=0)),
                ("screenshots", models.IntegerField(default=0)),
                ("storage_bytes", models.BigIntegerField(default=0)),
                ("last_sync_at", models.DateTimeField(null=True)),
                ("versions", models.JSONField(default=dict)),
                ("as_of", models.DateTimeField()),
            ],
            options={
                "db_table": "billing_companyday",
                "indexes": [models.Index(fields=["day", "company_id"], name="billing_companyday_by_day")],
            },
        ),
        TenantTable("billing_subscription", across=SUBSCRIPTION_FACTS),
        TenantTable("billing_invoice", across=INVOICE_FACTS),
        TenantTable("billing_companyday", across=DAY_FACTS),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
