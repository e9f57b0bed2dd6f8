import django.db.models.deletion
from django.db import migrations, models

import sundial.server.companies.types
from sundial.server.lib.rls import TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("lib", "0001_scope"),
        ("companies", "0003_people_and_looks"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="networks",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="attribute",
            name="kind",
            field=models.CharField(
                choices=[
                    (
                        sundial.server.companies.types.AttributeKind["FLAG"],
                        sundial.server.companies.types.AttributeKind["FLAG"],
                    ),
                    (
                        sundial.server.companies.types.AttributeKind["NUMBER"],
                        sundial.server.companies.types.AttributeKind["NUMBER"],
                    ),
                    (
                        sundial.server.companies.types.AttributeKind["WORD"],
                        sundial.server.companies.types.AttributeKind["WORD"],
                    ),
                    (
                        sundial.server.companies.types.AttributeKind["VALUE"],
                        sundial.server.companies.types.AttributeKind["VALUE"],
                    ),
                ],
                default=sundial.server.companies.types.AttributeKind["FLAG"],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="LentAttribute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(blank=True, default="", max_length=80)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "attribute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.attribute"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.department",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.team"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("department", None)),
                        fields=("company", "attribute", "team"),
                        name="companies_lent_team_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("team", None)),
                        fields=("company", "attribute", "department"),
                        name="companies_lent_department_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("department__isnull", False), ("team", None)),
                            models.Q(("department", None), ("team__isnull", False)),
                            _connector="OR",
                        ),
                        name="companies_lent_by_one",
                    ),
                ],
            },
        ),
        TenantTable("companies_lentattribute"),
    ]
