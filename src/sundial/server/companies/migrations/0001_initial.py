import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sundial.server.companies.types
import sundial.server.lib.acting
from sundial.server.lib.rls import TenantTable

COMPANY_FACTS = (
    "id",
    "name",
    "company_key",
    "status",
    "suspended_reason",
    "policy_delegated",
    "classic_clients",
    "time_zone",
    "created_at",
)
# No names: the owner of the platform sees how many people there are, not who.
MEMBERSHIP_FACTS = ("id", "company_id", "user_id", "role", "status", "created_at")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("lib", "0001_scope"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Company",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("company_key", models.CharField(max_length=64, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            (
                                sundial.server.companies.types.CompanyStatus["TRIAL"],
                                sundial.server.companies.types.CompanyStatus["TRIAL"],
                            ),
                            (
                                sundial.server.companies.types.CompanyStatus["ACTIVE"],
                                sundial.server.companies.types.CompanyStatus["ACTIVE"],
                            ),
                            (
                                sundial.server.companies.types.CompanyStatus["SUSPENDED"],
                                sundial.server.companies.types.CompanyStatus["SUSPENDED"],
                            ),
                        ],
                        default=sundial.server.companies.types.CompanyStatus["TRIAL"],
                        max_length=12,
                    ),
                ),
                (
                    "suspended_from",
                    models.CharField(blank=True, default="", max_length=12),
                ),
                (
                    "suspended_reason",
                    models.CharField(blank=True, default="", max_length=500),
                ),
                ("policy_delegated", models.BooleanField(default=False)),
                ("classic_clients", models.BooleanField(default=False)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "companies",
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=80)),
                ("last_name", models.CharField(blank=True, max_length=80)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            (
                                sundial.server.lib.acting.Role["ADMIN"],
                                sundial.server.lib.acting.Role["ADMIN"],
                            ),
                            (
                                sundial.server.lib.acting.Role["MANAGER"],
                                sundial.server.lib.acting.Role["MANAGER"],
                            ),
                            (
                                sundial.server.lib.acting.Role["EMPLOYEE"],
                                sundial.server.lib.acting.Role["EMPLOYEE"],
                            ),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            (
                                sundial.server.companies.types.MemberStatus["ACTIVE"],
                                sundial.server.companies.types.MemberStatus["ACTIVE"],
                            ),
                            (
                                sundial.server.companies.types.MemberStatus["INACTIVE"],
                                sundial.server.companies.types.MemberStatus["INACTIVE"],
                            ),
                            (
                                sundial.server.companies.types.MemberStatus["LEFT"],
                                sundial.server.companies.types.MemberStatus["LEFT"],
                            ),
                        ],
                        default=sundial.server.companies.types.MemberStatus["ACTIVE"],
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("manages", models.BooleanField(default=False)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.membership",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.team",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("company", "user"), name="companies_membership_once"),
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.UniqueConstraint(fields=("company", "name"), name="companies_team_once"),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=models.UniqueConstraint(
                fields=("company", "team", "membership"),
                name="companies_teammember_once",
            ),
        ),
        TenantTable("companies_company", column="id", across=COMPANY_FACTS, gateway="select"),
        TenantTable("companies_membership", across=MEMBERSHIP_FACTS, gateway="select"),
        TenantTable("companies_team"),
        TenantTable("companies_teammember"),
    ]
