import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from sundial.server.lib.rls import AppendOnly, GrantTo, TenantTable

# A device, and what belongs to it, are of the same company: said to PostgreSQL, which Django's single keys cannot.
OF_THE_SAME_COMPANY = [
    migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_same_company FOREIGN KEY (company_id, device_id) "
        "REFERENCES devices_device (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_same_company",
    )
    for table in (
        "devices_token",
        "devices_enrolment_code",
        "devices_report",
        "devices_notice",
        "devices_acknowledgement",
    )
]

# Every second report is an update in place: room on the page keeps it from touching the index.
ROOM_FOR_UPDATES = migrations.RunSQL(
    "ALTER TABLE devices_report SET (fillfactor = 70)",
    "ALTER TABLE devices_report RESET (fillfactor)",
)

SCOPED = [
    TenantTable("devices_device", gateway="select"),
    TenantTable("devices_token", across=("company_id", "device_id", "digest", "ended_at"), gateway="select"),
    TenantTable("devices_enrolment_code", across=("id", "company_id", "digest", "expires_at", "used_at")),
    TenantTable("devices_enrolment_attempt"),
    TenantTable("devices_report", gateway="select, insert, update"),
    TenantTable("devices_notice", gateway="select"),
    TenantTable("devices_acknowledgement"),
    AppendOnly("devices_acknowledgement"),
    GrantTo("sundial_gateway", "SELECT, INSERT, UPDATE, DELETE", "devices_gateway"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("lib", "0001_scope"),
        ("companies", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("kind", models.TextField(default="agent")),
                ("hostname", models.TextField(blank=True, default="")),
                ("os", models.TextField(blank=True, default="")),
                ("app_version", models.TextField(blank=True, default="")),
                ("enrolled_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
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
            options={
                "db_table": "devices_device",
            },
        ),
        migrations.CreateModel(
            name="Gateway",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("alive_at", models.DateTimeField()),
            ],
            options={
                "db_table": "devices_gateway",
            },
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("user_id", models.BigIntegerField()),
                ("etag", models.TextField()),
                ("kinds", models.JSONField()),
                ("text_sha256", models.TextField()),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="devices.device"
                    ),
                ),
            ],
            options={
                "db_table": "devices_acknowledgement",
            },
        ),
        migrations.CreateModel(
            name="DeviceToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("digest", models.BinaryField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="devices.device"
                    ),
                ),
            ],
            options={
                "db_table": "devices_token",
            },
        ),
        migrations.CreateModel(
            name="EnrolmentAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("company_id", models.BigIntegerField(default=0)),
                ("address", models.TextField()),
                ("window_start", models.DateTimeField()),
                ("failures", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "devices_enrolment_attempt",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company_id", "address", "window_start"), name="devices_attempt_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrolmentCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("digest", models.BinaryField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="devices.device",
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
            options={
                "db_table": "devices_enrolment_code",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("kind", models.TextField()),
                ("body", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="devices.device",
                    ),
                ),
            ],
            options={
                "db_table": "devices_notice",
            },
        ),
        migrations.CreateModel(
            name="DeviceReport",
            fields=[
                (
                    "device",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="devices.device",
                    ),
                ),
                ("stream_open_since", models.DateTimeField(null=True)),
                ("stream_gateway", models.TextField(blank=True, db_default="", default="")),
                ("had_stream", models.BooleanField(db_default=False, default=False)),
                ("stream_closed_at", models.DateTimeField(null=True)),
                ("clean_close", models.BooleanField(db_default=False, default=False)),
                ("last_seen_at", models.DateTimeField(null=True)),
                ("last_agent_sync_at", models.DateTimeField(null=True)),
                ("last_poll_at", models.DateTimeField(null=True)),
                ("boot_id", models.TextField(blank=True, db_default="", default="")),
                ("app_version", models.TextField(blank=True, db_default="", default="")),
                ("os", models.TextField(blank=True, db_default="", default="")),
                ("policy_epoch", models.BigIntegerField(null=True)),
                ("policy_version", models.BigIntegerField(null=True)),
                ("policy_etag", models.TextField(blank=True, db_default="", default="")),
                ("state", models.TextField(blank=True, db_default="", default="")),
                ("effective_etag", models.TextField(blank=True, db_default="", default="")),
                ("withheld", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("error", models.TextField(blank=True, db_default="", default="")),
                ("session", models.JSONField(null=True)),
                ("queue_waiting", models.BigIntegerField(db_default=0, default=0)),
                ("lost", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                (
                    "capabilities",
                    models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
                ),
                ("reported_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
            ],
            options={
                "db_table": "devices_report",
            },
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["company", "user"], name="devices_device_by_person"),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.UniqueConstraint(fields=("company", "id"), name="devices_device_in_company"),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "classic")),
                fields=("company", "user"),
                name="devices_one_classic_per_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["agent", "classic"])), name="devices_kind_known"
            ),
        ),
        migrations.AddIndex(
            model_name="acknowledgement",
            index=models.Index(fields=["company", "user_id"], name="devices_ack_by_person"),
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.UniqueConstraint(
                fields=("company", "device", "etag", "text_sha256", "at"), name="devices_acknowledged_once"
            ),
        ),
        migrations.AddIndex(
            model_name="devicetoken",
            index=models.Index(fields=["company", "device"], name="devices_token_by_device"),
        ),
        migrations.AddIndex(
            model_name="devicetoken",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False)),
                fields=["ended_at"],
                name="devices_token_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="devicetoken",
            constraint=models.UniqueConstraint(fields=("digest", "company"), name="devices_token_once"),
        ),
        migrations.AddIndex(
            model_name="enrolmentcode",
            index=models.Index(fields=["company", "user"], name="devices_code_by_person"),
        ),
        migrations.AddConstraint(
            model_name="enrolmentcode",
            constraint=models.UniqueConstraint(fields=("digest", "company"), name="devices_code_once"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["company", "device", "id"], name="devices_notice_after"),
        ),
        *OF_THE_SAME_COMPANY,
        ROOM_FOR_UPDATES,
        *SCOPED,
    ]
