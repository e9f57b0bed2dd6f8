import django.db.models.deletion
from django.db import migrations, models

import sundial.server.companies.types
from sundial.server.lib.rls import TenantTable

# Who signed in before this was kept did so at the latest when they last did.
_SIGNED_IN = """
UPDATE companies_membership m SET signed_in_at = u.last_login
FROM accounts_user u WHERE u.id = m.user_id AND u.last_login IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("lib", "0001_scope"),
        ("companies", "0002_plan_and_ways"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="invited_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="photo_mark",
            field=models.CharField(blank=True, default="", max_length=16),
        ),
        migrations.AddField(
            model_name="membership",
            name="signed_in_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Attribute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (
                                sundial.server.companies.types.AttributeKind["FLAG"],
                                sundial.server.companies.types.AttributeKind["FLAG"],
                            ),
                            (
                                sundial.server.companies.types.AttributeKind["VALUE"],
                                sundial.server.companies.types.AttributeKind["VALUE"],
                            ),
                        ],
                        default=sundial.server.companies.types.AttributeKind["FLAG"],
                        max_length=5,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Branding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("display_name", models.CharField(blank=True, default="", max_length=80)),
                ("colour", models.CharField(blank=True, default="", max_length=7)),
                ("logo", models.BinaryField(default=b"")),
                ("mark", models.CharField(blank=True, default="", max_length=16)),
                ("updated_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.department",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="membership",
            name="department",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.department"
            ),
        ),
        migrations.CreateModel(
            name="MembershipAttribute",
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
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.membership"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("image", models.BinaryField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.membership"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="attribute",
            constraint=models.UniqueConstraint(fields=("company", "name"), name="companies_attribute_once"),
        ),
        migrations.AddConstraint(
            model_name="branding",
            constraint=models.UniqueConstraint(fields=("company",), name="companies_branding_once"),
        ),
        migrations.AddConstraint(
            model_name="department",
            constraint=models.UniqueConstraint(fields=("company", "parent", "name"), name="companies_department_once"),
        ),
        migrations.AddConstraint(
            model_name="department",
            constraint=models.UniqueConstraint(
                condition=models.Q(("parent", None)), fields=("company", "name"), name="companies_department_top_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="membershipattribute",
            constraint=models.UniqueConstraint(
                fields=("company", "membership", "attribute"), name="companies_hasattribute_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.UniqueConstraint(fields=("company", "membership"), name="companies_photo_once"),
        ),
        TenantTable("companies_attribute"),
        TenantTable("companies_branding"),
        TenantTable("companies_department"),
        TenantTable("companies_membershipattribute"),
        TenantTable("companies_photo"),
        migrations.RunSQL(_SIGNED_IN, migrations.RunSQL.noop),
    ]
