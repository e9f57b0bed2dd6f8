from django.db import migrations, models

from sundial.server.lib.rls import GrantTo

PLAN_AND_WAYS = (
    "trial_ends_at",
    "closed_at",
    "previous_key",
    "previous_key_until",
    "plan_name",
    "seats_limit",
    "storage_limit_mb",
    "retention_limit_days",
    "features",
    "working_hours",
    "day_minutes",
    "retention",
    "people_delete_screenshots",
)


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="company",
            name="day_minutes",
            field=models.IntegerField(default=480),
        ),
        migrations.AddField(
            model_name="company",
            name="features",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="company",
            name="people_delete_screenshots",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="company",
            name="plan_name",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="company",
            name="previous_key",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="company",
            name="previous_key_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="company",
            name="retention",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="company",
            name="retention_limit_days",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="company",
            name="seats_limit",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="company",
            name="storage_limit_mb",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="company",
            name="trial_ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="company",
            name="working_hours",
            field=models.JSONField(default=dict),
        ),
        GrantTo("sundial_across", f"SELECT ({', '.join(PLAN_AND_WAYS)})", "companies_company"),
    ]
