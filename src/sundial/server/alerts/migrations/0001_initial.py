import django.db.models.deletion
from django.db import migrations, models

from sundial.server.lib.rls import TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [("lib", "0001_scope")]

    operations = [
        migrations.CreateModel(
            name="Wanted",
            fields=[
                ("company_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("offline_minutes", models.IntegerField(null=True)),
                ("never_synced_days", models.IntegerField(default=2)),
                ("silent_minutes", models.IntegerField(default=60)),
                ("off", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("rule", models.TextField()),
                ("subject_kind", models.TextField()),
                ("subject_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField(null=True)),
                ("state", models.TextField(default="PENDING")),
                ("details", models.JSONField(default=dict)),
                ("times", models.IntegerField(default=1)),
                ("first_seen_at", models.DateTimeField()),
                ("raised_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("against", models.DateTimeField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company_id", "state", "-raised_at"], name="alerts_alert_by_state"),
                    models.Index(fields=["company_id", "-raised_at"], name="alerts_alert_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["PENDING", "OPEN"])),
                        fields=("company_id", "rule", "subject_kind", "subject_id"),
                        name="alerts_one_alive",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("words", models.TextField()),
                ("by_id", models.BigIntegerField(null=True)),
                ("by_name", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("mailed_at", models.DateTimeField(null=True)),
                ("problem", models.TextField(blank=True, default="")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company_id", "user_id", "-made_at"], name="alerts_message_by_person"),
                    models.Index(fields=["company_id", "-made_at"], name="alerts_message_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "user_id", "digest"), name="alerts_place_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("mails", models.TextField()),
                ("digest_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "user_id"), name="alerts_preference_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                (
                    "alert",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="alerts.alert"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "user_id", "alert"), name="alerts_seen_once")
                ],
            },
        ),
        TenantTable("alerts_wanted"),
        TenantTable("alerts_alert"),
        TenantTable("alerts_message"),
        TenantTable("alerts_place"),
        TenantTable("alerts_preference"),
        TenantTable("alerts_seen"),
    ]
